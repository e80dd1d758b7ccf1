package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// judging brings each matter to its outcome or its error, in order. When ctx ends it may leave the rest
// as they are.
type judging func(ctx context.Context, matters []flow.Matter)

// oneByOne judges one model after the other.
func oneByOne(do func(context.Context, flow.Ask) (mlgate.Outcome, error)) judging {
	return func(ctx context.Context, matters []flow.Matter) {
		for i := range matters {
			m := &matters[i]
			if m.Outcome, m.Err = do(ctx, m.Ask); ctx.Err() != nil {
				return
			}
		}
	}
}

// each judges every model that a change may matter to. A model that cannot be judged does not keep the
// others from it: its outcome says why. An error is about all of them, or about the only one.
func (a *app) each(ctx context.Context, o *office, ask flow.Ask, do judging) ([]mlgate.Outcome, error) {
	targets, err := o.Targets(ctx, ask)
	if err != nil {
		return []mlgate.Outcome{{Change: ask.Change}}, err
	}
	matters := make([]flow.Matter, len(targets.Configs))
	for i, file := range targets.Configs {
		matters[i].Ask = ask
		matters[i].Ask.Config = file
	}
	do(ctx, matters)
	if len(matters) == 1 && targets.Others == 0 {
		return []mlgate.Outcome{matters[0].Outcome}, matters[0].Err
	}
	var outs []mlgate.Outcome
	for _, m := range matters {
		out := m.Outcome
		if m.Err != nil {
			if ctx.Err() != nil {
				return append(outs, out), m.Err
			}
			a.complain(ctx, fmt.Errorf("%s: %w", m.Ask.Config, m.Err))
			out = a.undecided(out, ask, m.Ask.Config, m.Err)
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

// bundleFor is the bundle of one model among those that other jobs made; nil: there is none.
func (a *app) bundleFor(all []mlgate.Bundle, ask flow.Ask, h *flow.Hearing) *mlgate.Bundle {
	for i, b := range all {
		if b.Model == h.Model() {
			return &all[i]
		}
	}
	if len(all) == 1 && ask.Config == a.config {
		return &all[0] // of another model than the only one: judging says so
	}
	return nil
}

// strangers refuses bundles of models that the repository does not have: whoever made them meant
// another one, or means harm.
func (a *app) strangers(ctx context.Context, o *office, ask flow.Ask, all []mlgate.Bundle) error {
	if len(all) == 0 {
		return nil
	}
	names, err := o.Names(ctx, ask)
	if err != nil || names == nil {
		return err
	}
	for _, b := range all {
		if !slices.Contains(names, b.Model) {
			return fmt.Errorf("reading the bundles: one is of model %q, which neither this change nor its base has; nothing was judged", b.Model)
		}
	}
	return nil
}
