package flow

import (
	"context"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// Further looks at evidence that makes running the steps unnecessary ([Hearing.Known]): a prior is what the steps are to
// go on with, since its repeats may be extended and a gate waits for more of them. Why says it to people, or what
// keeps the repeats as they are; empty: nobody asks for more. Asked is a fixed number of repeats, zero for none;
// watch is what would look at the gates, nil where nobody can.
func (h *Hearing) Further(ctx context.Context, asked int, watch Look) (prior *Prior, why string, err error) {
	steps, err := pipeline.Order(h.judged.run.Steps)
	if err != nil {
		return nil, "", err
	}
	from := untilAt(steps)
	if from < 0 && asked == 0 {
		return nil, "", nil
	}
	known, err := h.firstAttempt(ctx, nil)
	if err != nil || known == nil {
		return nil, "", err
	}
	e := new(mlgate.Evidence)
	if err := known.Decode(e); err != nil {
		return nil, "", err
	}
	switch r := e.Repeats; {
	case r == nil || r.Runs != mlgate.RunsConclusive:
		return nil, fixed(r, max(asked, most(steps, from))), nil
	case from < 0 || asked > 0:
		return nil, fmt.Sprintf("its %s are not extended by --repeats: leave it out, and `until` goes on with them", repeatsOf(r)), nil
	case watch == nil:
		return nil, fmt.Sprintf("it has %s, and only a job that runs and judges goes on with them", repeatsOf(r)), nil
	}
	return h.goesOn(ctx, &Prior{Evidence: e, Digest: known.Digest}, known.Envelope.Scope, steps, from, watch)
}

// goesOn decides by the gates and the bounds of the step whether watched repeats get more.
func (h *Hearing) goesOn(ctx context.Context, p *Prior, scope string, steps []mlgate.Step, from int, watch Look) (*Prior, string, error) {
	r, u := p.Evidence.Repeats, steps[from].Until
	d := design{most: u.Most, looks: true, budget: u.Budget}
	if _, again := split(steps, from); !p.fits(h.judged.recipe.Digest, d, again) {
		return nil, fmt.Sprintf("its %s are of the steps %s, and `until` stands at others now", repeatsOf(r), strings.Join(r.Steps, ", ")), nil
	}
	open, why, err := watch(ctx, p.Evidence)
	switch {
	case err != nil:
		return nil, "", err
	case len(open) > 0:
		why = "not decided: " + strings.Join(open[:min(5, len(open))], ", ")
	case why == "":
		return nil, fmt.Sprintf("every gate is decided by its %s", repeatsOf(r)), nil
	}
	if full := d.full(r.Seconds); full != "" {
		return nil, full + "; " + why, nil
	}
	if scope != h.scope() {
		return nil, fmt.Sprintf("its %s were recorded %s, and a run %s does not go on with them; %s", repeatsOf(r), place(scope), place(h.scope()), why), nil
	}
	return p, fmt.Sprintf("its %s are gone on with at %s=%d (%s)", repeatsOf(r), mlgate.SeedName, len(r.Seconds), why), p.Evidence.LoadExamples(ctx)
}

// measuresOwn reports whether a run on the default branch, by hand or by schedule, measures what is to be the baseline:
// steps with `until` say how well it is to be known.
func (h *Hearing) measuresOwn() bool {
	c := h.ask.Change
	return c.OnDefault() && !c.Promoting() && untilAt(h.judged.run.Steps) >= 0
}

// thin reports whether such a run finds no more than fewer repeats that were measured for a pull request: no run on
// the branch goes on with those, and the branch has none of its own.
func (h *Hearing) thin(first *mlgate.Sealed) (bool, error) {
	if !h.measuresOwn() || first.Envelope.Scope != mlgate.ScopeChange {
		return false, nil
	}
	var e mlgate.Evidence
	if err := first.Decode(&e); err != nil {
		return false, err
	}
	steps := h.judged.run.Steps
	return e.Repeats == nil || len(e.Repeats.Seconds) < most(steps, untilAt(steps)), nil
}

// most is how many repeats `until` allows for; 0: no step has it.
func most(steps []mlgate.Step, from int) int {
	if from < 0 {
		return 0
	}
	return steps[from].Until.Most
}

// fixed says why repeats that nobody looked at get no more, where as many as wanted would be more; nil: steps ran once.
func fixed(r *mlgate.Repeats, wanted int) string {
	switch {
	case r == nil && wanted > 1:
		return "it is of one run, and not extended: a change of what the model depends on is measured with more"
	case r != nil && wanted > len(r.Seconds):
		return fmt.Sprintf("its %s are not extended, for their number was fixed before the first: a change of what the model depends on is measured with more", repeatsOf(r))
	}
	return ""
}

func repeatsOf(r *mlgate.Repeats) string { return mlgate.Counted(len(r.Seconds), "repeat") }

func place(scope string) string {
	if scope == mlgate.ScopeBranch {
		return "on the branch"
	}
	return "for a pull request"
}
