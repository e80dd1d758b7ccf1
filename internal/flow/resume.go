package flow

import (
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Prior is evidence whose repeats a run goes on with, at the next seed.
type Prior struct {
	Evidence *mlgate.Evidence // its lists of examples are loaded
	Digest   mlgate.Digest    // of its record
}

// extended is what evidence says of the runs that it begins with.
func (p *Prior) extended() *mlgate.Extended {
	if p == nil {
		return nil
	}
	return &mlgate.Extended{Evidence: p.Digest, Runs: len(p.Evidence.Repeats.Seconds)}
}

// fits reports whether runs by a design go on with the repeats: they are of this recipe and of the very steps that
// run for each seed, and somebody looks after each.
func (p *Prior) fits(recipe mlgate.Digest, d design, again []mlgate.Step) bool {
	if p == nil || !d.looks || p.Evidence.Recipe != recipe || p.Evidence.Repeats == nil {
		return false
	}
	return p.Evidence.Repeats.Runs == mlgate.RunsConclusive && slices.Equal(p.Evidence.Repeats.Steps, namesOf(again))
}

func namesOf(steps []mlgate.Step) []string {
	var names []string
	for _, s := range steps {
		names = append(names, s.Name)
	}
	return names
}

// resume puts the runs of a prior first, as far as its record tells of each, and returns how long all of it took.
func (p *pool) resume(prior *Prior) float64 {
	e := prior.Evidence
	p.prior, p.seconds = prior, slices.Clone(e.Repeats.Seconds)
	for i := range e.Repeats.Seconds {
		run := mlgate.Evidence{Checks: e.Checks, ChecksMore: e.ChecksMore, LeftOut: e.LeftOut}
		for _, m := range e.Metrics {
			if m.Runs != "" {
				p.written[m.File] = true
				m.Value, m.Repeats, m.Runs = m.Repeats[i], nil, ""
			}
			run.Metrics = append(run.Metrics, m)
		}
		p.runs = append(p.runs, run)
	}
	return e.Seconds
}

// examples are the lists of what is known of each example: those of the last run; where the first runs are of a
// prior, of its lists those that are there again.
func (p *pool) examples() []mlgate.ExampleList {
	last := p.runs[len(p.runs)-1].Examples
	if p.prior == nil {
		return slices.Clone(last)
	}
	return slices.DeleteFunc(slices.Clone(p.prior.Evidence.Examples), func(l mlgate.ExampleList) bool {
		return !slices.ContainsFunc(last, func(o mlgate.ExampleList) bool { return o.Path == l.Path })
	})
}
