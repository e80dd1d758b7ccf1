package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// maxSummary is what GitHub takes as a step's summary, in bytes.
const maxSummary = 1<<20 - 4096

// maxReport is how long the report is as an output of the step, in characters: what fits an environment
// variable of Linux.
const maxReport = 30000

// teller brings an outcome to the people waiting. Nothing it does changes the verdict.
type teller struct {
	app     *app
	ci      mlgate.CI
	how     string // the comment's behaviour; empty: as mlops.yaml says
	stopped bool   // by a signal
}

// tell comes after the ledger: first the commit's marks, which may be required, then the comment.
func (t teller) tell(ctx context.Context, outs []mlgate.Outcome) error {
	change := first(outs).Change
	link := change.Run.URL
	unmarked := t.app.marks.finish(ctx, total(outs), results(outs))
	unsaid := t.post(ctx, change, speechOf(outs, t.how, t.app.stamp(change)))
	t.settled(ctx, outs)
	summary := report.Markdown(outs, report.Options{Limit: maxSummary, Link: link}) + untold(unmarked, unsaid)
	out := append(outputs(outs), mlgate.ValueOut{Name: "report", Value: report.Markdown(outs, report.Options{Limit: maxReport, Link: link})})
	return t.ci.Publish(ctx, mlgate.Publication{Summary: summary, Outputs: out, Annotations: annotations(outs)})
}

// untold is the end of a summary that says what could not be told elsewhere.
func untold(unmarked, unsaid string) (text string) {
	if unmarked != "" {
		text += "\n" + report.Problem("The commit could not be marked with the status and the checks", unmarked)
	}
	if unsaid != "" {
		text += "\n" + report.Problem("The pull request could not be commented on", unsaid)
	}
	return text
}

// tellProblem tells that there is no verdict, and why.
func (t teller) tellProblem(ctx context.Context, out mlgate.Outcome, err error) error {
	word := wordOf(err)
	body := report.Problem("mlgate: "+string(word), err.Error())
	unmarked := t.app.marks.finish(ctx, totalOfError(t.stopped, err), nil)
	say := comment.Saying{Key: reportKey, How: cmp.Or(t.how, out.Comment, comment.Update), Stamp: t.app.stamp(out.Change), Body: func(int) string { return body }}
	var s speech
	if say.How != comment.None {
		s.sayings = []comment.Saying{say}
	}
	unsaid := t.post(ctx, out.Change, s)
	return t.ci.Publish(ctx, mlgate.Publication{
		Summary: body + untold(unmarked, unsaid), Annotations: places(err),
		Outputs: []mlgate.ValueOut{{Name: "verdict", Value: string(word)}, {Name: "report", Value: body}},
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
		all = append(all, mlgate.Finding{Rule: mlgate.ConfigName, Status: mlgate.Fail, Message: p.Message, Fix: p.Fix, Pos: p.Pos})
	}
	return all
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

// annotations are the findings worth a mark beside the code. What blocks nothing is no error there: it
// keeps its status in the report alone.
func annotations(outs []mlgate.Outcome) []mlgate.Finding {
	var all []mlgate.Finding
	for _, out := range outs {
		for _, g := range out.Gates {
			all = append(all, beside(g.Finding, out.WarnOnly))
		}
		for _, f := range out.Findings {
			all = append(all, beside(f, out.WarnOnly))
		}
	}
	return slices.DeleteFunc(all, func(f mlgate.Finding) bool { return f.Status >= mlgate.Pass })
}

// beside is a finding as it is told beside the code: one that is waived or lifted does not count, and with
// `enforce: warn` one that fails blocks nothing. What could not be decided stays an error.
func beside(f mlgate.Finding, warnOnly bool) mlgate.Finding {
	switch w := f.Waived; {
	case f.Status >= mlgate.Pass:
	case w != nil:
		f.Status, f.Fix = mlgate.Warn, ""
		f.Message += fmt.Sprintf("; it does not count: %s, %s", w.Owner, w.Reason)
	case warnOnly && f.Status == mlgate.Fail:
		f.Status = mlgate.Warn
		f.Message += "; it blocks nothing: `enforce: warn`"
	}
	return f
}
