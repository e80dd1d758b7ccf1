package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// reportKey is of the comment on all models; with `report.split` each has its own.
const reportKey = "report"

func modelKey(model string) string {
	return "model-" + string(mlgate.DigestOf([]byte(model)))[:16]
}

// speech is what a run has to say on a pull request.
type speech struct {
	sayings []comment.Saying
	drop    []string // keys of comments that these take the place of
}

// speechOf renders outcomes as models ask for it, or as the action was told.
func speechOf(outs []mlgate.Outcome, how string, stamp comment.Stamp) speech {
	var together, apart []mlgate.Outcome
	for _, out := range outs {
		switch {
		case how == "" && out.Comment == comment.None:
		case out.Split:
			apart = append(apart, out)
		default:
			together = append(together, out)
		}
	}
	var s speech
	if how == comment.None {
		return s
	}
	for _, out := range apart {
		s.sayings = append(s.sayings, saying(modelKey(out.Model), []mlgate.Outcome{out}, how, stamp))
	}
	if len(together) > 0 {
		if len(apart) == 0 {
			together = outs // one comment says all
		}
		s.sayings = append(s.sayings, saying(reportKey, together, how, stamp))
	} else if len(apart) > 0 {
		s.drop = []string{reportKey}
	}
	return s
}

func saying(key string, outs []mlgate.Outcome, how string, stamp comment.Stamp) comment.Saying {
	for _, out := range outs {
		if how == "" && out.Comment != comment.None {
			how = out.Comment
		}
	}
	if how == "" {
		how = comment.Update
	}
	link := first(outs).Change.Run.URL
	return comment.Saying{Key: key, How: how, Stamp: stamp, Quiet: !report.Worth(outs), Body: func(limit int) string {
		return report.Markdown(outs, report.Options{Limit: limit, Link: link})
	}}
}

// post says it on the pull request; the text returned says why it could not.
func (t teller) post(ctx context.Context, c mlgate.Change, s speech) string {
	if c.Event != mlgate.PullRequest || c.Number == 0 || len(s.sayings) == 0 {
		return ""
	}
	err := t.speak(ctx, c, s)
	if err == nil {
		t.app.marks.said()
		return ""
	}
	fmt.Fprintf(t.app.Stderr, "commenting on #%d: %v\n", c.Number, err)
	return err.Error()
}

var errNoToken = errors.New("there is no token: give the step `GITHUB_TOKEN: ${{ github.token }}`")

func (t teller) speak(ctx context.Context, c mlgate.Change, s speech) error {
	hub, err := t.app.github(c.Repo)
	if err != nil {
		return err
	}
	if hub == nil {
		return errNoToken
	}
	thread, err := comment.Open(ctx, hub, hub, c.Number)
	if err != nil {
		return err
	}
	var errs []error
	for _, say := range s.sayings {
		result, err := thread.Say(ctx, say)
		if result != "" {
			fmt.Fprintf(t.app.Stderr, "comment on #%d: %s\n", c.Number, result)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return thread.Drop(ctx, s.drop)
}

// stamp says which run speaks.
func (a *app) stamp(c mlgate.Change) comment.Stamp {
	return comment.Stamp{Run: c.Run.ID, Attempt: c.Run.Attempt, At: a.Now().UTC()}
}

// settled tells an earlier comment how its pull request ended: merged, and what came of it, or closed.
func (t teller) settled(ctx context.Context, outs []mlgate.Outcome) {
	c := first(outs).Change
	number, line := c.Number, "**Closed** without being merged; nothing moves."
	if !c.Closed {
		number, line = merged(outs)
	}
	hub, err := t.app.github(c.Repo)
	if number == 0 || t.how == comment.None || hub == nil || err != nil {
		return
	}
	thread, err := comment.Open(ctx, hub, hub, number)
	if err == nil {
		keys := []string{reportKey}
		for _, out := range outs {
			keys = append(keys, modelKey(out.Model))
		}
		for _, key := range keys {
			_, noteErr := thread.Note(ctx, key, line, t.app.stamp(c), false)
			err = errors.Join(err, noteErr)
		}
	}
	if err != nil { // the verdict and the move were told already
		fmt.Fprintf(t.app.Stderr, "telling #%d how it ended: %v\n", number, err)
	}
}

// merged is the pull request that a promoting push came with, and what came of it; 0: none.
func merged(outs []mlgate.Outcome) (number int, line string) {
	var parts []string
	for _, out := range outs {
		if !out.Change.Promoting() || out.Origin.Pull == 0 {
			continue
		}
		number = out.Origin.Pull
		moved := false
		for _, m := range out.Moved {
			if m.Action == "move" {
				moved = true
				parts = append(parts, fmt.Sprintf("%s %s is in %s", inert.Markdown(out.Model), inert.Markdown(m.Version), inert.Markdown(m.Stage)))
			}
		}
		if !moved {
			parts = append(parts, fmt.Sprintf("%s: %s, nothing moved", inert.Markdown(out.Model), inert.Markdown(report.Short([]mlgate.Outcome{out}))))
		}
	}
	return number, "**Merged**; " + inert.Clip(strings.Join(parts, "; "), 600)
}
