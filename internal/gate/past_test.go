package gate_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// pastOf are accepted versions v0.1.0, v0.2.0, … with these values of m.
func pastOf(values ...float64) *mlgate.Past {
	p := &mlgate.Past{Stage: "staging"}
	for i, v := range values {
		p.Versions = append(p.Versions, mlgate.PastVersion{PastSource: mlgate.PastSource{Version: fmt.Sprintf("v0.%d.0", i+1)}, Measured: &mlgate.Evidence{Metrics: []mlgate.Metric{{Name: "m", Value: mlgate.Number(v)}}}})
	}
	return p
}

func TestPast(t *testing.T) {
	t.Parallel()
	band := &mlgate.Band{Over: 5, Deviations: 3}
	waived := pastOf(0.95, 0.9, 0.89)
	waived.Versions[1].Waived = []string{"gate/m"}
	for _, c := range []struct {
		name string
		rule mlgate.GateRule
		past *mlgate.Past
		head float64
		want mlgate.Status
		says string
	}{
		{"ratchet kept", mlgate.GateRule{Ratchet: f(0.01), Better: mlgate.Higher}, pastOf(0.8, 0.9, 0.85), 0.89, mlgate.Pass, ""},
		{"ratchet broken", mlgate.GateRule{Ratchet: f(0.01), Better: mlgate.Higher}, pastOf(0.8, 0.9, 0.85), 0.889, mlgate.Fail, "best of 3 accepted versions, v0.2.0, has 0.9"},
		{"ratchet, lower is better", mlgate.GateRule{Ratchet: f(1), Better: mlgate.Lower}, pastOf(12, 10, 14), 11.5, mlgate.Fail, "allowed ≤ 11"},
		{"no version yet", mlgate.GateRule{Ratchet: f(0), Better: mlgate.Higher}, pastOf(), 1, mlgate.Inconclusive, "no accepted version has m yet"},
		{"no stage", mlgate.GateRule{Ratchet: f(0), Better: mlgate.Higher}, nil, 1, mlgate.Inconclusive, "no accepted version"},
		{"NaN counts as none", mlgate.GateRule{Ratchet: f(0), Better: mlgate.Higher}, pastOf(math.NaN(), 0.9), 0.9, mlgate.Pass, ""},
		{"small drops add up", mlgate.GateRule{MaxTotalDrop: f(0.02), Better: mlgate.Higher}, pastOf(0.92, 0.915, 0.91), 0.899, mlgate.Fail, "since v0.1.0 the best accepted version, v0.1.0, has 0.92"},
		{"from what was accepted", mlgate.GateRule{MaxTotalDrop: f(0.02), Better: mlgate.Higher}, waived, 0.885, mlgate.Pass, ""},
		{"and further down from there", mlgate.GateRule{MaxTotalDrop: f(0.02), Better: mlgate.Higher}, waived, 0.875, mlgate.Fail, "since v0.2.0 the best accepted version, v0.2.0, has 0.9"},
		{"small rises add up", mlgate.GateRule{MaxTotalRise: f(2), Better: mlgate.Lower}, pastOf(10, 11, 12), 12.5, mlgate.Fail, "allowed ≤ 12"},
		{"in the band", mlgate.GateRule{Band: band, Better: mlgate.Higher}, pastOf(0.90, 0.91, 0.92, 0.93, 0.94), 0.88, mlgate.Pass, ""},
		{"below the band", mlgate.GateRule{Band: band, Better: mlgate.Higher}, pastOf(0.90, 0.91, 0.92, 0.93, 0.94), 0.87, mlgate.Fail, "lie around 0.92"},
		{"above it is better", mlgate.GateRule{Band: band, Better: mlgate.Higher}, pastOf(0.90, 0.91, 0.92, 0.93, 0.94), 0.99, mlgate.Pass, ""},
		{"without a direction both ends count", mlgate.GateRule{Band: band}, pastOf(0.90, 0.91, 0.92, 0.93, 0.94), 0.99, mlgate.Fail, ""},
		{"the newest alone", mlgate.GateRule{Band: band, Better: mlgate.Higher}, pastOf(9, 9, 9, 9, 9, 0.90, 0.91, 0.92, 0.93, 0.94), 0.92, mlgate.Pass, ""},
		{"weighted", mlgate.GateRule{Band: &mlgate.Band{Over: 5, Deviations: 1, Weight: 1}, Better: mlgate.Higher}, pastOf(0.90, 0.91, 0.92, 0.93, 0.94), 0.92, mlgate.Fail, "lie around 0.94"},
		{"too few for a band", mlgate.GateRule{Band: band, Better: mlgate.Higher}, pastOf(0.9, 0.9, 0.9), 0.9, mlgate.Inconclusive, "a band needs 4"},
		{"constant, and as good", mlgate.GateRule{Band: band, Better: mlgate.Higher}, pastOf(1, 1, 1, 1), 1, mlgate.Pass, ""},
		{"constant, and worse", mlgate.GateRule{Band: band, Better: mlgate.Higher}, pastOf(1, 1, 1, 1), 0.9, mlgate.Inconclusive, "no deviation to go by"},
	} {
		c.rule.Pattern, c.rule.Severity = "m", mlgate.Fail
		head := &mlgate.Evidence{Metrics: []mlgate.Metric{{Name: "m", Value: mlgate.Number(c.head)}}}
		got := gate.JudgeAmong([]mlgate.GateRule{c.rule}, head, nil, c.past)[0]
		if got.Status != c.want || !strings.Contains(got.Message, c.says) {
			t.Errorf("%s: got %s: %s; want %s with %q", c.name, got.Status, got.Message, c.want, c.says)
		}
	}
}
