package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// Look says of which metrics more runs of the steps may decide a gate, by the evidence of those so far.
// Where there is nothing to compare with, why says what more of them are for.
type Look func(ctx context.Context, ev *mlgate.Evidence) (open []string, why string, err error)

// design is how often steps run, and who says when it is enough.
type design struct {
	most   int
	looks  bool          // after each run
	budget time.Duration // zero: none
}

func (d design) String() string {
	if d.looks || d.budget > 0 {
		return fmt.Sprintf("at most %d", d.most)
	}
	return fmt.Sprint(d.most)
}

func (d design) runs() string {
	if d.looks {
		return mlgate.RunsConclusive
	}
	return mlgate.RunsFixed
}

// part tells the steps that run once from those that run for each seed, and how often those do: the step
// with `until` and all that need it; with a fixed number, where no step has it, all of them.
func (m *measuring) part() (once, again []mlgate.Step) {
	m.design = design{most: m.Repeats}
	from := untilAt(m.steps)
	if from >= 0 && m.Repeats == 0 {
		u := m.steps[from].Until
		m.design = design{most: u.Most, looks: m.Look != nil, budget: u.Budget}
	}
	if m.design.most < 1 || m.design.most == 1 && !m.design.looks {
		return m.steps, nil
	}
	if from < 0 {
		return nil, m.steps
	}
	return split(m.steps, from)
}

// untilAt is the place of the step that runs until the gates are decided; below 0: there is none.
func untilAt(steps []mlgate.Step) int {
	return slices.IndexFunc(steps, func(s mlgate.Step) bool { return s.Until.Conclusive })
}

// split tells the steps that need the one at a place, and itself, from the others.
func split(steps []mlgate.Step, from int) (once, again []mlgate.Step) {
	needs, repeated := pipeline.Needs(steps), map[string]bool{steps[from].Name: true}
	for _, s := range steps { // in their order: what one needs was looked at before it
		if slices.ContainsFunc(needs[s.Name], func(n string) bool { return repeated[n] }) {
			repeated[s.Name] = true
		}
		if repeated[s.Name] {
			again = append(again, s)
		} else {
			once = append(once, s)
		}
	}
	return once, again
}

// ends says why there is no further run; empty: there is one. Time is no look at the numbers.
func (m *measuring) ends(ctx context.Context, ev *mlgate.Evidence) (string, error) {
	n := len(m.pool.seconds)
	if m.design.looks {
		open, why, err := m.Look(ctx, ev)
		switch {
		case err != nil:
			return "", err
		case len(open) == 0 && why == "":
			return "every gate is decided", nil
		case len(open) > 0:
			why = "not decided: " + strings.Join(open[:min(5, len(open))], ", ")
		}
		fmt.Fprintf(m.Notes, "after %d of at most %d seeds: %s\n", n, m.design.most, why)
	}
	return m.design.full(m.pool.seconds), nil
}

// full says why the design allows for no further run after those that took so long; empty: it does.
func (d design) full(seconds []float64) string {
	var took float64
	for _, s := range seconds {
		took += s
	}
	n := len(seconds)
	switch {
	case n >= d.most && d.looks:
		return fmt.Sprintf("%d of %d repeats used", n, d.most)
	case n >= d.most:
		return "as many runs as may be"
	case d.budget > 0 && took*float64(n+1)/float64(n) > d.budget.Seconds():
		return fmt.Sprintf("one more run would end after the budget of %s", d.budget)
	}
	return ""
}
