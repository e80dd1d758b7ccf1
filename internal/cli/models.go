package cli

import (
	"context"
	"fmt"

	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// each judges every model that a change may matter to, one after the other. A model that cannot be
// judged does not keep the others from it: its outcome says why. An error is about all of them, or
// about the only one.
func (a *app) each(ctx context.Context, o *office, ask flow.Ask, do func(context.Context, flow.Ask) (mlgate.Outcome, error)) ([]mlgate.Outcome, error) {
	targets, err := o.Targets(ctx, ask)
	if err != nil {
		return []mlgate.Outcome{{Change: ask.Change}}, err
	}
	if len(targets.Configs) == 1 && targets.Others == 0 {
		ask.Config = targets.Configs[0]
		out, err := do(ctx, ask)
		return []mlgate.Outcome{out}, err
	}
	var outs []mlgate.Outcome
	for _, file := range targets.Configs {
		one := ask
		one.Config = file
		out, err := do(ctx, one)
		if ctx.Err() != nil {
			return append(outs, out), err
		}
		if err != nil {
			a.complain(ctx, fmt.Errorf("%s: %w", file, err))
			out = a.undecided(out, ask, file, err)
		}
		outs = append(outs, out)
	}
	if len(outs) == 0 {
		outs = append(outs, mlgate.Outcome{
			Model: fmt.Sprintf("%d models", targets.Others), Change: ask.Change, Commit: ask.Change.Head, Judged: a.Now().UTC(), Version: a.Version,
			Verdict: mlgate.Verdict{Word: mlgate.NotAffected, Status: mlgate.Pass},
		})
	} else if targets.Others > 0 {
		fmt.Fprintf(a.Stderr, "%d more models: nothing below their folders changed\n", targets.Others)
	}
	return outs, nil
}

// undecided is the outcome of a model that could not be judged.
func (a *app) undecided(out mlgate.Outcome, ask flow.Ask, file string, err error) mlgate.Outcome {
	out.Change, out.Commit, out.Path, out.Judged, out.Version = ask.Change, ask.Change.Head, file, a.Now().UTC(), a.Version
	if out.Model == "" {
		out.Model = file
	}
	return report.Undecided(out, wordOf(err), places(err))
}

// worst is the outcome that decides for all: what could not be found out, then what is wrong, then no,
// then not yet.
func worst(outs []mlgate.Outcome) (code int, word mlgate.Word) {
	rank := map[int]int{exitOK: 0, exitWaiting: 1, exitBlocked: 2, exitUsage: 3, exitUndecided: 4}
	for i, o := range outs {
		c := exitOf(o.Verdict, o.WarnOnly)
		if i == 0 || rank[c] > rank[code] || c == code && word != o.Verdict.Word && word == mlgate.NotAffected {
			code, word = c, o.Verdict.Word
		}
	}
	return code, word
}

// bundleFor is the bundle of one model among those that another job made; nil: there is none.
func bundleFor(all []mlgate.Bundle, h *flow.Hearing) *mlgate.Bundle {
	for i, b := range all {
		if b.Model == h.Model() {
			return &all[i]
		}
	}
	if len(all) == 1 {
		return &all[0] // of another model: judging says so
	}
	return nil
}
