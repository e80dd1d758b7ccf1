package flow

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// fromFiles gives a review something to compare with where the ledger has nothing: the numbers that the
// commit before the change brought along as files. No step made them and no judge saw them, so they are
// told apart, and only a review, which records and moves nothing, uses them. b is what was found so far.
func (h *Hearing) fromFiles(ctx context.Context, rule []mlgate.BaselineRule, b mlgate.Baseline) (mlgate.Baseline, error) {
	if h.desk.Files == nil || h.ask.Change.Event != mlgate.Local {
		return b, nil
	}
	for _, r := range rule {
		from := h.diffFrom
		switch r.Kind {
		case "base":
			from = h.base
		case "merge-base":
		default:
			continue
		}
		if from.tree == nil || len(from.run.Steps)+len(h.judged.run.Steps) > 0 {
			continue // what a step makes, the files of a commit do not tell
		}
		label := cmp.Or(h.ask.Change.BaseBranch, fmt.Sprintf("%.7s", from.commit))
		e, err := h.committed(ctx, from)
		if ctx.Err() != nil {
			return b, context.Cause(ctx)
		}
		if err != nil {
			why, _, _ := strings.Cut(err.Error(), "\n")
			b.Skipped = append(b.Skipped, mlgate.Skip{Source: "the files of " + label, Why: why})
			continue
		}
		b.Evidence, b.Source, b.Label, b.Commit, b.Unrecorded = e, r.String(), label, from.commit, true
		return b, nil
	}
	return b, nil
}

// committed reads the evidence that a commit holds, by its own mlops.yaml; where it has none, by that of
// the change, whose demands judge then, too.
func (h *Hearing) committed(ctx context.Context, from side) (*mlgate.Evidence, error) {
	run, recipe := from.run, from.recipe
	if !from.present() {
		run = h.judged.run
		var err error
		if recipe, err = pipeline.RecipeOf(run, nil, from.tree); err != nil {
			return nil, err
		}
	}
	for _, src := range run.Evidence {
		if src.IsPattern() {
			continue
		}
		if _, err := from.tree.Entry(path.Join(run.Dir, src.Path)); isNotExist(err) {
			return nil, fmt.Errorf("%.7s does not have %q", from.commit, path.Join(run.Dir, src.Path))
		}
	}
	ev := &mlgate.Evidence{Format: 1, Model: run.Model, Recipe: recipe.Digest, Commit: from.commit, Tree: from.tree.ID(), Origin: mlgate.Claimed, Version: h.desk.Version}
	r := Runner{Work: committed{from.tree, run.Dir}, Reader: h.desk.Files, Now: h.desk.Now}
	if err := r.readMetrics(ctx, ev, run, recipe); err != nil {
		return nil, err
	}
	sealed, err := mlgate.SealEvidence(*ev)
	if err != nil {
		return nil, err
	}
	out := new(mlgate.Evidence)
	return out, sealed.Decode(out)
}
