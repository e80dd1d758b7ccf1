package flow

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func number(v float64) *mlgate.Number { n := mlgate.Number(v); return &n }

func ran(metrics []mlgate.Metric, checks ...mlgate.Check) mlgate.Evidence {
	for i := range metrics {
		metrics[i].File = "m.json"
	}
	return mlgate.Evidence{Metrics: metrics, Checks: checks}
}

func intoOne(runs ...mlgate.Evidence) *mlgate.Evidence {
	p := pool{runs: runs, seconds: make([]float64, len(runs)), written: map[string]bool{"m.json": true}}
	ev := new(mlgate.Evidence)
	p.into(ev, mlgate.RunsFixed, []mlgate.Step{{Name: "train"}})
	return ev
}

// Hits and errors are of one run; the examples are the same ones each time.
func TestPooledMetricIsTheMeanOfItsRuns(t *testing.T) {
	t.Parallel()
	hits := int64(90)
	ev := intoOne(
		ran([]mlgate.Metric{{Name: "a", Value: 0.9, N: 100, Hits: &hits, Stderr: number(0.03), Repeats: []mlgate.Number{0.8, 1}, Unit: "x"}}),
		ran([]mlgate.Metric{{Name: "a", Value: 0.8, N: 80}}),
	)
	want := []mlgate.Metric{{Name: "a", Value: mlgate.MeanOf([]mlgate.Number{0.9, 0.8}), File: "m.json", Unit: "x", N: 80, Repeats: []mlgate.Number{0.9, 0.8}, Runs: mlgate.RunsFixed}}
	if d := cmp.Diff(want, ev.Metrics); d != "" {
		t.Error(d)
	}
	if len(ev.Dropped) != 1 {
		t.Errorf("the repeats of the file are left out without a word: %q", ev.Dropped)
	}
}

// A step that ignores its seed says the same each time: that is what one run says, and as sure as one.
func TestRunsThatFoundTheSameKeepWhatEachKnows(t *testing.T) {
	t.Parallel()
	hits := int64(90)
	one := func(value mlgate.Number) mlgate.Evidence {
		run := ran([]mlgate.Metric{{Name: "a", Value: value, N: 100, Hits: &hits, Stderr: number(0.03)}})
		run.Examples = []mlgate.ExampleList{{Path: "m.json"}}
		return run
	}
	if ev := intoOne(one(0.9), one(0.9)); ev.Metrics[0].Hits == nil || ev.Metrics[0].Stderr == nil || len(ev.Metrics[0].Repeats) != 2 || len(ev.Examples) != 1 {
		t.Errorf("got %+v", ev)
	}
	if ev := intoOne(one(0.9), one(0.9), one(0.91)); ev.Metrics[0].Hits != nil || ev.Metrics[0].Stderr != nil || len(ev.Examples) != 0 {
		t.Errorf("got %+v", ev)
	}
}

func TestExamplesThatOneRunDoesNotStateAreNone(t *testing.T) {
	t.Parallel()
	ev := intoOne(ran([]mlgate.Metric{{Name: "a", N: 100}}), ran([]mlgate.Metric{{Name: "a"}}))
	if n := ev.Metrics[0].N; n != 0 {
		t.Errorf("n is %d", n)
	}
}

// Were the mean taken over the seeds that went well, a change could choose them.
func TestMetricThatOneSeedDidNotMeasureIsLeftOut(t *testing.T) {
	t.Parallel()
	lost := ran([]mlgate.Metric{{Name: "b"}})
	lost.LeftOut = []mlgate.LeftOut{{Name: "a", File: "m.json", What: "text"}}
	ev := intoOne(ran([]mlgate.Metric{{Name: "a", Value: 1}, {Name: "b"}, {Name: "c"}}), lost)
	var names []string
	for _, m := range ev.Metrics {
		names = append(names, m.Name)
	}
	if d := cmp.Diff([]string{"b"}, names); d != "" {
		t.Error(d)
	}
	want := []mlgate.LeftOut{{Name: "a", File: "m.json", What: "text with MLGATE_SEED=1"}, {Name: "c", File: "m.json", What: "missing with MLGATE_SEED=1"}}
	if d := cmp.Diff(want, ev.LeftOut); d != "" {
		t.Error(d)
	}
}

func TestCheckIsTheWorstOfItsRuns(t *testing.T) {
	t.Parallel()
	ev := intoOne(
		ran(nil, mlgate.Check{Name: "a", Status: mlgate.CheckPassed}, mlgate.Check{Name: "b", Status: mlgate.CheckFailed, Message: "no"}, mlgate.Check{Name: "c", Status: mlgate.CheckPassed}),
		ran(nil, mlgate.Check{Name: "a", Status: mlgate.CheckPassed}, mlgate.Check{Name: "b", Status: mlgate.CheckPassed}),
	)
	want := []mlgate.Check{{Name: "a", Status: mlgate.CheckPassed}, {Name: "b", Status: mlgate.CheckFailed, Message: "no"}, {Name: "c", Status: mlgate.CheckError, Message: "made with 1 of 2 seeds"}}
	if d := cmp.Diff(want, ev.Checks); d != "" {
		t.Error(d)
	}
}

// A file that no run changes is read once: its numbers are no repeats.
func TestFilesThatNoRunWritesAreNotPooled(t *testing.T) {
	t.Parallel()
	one := mlgate.Evidence{Metrics: []mlgate.Metric{{Name: "rows", Value: 5, File: "data.json"}}}
	ev := intoOne(one, one)
	if d := cmp.Diff(one.Metrics, ev.Metrics); d != "" {
		t.Error(d)
	}
}

func TestSeedWinsOverWhateverIsCalledSo(t *testing.T) {
	t.Parallel()
	if d := cmp.Diff([]string{"A=1", "MLGATE_SEED=3", "Z=2"}, seeded([]string{"A=1", "MLGATE_SEED=7", "Z=2"}, 3)); d != "" {
		t.Error(d)
	}
}
