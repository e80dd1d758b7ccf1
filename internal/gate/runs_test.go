package gate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// drop allows a drop of 0.01 with 95 % confidence.
var drop = mlgate.GateRule{MaxDrop: &mlgate.Bound{Value: 0.01}, Confidence: 0.95, Severity: mlgate.Fail}

// runs are repeats of the steps themselves, on 1,000 examples each.
func runs(word string, values ...mlgate.Number) mlgate.Metric {
	m := repeated(values...)
	m.Runs, m.N = word, 1000
	return m
}

// Against a baseline that ran once its one number is a repeat; the hits that it states are of another kind,
// and not to state them is no less evidence. Repeats that a file states excuse nothing.
func TestRunsAgainstOneRun(t *testing.T) {
	t.Parallel()
	head := []mlgate.Number{0.801, 0.799, 0.8, 0.802, 0.798}
	if g := judged(drop, runs(mlgate.RunsFixed, head...), rated(900, 1000)); g.Status != mlgate.Fail || g.Less != nil || !strings.Contains(g.Message, "anytime t, 1 and 5 repeats") {
		t.Errorf("five runs against one: %v, %v, %s", g.Status, g.Less, g.Message)
	}
	if g := judged(drop, runs(mlgate.RunsConclusive, 0.84, 0.85, 0.83), rated(900, 1000)); g.Status != mlgate.Fail || g.Test.Method != "anytime t" || !strings.Contains(g.Message, "its first run alone between") {
		t.Errorf("one run alone would fail, and more seeds take that away: %v, %s", g.Status, g.Message)
	}
	if g := judged(drop, runs(mlgate.RunsConclusive, 0.84, 0.85, 0.83), erring(0.9, 0.01)); g.Status != mlgate.Fail {
		t.Errorf("the same by standard errors: %v, %s", g.Status, g.Message)
	}
	if g := judged(drop, repeated(0.899, 0.9), rated(900, 1000)); g.Status != mlgate.Fail || g.Less == nil {
		t.Errorf("repeats of a file in the place of hits: %v, %s", g.Status, g.Message)
	}
}

// Seeds that a step ignores show nothing of chance: equal numbers are as sure as one of them.
func TestEqualRunsAreAsSureAsOne(t *testing.T) {
	t.Parallel()
	head := runs(mlgate.RunsFixed, 0.895, 0.895, 0.895, 0.895, 0.895)
	head.Hits = rated(895, 1000).Hits
	once := judged(drop, rated(895, 1000), rated(900, 1000))
	if g := judged(drop, head, rated(900, 1000)); g.Status != once.Status || g.Test == nil || g.Test.Method != once.Test.Method {
		t.Errorf("five equal runs: %v, %s; one: %v, %s", g.Status, g.Message, once.Status, once.Message)
	}
	base := runs(mlgate.RunsFixed, 0.9, 0.9, 0.9, 0.9, 0.9)
	base.Hits = rated(900, 1000).Hits
	if g := judged(drop, head, base); g.Status != once.Status || g.Test == nil || g.Test.Method != once.Test.Method {
		t.Errorf("equal runs on both sides: %v, %s", g.Status, g.Message)
	}
	if g := judged(drop, runs(mlgate.RunsFixed, 0.895, 0.895, 0.895), rated(900, 1000)); g.Less == nil || g.Less.What != "counted hits" {
		t.Errorf("equal runs without hits: %v, %s", g.Status, g.Message)
	}
	if g := judged(drop, runs(mlgate.RunsConclusive, 0.895, 0.895), rated(900, 1000)); g.Status != mlgate.Inconclusive || g.Test.Of != "repeats" {
		t.Errorf("two equal ones of more that may come: %v, %s", g.Status, g.Message)
	}
}

// Repeats that say nothing of the number are no way around the baseline's that do.
func TestRepeatsOfAnotherNumber(t *testing.T) {
	t.Parallel()
	base := repeated(0.9, 0.905, 0.895)
	for name, repeats := range map[string][]mlgate.Number{"NaN": {0.9, mlgate.Number(math.NaN()), 0.9}, "of another number": {0.1, 0.1, 0.1}, "too large": {1e308, 1e308, 1e308}} {
		if g := judged(drop, mlgate.Metric{Value: 0.899, Repeats: repeats}, base); g.Status != mlgate.Fail || !strings.Contains(g.Message, "not the mean of its repeats") {
			t.Errorf("%s: %v, %s", name, g.Status, g.Message)
		}
	}
	if g := judged(mlgate.GateRule{MaxDrop: by(0.01)}, mlgate.Metric{Value: 0.899, Repeats: []mlgate.Number{1, 2, 3}}, base); g.Status != mlgate.Pass {
		t.Errorf("nobody asks how sure: %v, %s", g.Status, g.Message)
	}
}

// A number in another unit is another measurement: 900 ms are no 0.9 of anything that was 104 ms.
func TestAnotherUnit(t *testing.T) {
	t.Parallel()
	in := func(v mlgate.Number, unit string) mlgate.Metric { return mlgate.Metric{Value: v, Unit: unit} }
	rule := mlgate.GateRule{MaxRise: by(5), Max: f(200)}
	for unit, want := range map[string]mlgate.Status{"s": mlgate.Fail, "ms": mlgate.Pass, "": mlgate.Pass} {
		if g := judged(rule, in(0.9, unit), in(104, "ms")); g.Status != want || want == mlgate.Fail && (!strings.Contains(g.Message, "in another unit") || !strings.Contains(g.Fix, "the baseline's unit")) {
			t.Errorf("%q: %v, %s, %s", unit, g.Status, g.Message, g.Fix)
		}
	}
}
