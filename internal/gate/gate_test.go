package gate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func evidence(pairs map[string]float64) *mlgate.Evidence {
	e := &mlgate.Evidence{}
	for _, name := range []string{"acc", "loss", "slice.a.recall", "slice.b.recall"} {
		if v, ok := pairs[name]; ok {
			e.Metrics = append(e.Metrics, mlgate.Metric{Name: name, Value: mlgate.Number(v)})
		}
	}
	return e
}

func f(v float64) *float64 { return &v }

func TestJudge(t *testing.T) {
	t.Parallel()
	type m = map[string]float64
	drop := func(v float64, rel bool) mlgate.GateRule {
		return mlgate.GateRule{Pattern: "acc", Better: mlgate.Higher, MaxDrop: &mlgate.Bound{Value: v, Relative: rel}, Severity: mlgate.Fail}
	}
	for _, c := range []struct {
		name string
		rule mlgate.GateRule
		head m
		base m
		want mlgate.Status
		text string
	}{
		{"above min", mlgate.GateRule{Pattern: "acc", Min: f(0.8)}, m{"acc": 0.8}, nil, mlgate.Pass, ""},
		{"below min", mlgate.GateRule{Pattern: "acc", Min: f(0.8)}, m{"acc": 0.79}, nil, mlgate.Fail, "acc is 0.79; allowed ≥ 0.8"},
		{"above max", mlgate.GateRule{Pattern: "acc", Max: f(0.8)}, m{"acc": 0.81}, m{"acc": 0.7}, mlgate.Fail, "acc rose 0.7 → 0.81; allowed ≤ 0.8"},
		{"a drop of exactly the allowed size", drop(0.005, false), m{"acc": 0.845}, m{"acc": 0.85}, mlgate.Pass, ""},
		{"a drop beyond", drop(0.005, false), m{"acc": 0.8449}, m{"acc": 0.85}, mlgate.Fail, "fell 0.85 → 0.8449; allowed ≥ 0.845"},
		{"10 % of the baseline", drop(0.1, true), m{"acc": 0.9}, m{"acc": 1}, mlgate.Pass, ""},
		{"more than 10 % of the baseline", drop(0.1, true), m{"acc": 0.89}, m{"acc": 1}, mlgate.Fail, "≥ 0.9"},
		{"10 % of a negative baseline", drop(0.1, true), m{"acc": -1.05}, m{"acc": -1}, mlgate.Pass, ""},
		{"a share of zero", drop(0.1, true), m{"acc": -1}, m{"acc": 0}, mlgate.Inconclusive, "says nothing"},
		{"no baseline", drop(0.1, false), m{"acc": 0.1}, nil, mlgate.Inconclusive, "nothing to be compared"},
		{"not in the baseline", drop(0.1, false), m{"acc": 0.1}, m{"loss": 1}, mlgate.Inconclusive, "nothing to be compared"},
		{"NaN in the baseline", drop(0.1, false), m{"acc": 0.1}, m{"acc": math.NaN()}, mlgate.Inconclusive, "NaN in the baseline"},
		{"no baseline, but a limit is broken", mlgate.GateRule{Pattern: "acc", Min: f(0.8), MaxDrop: &mlgate.Bound{Value: 1}}, m{"acc": 0.1}, nil, mlgate.Fail, "≥ 0.8"},
		{"missing", mlgate.GateRule{Pattern: "acc", Min: f(0)}, m{"loss": 1}, m{"acc": 1}, mlgate.Fail, "missing"},
		{"NaN", mlgate.GateRule{Pattern: "acc", Min: f(0)}, m{"acc": math.NaN()}, nil, mlgate.Fail, "NaN"},
		{"infinite", mlgate.GateRule{Pattern: "acc", Min: f(0)}, m{"acc": math.Inf(1)}, nil, mlgate.Fail, "infinite"},
		{"matches nothing", mlgate.GateRule{Pattern: "nope.*", Min: f(0)}, m{"acc": 1}, m{"acc": 1}, mlgate.Fail, "no metric is called"},
		{"matches nothing, only a warning", mlgate.GateRule{Pattern: "nope", Min: f(0), Severity: mlgate.Warn}, m{"acc": 1}, nil, mlgate.Warn, ""},
		{"a warning", mlgate.GateRule{Pattern: "acc", Min: f(2), Severity: mlgate.Warn}, m{"acc": 1}, nil, mlgate.Warn, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var base *mlgate.Evidence
			if c.base != nil {
				base = evidence(c.base)
			}
			got := gate.Judge([]mlgate.GateRule{c.rule}, evidence(c.head), base)
			if len(got) != 1 || got[0].Status != c.want || !strings.Contains(got[0].Message, c.text) {
				t.Errorf("got %+v, want %s with %q", got, c.want, c.text)
			}
		})
	}
}

// For one metric an exact name beats a pattern; the metrics of a pattern come by name.
func TestPatterns(t *testing.T) {
	t.Parallel()
	rules := []mlgate.GateRule{{Pattern: "slice.*", Min: f(0.9), Severity: mlgate.Fail}, {Pattern: "slice.b.recall", Min: f(0.1), Severity: mlgate.Fail}}
	got := gate.Judge(rules, evidence(map[string]float64{"slice.a.recall": 0.5, "slice.b.recall": 0.5}), nil)
	if len(got) != 2 || got[0].Metric != "slice.a.recall" || got[0].Status != mlgate.Fail || got[1].Status != mlgate.Pass {
		t.Errorf("got %+v", got)
	}
}

// Less evidence than the baseline's is never a way around a gate; where one side does not say how much
// it has, nobody can tell.
func TestLessEvidence(t *testing.T) {
	t.Parallel()
	type m = mlgate.Metric
	reps := func(n int) []mlgate.Number { return make([]mlgate.Number, n) }
	for _, c := range []struct {
		name       string
		head, base m
		severity   mlgate.Status
		want       mlgate.Status
		text       string
	}{
		{"fewer examples", m{N: 99}, m{N: 100}, mlgate.Fail, mlgate.Fail, "acc rests on 99 examples, the baseline on 100"},
		{"as many", m{N: 100}, m{N: 100}, mlgate.Fail, mlgate.Pass, ""},
		{"more", m{N: 101}, m{N: 100}, mlgate.Fail, mlgate.Pass, ""},
		{"this side does not say", m{}, m{N: 100}, mlgate.Fail, mlgate.Pass, ""},
		{"the baseline does not say", m{N: 1}, m{}, mlgate.Fail, mlgate.Pass, ""},
		{"fewer repeats", m{Repeats: reps(2)}, m{Repeats: reps(5)}, mlgate.Fail, mlgate.Fail, "acc rests on 2 repeats, the baseline on 5"},
		{"repeats on one side", m{}, m{Repeats: reps(5)}, mlgate.Fail, mlgate.Pass, ""},
		{"only a warning", m{N: 99}, m{N: 100}, mlgate.Warn, mlgate.Warn, "99 examples"},
		{"too low and on less", m{N: 99, Value: -1}, m{N: 100}, mlgate.Fail, mlgate.Fail, "allowed ≥ 0; acc rests on 99"},
	} {
		c.head.Name, c.base.Name = "acc", "acc"
		rule := mlgate.GateRule{Pattern: "acc", Min: f(0), Severity: c.severity}
		got := gate.Judge([]mlgate.GateRule{rule}, &mlgate.Evidence{Metrics: []m{c.head}}, &mlgate.Evidence{Metrics: []m{c.base}})
		if len(got) != 1 || got[0].Status != c.want || !strings.Contains(got[0].Message, c.text) {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

// A gate says what stands where its metric should be.
func TestMissingSaysWhy(t *testing.T) {
	t.Parallel()
	slice := mlgate.Metric{Name: "recall[region=eu]", Slice: map[string]string{"region": "eu"}}
	head := &mlgate.Evidence{LeftOut: []mlgate.LeftOut{{Name: "roc_auc", File: "build/metrics.json", What: "text"}}}
	base := &mlgate.Evidence{Metrics: []mlgate.Metric{slice, {Name: "roc_auc"}}}
	for _, c := range []struct {
		pattern string
		base    *mlgate.Evidence
		want    string
	}{
		{"roc_auc", nil, "roc_auc is text in build/metrics.json: nothing could be judged"},
		{"roc_*", nil, "roc_auc is text in build/metrics.json: nothing could be judged"},
		{"roc_auc", base, "roc_auc is text in build/metrics.json: the baseline has a number"},
		{"recall[*]", base, "recall[region=eu] is missing: the baseline was measured on this slice"},
		{"other", base, "no metric is called other"},
	} {
		got := gate.Judge([]mlgate.GateRule{{Pattern: c.pattern, Min: f(0)}}, head, c.base)
		if len(got) != 1 || got[0].Status != mlgate.Fail || !strings.Contains(got[0].Message, c.want) {
			t.Errorf("%s: got %+v", c.pattern, got)
		}
	}
}

// A message shows what it is about: numbers that differ look different, and counts are whole.
func TestMessagesShowTheChange(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct{ base, head, by float64 }{
		"m fell 1234567 → 1234520; allowed ≥ 1234557":    {1234567, 1234520, 10},
		"m fell 0.912349 → 0.912345; allowed ≥ 0.912348": {0.912349, 0.912345, 0.000001},
		"m fell 0.9 → 0.88; allowed ≥ 0.89":              {0.9, 0.88, 0.01},
		"m fell 100000.4 → 100000.1; allowed ≥ 100000.3": {100000.4, 100000.1, 0.1},
		"m fell 1.2e+20 → 1e+20; allowed ≥ 1.1e+20":      {1.2e20, 1e20, 1e19},
		"m fell 1e-07 → -1e-07; allowed ≥ 5e-08":         {1e-7, -1e-7, 5e-8},
		"m fell 0.5 → 0.49999999; allowed ≥ 0.499999999": {0.5, 0.49999999, 1e-9},
		"m fell 3 → 2; allowed ≥ 3":                      {3, 2, 0},
	} {
		got := judged(mlgate.GateRule{MaxDrop: by(c.by)}, plain(mlgate.Number(c.head)), plain(mlgate.Number(c.base)))
		if got.Message != want {
			t.Errorf("got %q, want %q", got.Message, want)
		}
	}
}
