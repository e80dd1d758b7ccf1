package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// Sizes that GitHub takes: characters of a comment, bytes of a step's summary.
const (
	maxComment = 65536 - 512 // less the marker
	maxSummary = 1<<20 - 4096
)

// teller brings an outcome to the people waiting. Nothing it does changes the verdict.
type teller struct {
	app     *app
	ci      mlgate.CI
	comment bool
}

func (t teller) tell(ctx context.Context, outs []mlgate.Outcome) error {
	change := first(outs).Change
	link := change.Run.URL
	problem := t.post(ctx, change, report.Markdown(outs, report.Options{Limit: maxComment, Link: link}))
	summary := report.Markdown(outs, report.Options{Limit: maxSummary, Link: link})
	if problem != "" {
		summary += "\n" + report.Problem("The pull request could not be commented on", problem)
	}
	return t.ci.Publish(ctx, mlgate.Publication{Summary: summary, Outputs: outputs(outs), Annotations: annotations(outs)})
}

// tellProblem tells that there is no verdict, and why.
func (t teller) tellProblem(ctx context.Context, out mlgate.Outcome, err error) error {
	word := wordOf(err)
	title := "mlgate: " + string(word)
	body := report.Problem(title, err.Error())
	if problem := t.post(ctx, out.Change, body); problem != "" {
		body += "\n" + report.Problem("The pull request could not be commented on", problem)
	}
	return t.ci.Publish(ctx, mlgate.Publication{
		Summary: body, Annotations: places(err),
		Outputs: []mlgate.ValueOut{{Name: "verdict", Value: string(word)}},
	})
}

// places are the annotations of an error: one for each complaint about mlops.yaml, else one in all.
func places(err error) []mlgate.Finding {
	var bad *config.Problems
	if !errors.As(err, &bad) {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return []mlgate.Finding{{Rule: "mlgate", Status: mlgate.Fail, Message: first}}
	}
	var all []mlgate.Finding
	for _, p := range bad.List {
		all = append(all, mlgate.Finding{Rule: "mlops.yaml", Status: mlgate.Fail, Message: p.Message, Fix: p.Fix, Pos: p.Pos})
	}
	return all
}

// post writes the sticky comment; the text returned says why it could not.
func (t teller) post(ctx context.Context, c mlgate.Change, body string) string {
	if !t.comment || c.Event != mlgate.PullRequest || c.Number == 0 {
		return ""
	}
	g, err := t.app.github(c.Repo)
	if err == nil && g == nil {
		return "there is no token: give the step `GITHUB_TOKEN: ${{ github.token }}`"
	}
	if err == nil {
		var result comment.Result
		stamp := comment.Stamp{Run: c.Run.ID, Attempt: c.Run.Attempt, At: t.app.Now().UTC()}
		result, err = comment.Post(ctx, g, c.Number, "report", body, stamp)
		if err == nil {
			fmt.Fprintf(t.app.Stderr, "comment on #%d: %s\n", c.Number, result)
		}
	}
	if err != nil {
		fmt.Fprintf(t.app.Stderr, "commenting on #%d: %v\n", c.Number, err)
		return err.Error()
	}
	return ""
}

// outputs are what later steps of the workflow may branch on; of several models with commas.
func outputs(outs []mlgate.Outcome) []mlgate.ValueOut {
	_, word := worst(outs)
	var models, versions, stages []string
	for _, out := range outs {
		models = append(models, out.Model)
		for _, m := range out.Moved {
			if m.Action == "move" || (m.Action == "none" && m.Version != "" && m.Version == m.From) {
				versions, stages = append(versions, m.Version), append(stages, m.Stage)
			}
		}
	}
	if len(outs) == 1 && len(versions) > 1 {
		versions = versions[len(versions)-1:] // one version in several stages
	}
	list, err := json.Marshal(models)
	if err != nil { // a list of text can be written
		list = nil
	}
	return []mlgate.ValueOut{
		{Name: "verdict", Value: string(word)},
		{Name: "models", Value: string(mlgate.ASCII(list))},
		{Name: "model", Value: strings.Join(models, ",")},
		{Name: "version", Value: strings.Join(versions, ",")},
		{Name: "stage", Value: strings.Join(stages, ",")},
	}
}

// annotations are the findings worth a mark beside the code.
func annotations(outs []mlgate.Outcome) []mlgate.Finding {
	var all []mlgate.Finding
	for _, out := range outs {
		for _, g := range out.Gates {
			if g.Status < mlgate.Pass {
				all = append(all, g.Finding)
			}
		}
		for _, f := range out.Findings {
			if f.Status < mlgate.Pass {
				all = append(all, f)
			}
		}
	}
	return all
}
