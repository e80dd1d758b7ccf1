package flow

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var train = []mlgate.Step{{Name: "train"}}

// inOne pools runs, as those that somebody looks at; a run of 0 metrics before is what goes first.
func inOne(t *testing.T, prior *Prior, runs ...mlgate.Evidence) *mlgate.Evidence {
	t.Helper()
	p := pool{written: map[string]bool{"m.json": true}}
	ev := new(mlgate.Evidence)
	if prior != nil {
		ev.Seconds = p.resume(prior)
	}
	for _, run := range runs {
		p.runs, p.seconds = append(p.runs, run), append(p.seconds, float64(len(p.runs)))
		ev.Seconds += float64(len(p.runs))
	}
	p.into(ev, mlgate.RunsConclusive, train)
	ev.Origin, ev.Recipe = mlgate.Measured, "r"
	return ev
}

// through seals evidence and reads it again, as the ledger does.
func through(t *testing.T, e *mlgate.Evidence) *Prior {
	t.Helper()
	e.Examples = nil // there is no table behind those of this test
	s, err := mlgate.SealEvidence(*e)
	if err != nil {
		t.Fatal(err)
	}
	out := new(mlgate.Evidence)
	if err := s.Decode(out); err != nil {
		t.Fatal(err)
	}
	return &Prior{Evidence: out, Digest: s.Digest}
}

// Wherever it stops, what goes on says in the end what one go would have said, and is an extension by all that
// the judge looks at.
func TestStoppingAndGoingOnIsOneGo(t *testing.T) {
	t.Parallel()
	hits := int64(90)
	known := func(v mlgate.Number, h *int64) mlgate.Metric {
		return mlgate.Metric{Name: "accuracy", Value: v, N: 100, Hits: h, Stderr: number(0.03)}
	}
	other := mlgate.Metric{Name: "z", Value: 3}
	for name, runs := range map[string][]mlgate.Evidence{
		"different":            {ran([]mlgate.Metric{known(0.9, nil)}), ran([]mlgate.Metric{known(0.1, nil)}), ran([]mlgate.Metric{known(0.85, nil)}), ran([]mlgate.Metric{known(0.7, nil)})},
		"equal":                {ran([]mlgate.Metric{known(0.9, &hits)}), ran([]mlgate.Metric{known(0.9, &hits)}), ran([]mlgate.Metric{known(0.9, &hits)}), ran([]mlgate.Metric{known(0.9, &hits)})},
		"equal until the last": {ran([]mlgate.Metric{known(0.9, &hits)}), ran([]mlgate.Metric{known(0.9, &hits)}), ran([]mlgate.Metric{known(0.9, &hits)}), ran([]mlgate.Metric{known(0.89, nil)})},
		"NaN":                  {ran([]mlgate.Metric{known(mlgate.Number(math.NaN()), nil)}), ran([]mlgate.Metric{known(1, nil)}), ran([]mlgate.Metric{known(0.9, nil)}), ran([]mlgate.Metric{known(0.9, nil)})},
		"a gap":                {ran([]mlgate.Metric{known(0.9, nil), other}), gap("z", "text"), ran([]mlgate.Metric{known(0.9, nil), other}), ran([]mlgate.Metric{known(0.9, nil), other})},
		"late":                 {ran([]mlgate.Metric{known(0.9, nil), other}), ran([]mlgate.Metric{known(0.9, nil), other}), ran([]mlgate.Metric{known(0.9, nil), other}), gap("z", "a list")},
		"checks":               {ran(nil, mlgate.Check{Name: "a", Status: mlgate.CheckPassed}), ran(nil, mlgate.Check{Name: "a", Status: mlgate.CheckFailed}), ran(nil, mlgate.Check{Name: "a", Status: mlgate.CheckPassed}), ran(nil, mlgate.Check{Name: "a", Status: mlgate.CheckPassed})},
		"nested":               {nested(0.9), nested(0.8), nested(0.7), nested(0.6)},
	} {
		want := inOne(t, nil, runs...)
		for stop := 1; stop < len(runs); stop++ {
			prior := through(t, inOne(t, nil, runs[:stop]...))
			got := inOne(t, prior, runs[stop:]...)
			if d := cmp.Diff(want, got, cmp.Comparer(sameNumber), cmpopts.IgnoreFields(mlgate.Repeats{}, "Extends"), cmpopts.IgnoreUnexported(mlgate.ExampleList{})); d != "" {
				t.Errorf("%s, stopped after %d: %s", name, stop, d)
			}
			if x := got.Repeats.Extends; x == nil || x.Evidence != prior.Digest || x.Runs != stop {
				t.Errorf("%s, stopped after %d: extends %+v", name, stop, x)
			}
			if err := through(t, got).Evidence.Continues(prior.Evidence, prior.Digest); err != nil {
				t.Errorf("%s, stopped after %d: %v", name, stop, err)
			}
		}
	}
}

func sameNumber(a, b mlgate.Number) bool { return a == b || a != a && b != b }

func gap(name, what string) mlgate.Evidence {
	e := ran([]mlgate.Metric{{Name: "accuracy", Value: 0.9, N: 100, Stderr: number(0.03)}})
	e.LeftOut = []mlgate.LeftOut{{Name: name, File: "m.json", What: what}}
	return e
}

func nested(v mlgate.Number) mlgate.Evidence {
	return ran([]mlgate.Metric{{Name: "accuracy", Value: v, Repeats: []mlgate.Number{v, v}}})
}

// What the steps before the repeated ones measured stays as it was recorded: going on is no second try of it.
func TestGoingOnMeasuresNothingTwice(t *testing.T) {
	t.Parallel()
	one := func(v, rows mlgate.Number) mlgate.Evidence {
		e := ran([]mlgate.Metric{{Name: "accuracy", Value: v}})
		e.Metrics = append(e.Metrics, mlgate.Metric{Name: "rows", Value: rows, File: "data.json"})
		return e
	}
	prior := through(t, inOne(t, nil, one(0.9, 10), one(0.8, 10)))
	got := inOne(t, prior, one(0.7, 99))
	if m, _ := got.Metric("rows"); m.Value != 10 || m.Runs != "" {
		t.Errorf("rows is %+v", m)
	}
	if err := got.Continues(prior.Evidence, prior.Digest); err != nil {
		t.Error(err)
	}
}

// A run goes on with what is of its recipe and its steps, and only where somebody looks.
func TestPriorFits(t *testing.T) {
	t.Parallel()
	looks := design{most: 9, looks: true}
	prior := func() *Prior {
		return &Prior{Evidence: &mlgate.Evidence{Recipe: "r", Repeats: &mlgate.Repeats{Runs: mlgate.RunsConclusive, Steps: []string{"train"}, Seconds: []float64{1}}}}
	}
	if !prior().fits("r", looks, train) {
		t.Error("does not go on")
	}
	fixed := prior()
	fixed.Evidence.Repeats.Runs = mlgate.RunsFixed
	once := prior()
	once.Evidence.Repeats = nil
	for name, fits := range map[string]bool{
		"nothing":        (*Prior)(nil).fits("r", looks, train),
		"fixed":          fixed.fits("r", looks, train),
		"once":           once.fits("r", looks, train),
		"another recipe": prior().fits("s", looks, train),
		"nobody looks":   prior().fits("r", design{most: 9}, train),
		"other steps":    prior().fits("r", looks, slices.Concat(train, []mlgate.Step{{Name: "evaluate"}})),
	} {
		if fits {
			t.Errorf("%s: goes on", name)
		}
	}
}

// What is known of each example of what was measured once goes along, as it was recorded; of a file that the seeds
// write it stays where all of them found the same.
func TestGoingOnKeepsExamples(t *testing.T) {
	t.Parallel()
	table := func(file string, right ...float64) mlgate.ExampleList {
		x := &mlgate.Examples{Columns: []mlgate.Column{{Metric: "share", Kind: "mean", From: "right", Values: right}}}
		for i := range right {
			x.IDs = append(x.IDs, uint64(i))
		}
		return mlgate.HoldExamples(file, x)
	}
	one := func(v mlgate.Number, file string, right ...float64) mlgate.Evidence {
		e := ran([]mlgate.Metric{{Name: "accuracy", Value: v}})
		e.Metrics = append(e.Metrics, mlgate.Metric{Name: "share", Value: 0.5, N: 2, File: file})
		e.Examples = []mlgate.ExampleList{table(file, right...)}
		return e
	}
	for file, values := range map[string][3]mlgate.Number{"once.csv": {0.9, 0.8, 0.7}, "m.json": {0.9, 0.9, 0.9}} {
		s, err := mlgate.SealEvidence(*inOne(t, nil, one(values[0], file, 0, 1), one(values[1], file, 0, 1)))
		if err != nil {
			t.Fatal(err)
		}
		prior := &Prior{Evidence: new(mlgate.Evidence), Digest: s.Digest}
		if err := s.Decode(prior.Evidence); err != nil {
			t.Fatal(err)
		}
		if err := prior.Evidence.LoadExamples(t.Context()); err != nil {
			t.Fatal(err)
		}
		again, err := mlgate.SealEvidence(*inOne(t, prior, one(values[2], file, 1, 0)))
		if err != nil {
			t.Fatal(err)
		}
		var got mlgate.Evidence
		if err := again.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if len(got.Examples) != 1 || got.Examples[0].SHA256 != prior.Evidence.Examples[0].SHA256 {
			t.Errorf("%s: the examples are %+v, they were %+v", file, got.Examples, prior.Evidence.Examples)
		}
		if err := got.Continues(prior.Evidence, prior.Digest); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		got.Examples[0].SHA256 = prior.Digest
		if err := got.Continues(prior.Evidence, prior.Digest); err == nil {
			t.Errorf("%s: other examples go on", file)
		}
	}
}

// What evidence of the ledger says that its runs wrote may be the word of a pull request: only files that are evidence
// here are removed before the next seed.
func TestGoingOnRemovesNoFileThatOnlyTheLedgerNames(t *testing.T) {
	t.Parallel()
	run := ran([]mlgate.Metric{{Name: "accuracy", Value: 0.9}})
	for _, file := range []string{".git", "../b", "notes", "/etc"} {
		run.Metrics = append(run.Metrics, mlgate.Metric{Name: "in " + file, Value: 1, File: file})
	}
	p := pool{runs: []mlgate.Evidence{run}, seconds: []float64{1}, written: map[string]bool{}}
	for _, m := range run.Metrics {
		p.written[m.File] = true
	}
	ev := new(mlgate.Evidence)
	p.into(ev, mlgate.RunsConclusive, train)
	m := measuring{
		Runner: Runner{Work: new(noFiles)}, run: config.Run{Evidence: []mlgate.Source{{Path: "m.json"}}},
		pool: pool{written: map[string]bool{}}, known: map[string]bool{},
	}
	if _, err := m.contents(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.pool.resume(through(t, ev))
	if !m.pool.written[".git"] {
		t.Fatal("the prior is not what this test is about")
	}
	if got := m.stale([]mlgate.Step{{Name: "train", Outputs: []string{"build"}}}); !slices.Equal(got, []string{"build", "m.json"}) {
		t.Errorf("removes %q", got)
	}
}
