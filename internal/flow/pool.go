package flow

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// pool is what runs of the same steps for several seeds left, in their order.
type pool struct {
	runs    []mlgate.Evidence
	seconds []float64
	written map[string]bool // sources that the repeated steps write; the others are the same for every seed
	prior   *Prior          // whose runs come first; nil: none
}

// into makes one evidence of all runs: each metric of a source that the runs write becomes the mean of its
// values, which are its repeats. Hits and standard error are of one run and say nothing of the mean; the
// examples are the same ones each time, so that their number is that of one run, and what is known of each
// is of one run too. Where all runs found the same, that is of each of them. What the last run left besides
// stays.
func (p *pool) into(ev *mlgate.Evidence, runs string, steps []mlgate.Step) {
	last := p.runs[len(p.runs)-1]
	ev.Dropped, ev.LeftOut, ev.Tables = slices.Clone(last.Dropped), slices.Clone(last.LeftOut), last.Tables
	ev.Metrics = nil
	ev.Examples = slices.DeleteFunc(p.examples(), func(l mlgate.ExampleList) bool { return p.written[l.Path] && !p.same(l.Path) })
	values := map[string][]mlgate.Metric{}
	for _, run := range p.runs {
		for _, m := range run.Metrics {
			if p.written[m.File] {
				values[m.Name] = append(values[m.Name], m)
			}
		}
	}
	for _, m := range p.runs[0].Metrics {
		if !p.written[m.File] {
			ev.Metrics = append(ev.Metrics, m)
		}
	}
	for _, all := range values {
		if len(all) == len(p.runs) {
			ev.Metrics = append(ev.Metrics, pooled(all, runs))
		}
	}
	if n := p.nested(); n > 0 {
		ev.Dropped = append(ev.Dropped, fmt.Sprintf("the repeats that files state of %d metrics: each run of the steps is one repeat", n))
	}
	slices.SortFunc(ev.Metrics, func(a, b mlgate.Metric) int { return strings.Compare(a.Name, b.Name) })
	p.missing(ev, values)
	ev.Checks, ev.ChecksMore = p.checks()
	ev.Repeats = &mlgate.Repeats{Runs: runs, Seconds: slices.Clone(p.seconds), Extends: p.prior.extended()}
	for _, s := range steps {
		ev.Repeats.Steps = append(ev.Repeats.Steps, s.Name)
	}
}

// same reports whether all runs found the same in a file.
func (p *pool) same(file string) bool {
	of := func(run mlgate.Evidence) []mlgate.Metric {
		return slices.DeleteFunc(slices.Clone(run.Metrics), func(m mlgate.Metric) bool { return m.File != file })
	}
	for _, run := range p.runs[1:] {
		if !slices.EqualFunc(of(p.runs[0]), of(run), alike) {
			return false
		}
	}
	return true
}

// alike reports whether two runs found the same of a metric, and know it as well.
func alike(a, b mlgate.Metric) bool {
	return a.Name == b.Name && a.Value == b.Value && a.N == b.N && reflect.DeepEqual(a.Hits, b.Hits) && reflect.DeepEqual(a.Stderr, b.Stderr)
}

// nested counts the metrics that state repeats of their own within one run.
func (p *pool) nested() int {
	names := map[string]bool{}
	for _, run := range p.runs {
		for _, m := range run.Metrics {
			if p.written[m.File] && len(m.Repeats) > 0 {
				names[m.Name] = true
			}
		}
	}
	return len(names)
}

// pooled is one metric of all runs.
func pooled(all []mlgate.Metric, runs string) mlgate.Metric {
	m := all[0]
	m.Runs, m.Repeats = runs, nil
	for _, one := range all {
		if !alike(all[0], one) {
			m.Hits, m.Stderr = nil, nil
		}
		m.Repeats = append(m.Repeats, one.Value)
		m.N = min(m.N, one.N)
	}
	m.Value = mlgate.MeanOf(m.Repeats)
	return m
}

// missing leaves out the metrics that some run did not measure, by name: a mean over the others would be
// one over the seeds that went well.
func (p *pool) missing(ev *mlgate.Evidence, values map[string][]mlgate.Metric) {
	var out []mlgate.LeftOut
	for name, all := range values {
		if len(all) < len(p.runs) {
			out = append(out, mlgate.LeftOut{Name: name, File: all[0].File, What: p.gap(name)})
		}
	}
	slices.SortFunc(out, func(a, b mlgate.LeftOut) int { return strings.Compare(a.Name, b.Name) })
	out = out[:min(len(out), mlgate.MaxLeftOut)]
	known := map[string]bool{}
	for _, l := range out {
		known[l.Name] = true
		ev.Dropped = append(ev.Dropped, fmt.Sprintf("%s: %s: %s", l.File, l.Name, l.What))
	}
	ev.LeftOut = append(out, slices.DeleteFunc(ev.LeftOut, func(l mlgate.LeftOut) bool { return known[l.Name] })...)
}

// gap says which run first did not measure a metric, and what stood there.
func (p *pool) gap(name string) string {
	for seed, run := range p.runs {
		if _, ok := run.Metric(name); ok {
			continue
		}
		for _, l := range run.LeftOut {
			if l.Name == name && strings.Contains(l.What, " with "+mlgate.SeedName+"=") {
				return l.What // found by the runs that this pool goes on with
			}
			if l.Name == name {
				return fmt.Sprintf("%s with %s=%d", l.What, mlgate.SeedName, seed)
			}
		}
		return fmt.Sprintf("missing with %s=%d", mlgate.SeedName, seed)
	}
	return ""
}

// checks takes of each check the worst that any run made of it; one that a run did not make, although
// another did, could not be made.
func (p *pool) checks() (kept []mlgate.Check, more int) {
	worst, made := map[string]mlgate.Check{}, map[string]int{}
	for _, run := range p.runs {
		more = max(more, run.ChecksMore)
		for _, c := range run.Checks {
			made[c.Name]++
			have, ok := worst[c.Name]
			if !ok || slices.Index(mlgate.CheckStatuses, c.Status) < slices.Index(mlgate.CheckStatuses, have.Status) {
				worst[c.Name] = c
			}
		}
	}
	for name, c := range worst {
		if made[name] < len(p.runs) && more == 0 && !c.Bad && c.Status != mlgate.CheckFailed {
			c.Status, c.Message = mlgate.CheckError, fmt.Sprintf("made with %d of %d seeds", made[name], len(p.runs))
		}
		kept = append(kept, c)
	}
	kept, beyond := mlgate.KeepChecks(kept)
	return kept, more + beyond
}
