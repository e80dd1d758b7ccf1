package flow

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// measuring runs the steps of one model, some of them for several seeds, and reads what they measured.
type measuring struct {
	Runner
	run    config.Run
	recipe pipeline.Recipe
	steps  []mlgate.Step // in their order
	design design
	before map[string]string // what sources of evidence held before the repeated steps, by path, to see which they write
	known  map[string]bool   // every path that a source of evidence stood for: what else evidence of the ledger names is not removed
	pool   pool
}

// all fills the evidence with steps, metrics and checks. Problem says why there are no numbers, for the
// people waiting: a seed that fails, or leaves nothing that can be read, is none that may be left out.
func (m *measuring) all(ctx context.Context, ev *mlgate.Evidence) (problem string, err error) {
	once, again := m.part()
	if problem, err = m.pass(ctx, ev, once); problem != "" || err != nil {
		return problem, err
	}
	if len(again) == 0 {
		return asProblem(m.readMetrics(ctx, ev, m.run, m.recipe))
	}
	m.pool.written, m.known = map[string]bool{}, map[string]bool{}
	if m.before, err = m.contents(ctx); err != nil {
		return "", err
	}
	if m.Prior.fits(m.recipe.Digest, m.design, again) {
		ev.Seconds += m.pool.resume(m.Prior)
	}
	for m.seed = len(m.pool.runs); ; m.seed++ {
		fmt.Fprintf(m.Notes, "seed %d of %s (%s=%d)\n", m.seed+1, m.design, mlgate.SeedName, m.seed)
		if problem, err = m.once(ctx, ev, again); problem != "" || err != nil {
			return problem, err
		}
		m.pool.into(ev, m.design.runs(), again)
		if ev.Repeats.Ended, err = m.ends(ctx, ev); err != nil || ev.Repeats.Ended != "" {
			return "", err
		}
	}
}

// asProblem makes what went wrong in reading a problem that people are told.
func asProblem(err error) (string, error) {
	if err != nil {
		return err.Error(), nil //nolint:nilerr // told in the bundle
	}
	return "", nil
}

// once runs the repeated steps for one seed, and pools what they leave. What the seed before left is taken
// away first: its numbers do not count twice.
func (m *measuring) once(ctx context.Context, ev *mlgate.Evidence, again []mlgate.Step) (problem string, err error) {
	if m.seed > 0 {
		if err := m.Work.Remove(m.stale(again)); err != nil {
			return "", err
		}
	}
	before := ev.Seconds
	if problem, err = m.pass(ctx, ev, again); problem != "" || err != nil {
		return problem, err
	}
	m.pool.seconds = append(m.pool.seconds, ev.Seconds-before)
	if err := m.compare(ctx); err != nil {
		return "", err
	}
	var one mlgate.Evidence
	if err := m.readMetrics(ctx, &one, m.run, m.recipe); err != nil {
		return fmt.Sprintf("%v (with %s=%d)", err, mlgate.SeedName, m.seed), nil
	}
	if n := len(m.pool.runs); n > 0 {
		m.pool.runs[n-1].Examples = nil // they can be large, and only those of the last run are looked at
	}
	m.pool.runs = append(m.pool.runs, one)
	return "", nil
}

// stale is what the repeated steps wrote for the seed before. Which files that were, evidence of the ledger says of its
// runs, and a pull request may have made it: of those only what this mlops.yaml reads.
func (m *measuring) stale(again []mlgate.Step) []string {
	var out []string
	for _, s := range again {
		out = append(out, s.Outputs...)
	}
	for file := range m.pool.written {
		folder := slices.ContainsFunc(m.run.Evidence, func(s mlgate.Source) bool { return s.Path == file && s.IsFolder() })
		if !folder && m.known[file] {
			out = append(out, file)
		}
	}
	slices.Sort(out)
	return out
}

// compare notes which sources are others than before the repeated steps: new, gone, or of another content.
func (m *measuring) compare(ctx context.Context) error {
	now, err := m.contents(ctx)
	if err != nil {
		return err
	}
	for _, files := range []map[string]string{m.before, now} {
		for file := range files {
			content, there := now[file]
			if old, was := m.before[file]; content != old || there != was {
				m.pool.written[file] = true
			}
		}
	}
	return nil
}

// contents identifies what each source of evidence holds now, by its path.
func (m *measuring) contents(ctx context.Context) (map[string]string, error) {
	sources, err := m.sources(ctx, m.run.Evidence)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, src := range sources {
		files, err := m.Work.Digests(ctx, []string{path.Clean(src.Path)})
		if err != nil {
			return nil, err
		}
		var all strings.Builder
		for _, f := range files {
			all.WriteString(f.Path + "\x00" + string(f.SHA256) + "\n")
		}
		out[src.Path], m.known[src.Path] = all.String(), true
	}
	return out, nil
}

// pass runs steps once and adds how they ended to the evidence.
func (m *measuring) pass(ctx context.Context, ev *mlgate.Evidence, steps []mlgate.Step) (problem string, err error) {
	if len(steps) == 0 {
		return "", nil
	}
	var one mlgate.Evidence
	if err := m.execute(ctx, &one, steps); err != nil {
		return "", err
	}
	ev.Seconds += one.Seconds
	ev.Steps = m.joined(ev.Steps, one.Steps)
	if !ev.Complete() {
		return "a step failed", nil
	}
	if err := m.Work.Clean(ctx, declaredInputs(m.run, m.recipe)); err != nil {
		return "a step changed its own inputs, so the numbers belong to no commit: " + err.Error(), nil //nolint:nilerr // told in the bundle: the judge reports it to the people waiting
	}
	return "", nil
}

// joined adds how steps ended to how they ended before, in the order of steps. Of a step that ran before,
// for another seed, the last end counts, and what all took.
func (m *measuring) joined(have, more []mlgate.StepRun) []mlgate.StepRun {
	var out []mlgate.StepRun
	named := func(all []mlgate.StepRun, name string) int {
		return slices.IndexFunc(all, func(r mlgate.StepRun) bool { return r.Name == name })
	}
	for _, s := range m.steps {
		i, j := named(have, s.Name), named(more, s.Name)
		switch {
		case i >= 0 && j >= 0:
			old, now := have[i], more[j]
			now.Seconds, now.Memory, now.Tries = now.Seconds+old.Seconds, max(now.Memory, old.Memory), slices.Concat(old.Tries, now.Tries)
			out = append(out, now)
		case i >= 0:
			out = append(out, have[i])
		case j >= 0:
			out = append(out, more[j])
		}
	}
	return out
}

// seeded adds the seed to the environment of a step, in the place of whatever somebody called so.
func seeded(env []string, seed int) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, mlgate.SeedName+"=") })
	env = append(env, mlgate.SeedName+"="+strconv.Itoa(seed))
	slices.Sort(env)
	return env
}
