package gate_test

import (
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
	if g := judged(drop, repeated(0.899, 0.9), rated(900, 1000)); g.Status != mlgate.Fail || g.Less == nil {
		t.Errorf("repeats of a file in the place of hits: %v, %s", g.Status, g.Message)
	}
}
