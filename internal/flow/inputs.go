package flow

import (
	"context"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// inputs reads the lists of inputs that lie beside the evidence of both sides, when anybody is to see
// them: a report shows which differ, and a policy may ask for all.
func (h *Hearing) inputs(ctx context.Context, out *mlgate.Outcome) error {
	if out.BaseEvidence != nil && !out.Evidence.SameInputs(out.BaseEvidence) || h.asksForInputs() {
		return loadBoth(ctx, out.Evidence, out.BaseEvidence)
	}
	return nil
}

// examples reads what both sides know of each example, where a gate is to compare one by one, or where
// they were not measured on the same ones: then any gate must know whether some were left out.
func (h *Hearing) examples(ctx context.Context, out *mlgate.Outcome) error {
	asks := func(r rules) bool {
		return slices.ContainsFunc(r.demand.Gates, func(g mlgate.GateRule) bool { return g.Confidence > 0 })
	}
	if out.BaseEvidence == nil || out.Evidence.SameExamples(out.BaseEvidence) && !slices.ContainsFunc(h.allRules(), asks) {
		return nil
	}
	return loadExamples(ctx, out.Evidence, out.BaseEvidence)
}

// loadExamples reads the lists of both sides, if both have some.
func loadExamples(ctx context.Context, head, base *mlgate.Evidence) error {
	if head == nil || base == nil || len(head.Examples) == 0 || len(base.Examples) == 0 {
		return nil
	}
	if err := head.LoadExamples(ctx); err != nil {
		return err
	}
	return base.LoadExamples(ctx)
}

// asksForInputs reports whether a policy can see the inputs of one side.
func (h *Hearing) asksForInputs() bool {
	return slices.ContainsFunc(h.allRules(), func(r rules) bool {
		return r.engine != nil && (r.engine.Sees("head", "inputs") || r.engine.Sees("base", "inputs"))
	})
}

// loadBoth reads a list that both name only once.
func loadBoth(ctx context.Context, a, b *mlgate.Evidence) error {
	if err := a.LoadInputs(ctx); err != nil {
		return err
	}
	if a != nil && b != nil && b.InputList != nil && a.SameInputs(b) {
		b.Inputs = a.Inputs
	}
	return b.LoadInputs(ctx)
}
