package gate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// listed is evidence of one metric with a table of n examples, by what an example is worth.
type listed struct {
	kind  string
	from  string
	n     int
	first uint64 // id of the first example
	value func(i int) float64
	label func(i int) bool
	group func(i int) uint32
}

func (s listed) evidence(t *testing.T) *mlgate.Evidence {
	t.Helper()
	c := mlgate.Column{Metric: "m", Kind: s.kind, From: s.from}
	x := &mlgate.Examples{}
	sum := 0.0
	for i := range s.n {
		x.IDs = append(x.IDs, s.first+uint64(i)) //nolint:gosec // small
		c.Values = append(c.Values, s.value(i))
		sum += s.value(i)
		if s.label != nil {
			c.Labels = append(c.Labels, s.label(i))
		}
		if s.group != nil {
			x.Groups = append(x.Groups, s.group(i))
		}
	}
	x.Columns = []mlgate.Column{c}
	m := mlgate.Metric{Name: "m", Value: mlgate.Number(sum / float64(s.n)), N: int64(s.n), File: "p.csv"}
	switch s.kind {
	case mlgate.AUC:
		e, err := stat.AUC(c.Values, c.Labels, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		m.Value = mlgate.Number(e.Value)
	case mlgate.Share:
		hits := int64(math.Round(sum))
		m.Hits = &hits
	}
	return &mlgate.Evidence{Metrics: []mlgate.Metric{m}, Examples: []mlgate.ExampleList{mlgate.HoldExamples("p.csv", x)}}
}

// wrong are shares that are 0 for the first k examples.
func wrong(k int) func(int) float64 {
	return func(i int) float64 {
		if i < k {
			return 0
		}
		return 1
	}
}

func third(i int) bool { return i%3 == 0 }

// scores are those of a model that is right about labels of third, less so the more noise there is.
func scores(noise float64) func(int) float64 {
	return func(i int) float64 {
		v := noise * math.Sin(float64(i)*12.9898)
		if third(i) {
			v++
		}
		return v
	}
}

func groupsOf(size int) func(int) uint32 {
	return func(i int) uint32 { return uint32(i / size) } //nolint:gosec // small
}

func TestPaired(t *testing.T) {
	t.Parallel()
	loss := func(shift, every float64) func(int) float64 {
		return func(i int) float64 { return float64(i%7) + shift + every*math.Sin(float64(i)) }
	}
	share := listed{kind: mlgate.Share, from: "share: ok", n: 1000, value: wrong(100)}
	mean := listed{kind: mlgate.Mean, from: "mean: loss", n: 400, value: loss(0, 0)}
	auc := listed{kind: mlgate.AUC, from: "auc: [y, s]", n: 600, value: scores(1), label: third}
	with := func(s listed, change func(*listed)) listed { change(&s); return s }
	for _, c := range []struct {
		name       string
		head, base listed
		better     mlgate.Direction
		by         float64
		want       mlgate.Status
		method     string
		says       string
	}{
		{"as good", share, share, mlgate.Higher, 0.01, mlgate.Pass, "tango", "1000 examples on both sides"},
		{"18 more are wrong", with(share, func(s *listed) { s.value = wrong(118) }), share, mlgate.Higher, 0.005, mlgate.Fail, "tango", ""},
		{"6 more are wrong", with(share, func(s *listed) { s.value = wrong(106) }), share, mlgate.Higher, 0.005, mlgate.Inconclusive, "tango", "too little data"},
		{"some are left out for others", with(share, func(s *listed) { s.first = 100 }), share, mlgate.Higher, 0.01, mlgate.Fail, "", "leaves out 100 of the 1000 examples"},
		{"some are added", with(share, func(s *listed) { s.n, s.value = 1100, wrong(100) }), share, mlgate.Higher, 0.01, mlgate.Pass, "tango", "1000 examples on both sides of 1100"},
		{"many are added", with(share, func(s *listed) { s.n, s.value = 2000, wrong(100) }), share, mlgate.Higher, 0.01, mlgate.Inconclusive, "tango", "only 1000 of 2000"},
		{"another column", with(share, func(s *listed) { s.from = "share: other" }), share, mlgate.Higher, 0.01, mlgate.Fail, "", "from other columns"},
		{"of another kind", with(mean, func(s *listed) { s.n = 1000; s.value = wrong(100) }), share, mlgate.Higher, 0.01, mlgate.Fail, "", "computed in another way"},

		{"a mean as good", mean, mean, mlgate.Lower, 0.1, mlgate.Pass, "ideal bootstrap", ""},
		{"a mean surely worse", with(mean, func(s *listed) { s.value = loss(0.3, 0.5) }), mean, mlgate.Lower, 0.1, mlgate.Fail, "ideal bootstrap", ""},
		{"a mean, few examples", with(mean, func(s *listed) { s.n, s.value = 20, loss(0.3, 0.5) }), with(mean, func(s *listed) { s.n = 20 }), mlgate.Lower, 0.1, mlgate.Fail, "paired t", ""},
		{"in groups", with(mean, func(s *listed) { s.value, s.group = loss(0.3, 0.5), groupsOf(10) }), with(mean, func(s *listed) { s.group = groupsOf(10) }), mlgate.Lower, 0.1, mlgate.Fail, "cluster", ""},
		{"in few groups", with(mean, func(s *listed) { s.value, s.group = loss(0.3, 0.5), groupsOf(50) }), with(mean, func(s *listed) { s.group = groupsOf(50) }), mlgate.Lower, 0.1, mlgate.Inconclusive, mlgate.NoTest, "8 groups, and at least 10"},
		{"groups are gone", mean, with(mean, func(s *listed) { s.group = groupsOf(10) }), mlgate.Lower, 0.1, mlgate.Fail, "", "without the groups"},

		{"AUC as good", auc, auc, mlgate.Higher, 0.01, mlgate.Pass, "delong", ""},
		{"AUC surely worse", with(auc, func(s *listed) { s.value = scores(3) }), auc, mlgate.Higher, 0.01, mlgate.Fail, "delong", "fell"},
		{"AUC surely better", auc, with(auc, func(s *listed) { s.value = scores(3) }), mlgate.Higher, 0.01, mlgate.Pass, "delong", ""},
		{"other labels", with(auc, func(s *listed) { s.label = func(i int) bool { return third(i) && i > 0 } }), auc, mlgate.Higher, 0.5, mlgate.Fail, "", "another label for 1 of 600"},
		{"AUC in groups", with(auc, func(s *listed) { s.group = groupsOf(10) }), with(auc, func(s *listed) { s.group = groupsOf(10) }), mlgate.Higher, 0.01, mlgate.Inconclusive, mlgate.NoTest, "allows for groups"},
	} {
		rule := mlgate.GateRule{Pattern: "m", Severity: mlgate.Fail, Confidence: 0.95, Better: c.better, MaxDrop: by(c.by)}
		if c.better == mlgate.Lower {
			rule.MaxDrop, rule.MaxRise = nil, by(c.by)
		}
		got := gate.Judge([]mlgate.GateRule{rule}, c.head.evidence(t), c.base.evidence(t))[0]
		method := ""
		if got.Test != nil {
			method = got.Test.Method
		}
		if got.Status != c.want || !strings.Contains(got.Message, c.says) || !strings.Contains(method, c.method) {
			t.Errorf("%s: got %s by %q: %s; want %s by %q with %q", c.name, got.Status, method, got.Message, c.want, c.method, c.says)
		}
	}
}
