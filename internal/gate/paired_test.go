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
	truth func(i int) float64 // for r2
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
		if s.truth != nil {
			c.Actual = append(c.Actual, s.truth(i))
		}
		if s.group != nil {
			x.Groups = append(x.Groups, s.group(i))
		}
	}
	x.Columns = []mlgate.Column{c}
	m := mlgate.Metric{Name: "m", Value: mlgate.Number(sum / float64(s.n)), N: int64(s.n), File: "p.csv"}
	part := c.Of(nil)
	if figure, is := stat.Named(s.kind); is {
		v, err := figure.Of(stat.Sample{Values: c.Values, Labels: c.Labels, Actual: c.Actual})
		if err != nil {
			t.Fatal(err)
		}
		m.Value = mlgate.Number(v)
	}
	switch s.kind {
	case mlgate.TPR, mlgate.FPR:
		hits := int64(0)
		for _, v := range part.Values {
			hits += int64(v)
		}
		m.N, m.Hits = int64(len(part.Values)), &hits
		m.Value = mlgate.Number(float64(hits) / float64(m.N))
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

// sure are the probabilities of a calibrated model, off by so much; often are its labels.
func sure(off float64) func(int) float64 {
	return func(i int) float64 { return min(1, (float64(i%10)+0.5)/10+off*float64(i/10%10)/5) }
}

func often(i int) bool { return i/10%10 <= i%10 }

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
	ece := listed{kind: "ece15", from: "ece: [y, p], 15 bins", n: 3000, value: sure(0), label: often}
	rmse := listed{kind: mlgate.RMSE, from: "rmse: [y, p]", n: 400, value: loss(1, 0.5)}
	r2 := listed{kind: mlgate.R2, from: "r2: [y, p]", n: 400, value: loss(0, 0.5), truth: loss(0, 0)}
	p95 := listed{kind: mlgate.P95, from: "p95: ms", n: 1000, value: func(i int) float64 { return float64(i * 7919 % 1000) }}
	tpr := listed{kind: mlgate.TPR, from: "tpr: [y, p]", n: 3000, value: wrong(300), label: third}
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

		{"a mean as good", mean, mean, mlgate.Lower, 0.1, mlgate.Pass, "cautious t", ""},
		{"a mean surely worse", with(mean, func(s *listed) { s.value = loss(0.3, 0.5) }), mean, mlgate.Lower, 0.1, mlgate.Fail, "cautious t", ""},
		{"a mean, few examples", with(mean, func(s *listed) { s.n, s.value = 20, loss(0.3, 0.5) }), with(mean, func(s *listed) { s.n = 20 }), mlgate.Lower, 0.1, mlgate.Fail, "cautious t", ""},
		{"in groups", with(mean, func(s *listed) { s.value, s.group = loss(0.3, 0.5), groupsOf(10) }), with(mean, func(s *listed) { s.group = groupsOf(10) }), mlgate.Lower, 0.1, mlgate.Fail, "cautious t on groups", ""},
		{"in few groups", with(mean, func(s *listed) { s.value, s.group = loss(0.3, 0.5), groupsOf(50) }), with(mean, func(s *listed) { s.group = groupsOf(50) }), mlgate.Lower, 0.1, mlgate.Inconclusive, mlgate.NoTest, "8 groups, and at least 10"},
		{"groups are gone", mean, with(mean, func(s *listed) { s.group = groupsOf(10) }), mlgate.Lower, 0.1, mlgate.Fail, "", "without the groups"},

		{"AUC as good", auc, auc, mlgate.Higher, 0.01, mlgate.Pass, "delong", ""},
		{"AUC surely worse", with(auc, func(s *listed) { s.value = scores(3) }), auc, mlgate.Higher, 0.01, mlgate.Fail, "delong", "fell"},
		{"AUC surely better", auc, with(auc, func(s *listed) { s.value = scores(3) }), mlgate.Higher, 0.01, mlgate.Pass, "delong", ""},
		{"other labels", with(auc, func(s *listed) { s.label = func(i int) bool { return third(i) && i > 0 } }), auc, mlgate.Higher, 0.5, mlgate.Fail, "", "another label for 1 of 600"},
		{"calibrated as well", ece, ece, mlgate.Lower, 0.01, mlgate.Pass, "bootstrap z", "3000 examples on both sides"},
		{"calibrated surely worse", with(ece, func(s *listed) { s.value = sure(0.2) }), ece, mlgate.Lower, 0.01, mlgate.Fail, "bootstrap z", "rose"},
		{"calibrated a little worse", with(ece, func(s *listed) { s.value = sure(-0.012) }), ece, mlgate.Lower, 0.09, mlgate.Inconclusive, "bootstrap z", "too little data"},
		{"calibration, other labels", with(ece, func(s *listed) { s.label = func(i int) bool { return often(i) != (i == 7) } }), ece, mlgate.Lower, 0.5, mlgate.Fail, "", "another label for 1 of 3000"},
		{"calibration, other bins", with(ece, func(s *listed) { s.kind, s.from = "ece10", "ece: [y, p], 10 bins" }), ece, mlgate.Lower, 0.5, mlgate.Fail, "", "computed in another way"},
		{"root as good", rmse, rmse, mlgate.Lower, 0.01, mlgate.Pass, "paired bootstrap", ""},
		{"root surely worse", with(rmse, func(s *listed) { s.value = loss(2, 0.5) }), rmse, mlgate.Lower, 0.01, mlgate.Fail, "paired bootstrap", "rose"},
		{"root in few groups", with(rmse, func(s *listed) { s.group = groupsOf(50) }), with(rmse, func(s *listed) { s.group = groupsOf(50) }), mlgate.Lower, 0.1, mlgate.Inconclusive, mlgate.NoTest, "8 groups"},
		{"root in groups", with(rmse, func(s *listed) { s.value, s.group = loss(2, 0.5), groupsOf(10) }), with(rmse, func(s *listed) { s.group = groupsOf(10) }), mlgate.Lower, 0.01, mlgate.Fail, "paired bootstrap", ""},
		{"explains as much", r2, r2, mlgate.Higher, 0.01, mlgate.Pass, "paired bootstrap", ""},
		{"explains surely less", with(r2, func(s *listed) { s.value = loss(0, 1.5) }), r2, mlgate.Higher, 0.01, mlgate.Fail, "paired bootstrap", "fell"},
		{"explains other numbers", with(r2, func(s *listed) { s.truth = loss(0.1, 0) }), r2, mlgate.Higher, 0.9, mlgate.Fail, "", "another label for 400 of 400"},
		{"as slow", p95, p95, mlgate.Lower, 1, mlgate.Pass, "paired bootstrap", ""},
		{"surely slower", with(p95, func(s *listed) { s.value = func(i int) float64 { return 1.5 * float64(i*7919%1000) } }), p95, mlgate.Lower, 10, mlgate.Fail, "paired bootstrap", "rose"},
		{"slower, few examples", with(p95, func(s *listed) { s.n, s.value = 100, func(i int) float64 { return 99 * float64(i) } }), with(p95, func(s *listed) { s.n = 100 }), mlgate.Lower, 10, mlgate.Inconclusive, mlgate.NoTest, "at least 200 are needed"},
		{"finds as many", tpr, tpr, mlgate.Higher, 0.01, mlgate.Pass, "tango", "1000 examples on both sides"},
		{"finds fewer", with(tpr, func(s *listed) { s.value = wrong(400) }), tpr, mlgate.Higher, 0.01, mlgate.Fail, "tango", "fell"},
		{"misses become none", with(tpr, func(s *listed) { s.label = func(i int) bool { return third(i) && i > 150 } }), tpr, mlgate.Higher, 0.01, mlgate.Fail, "", "another label for 51 of 3000"},
		{"hits become some", with(tpr, func(s *listed) { s.label = func(i int) bool { return third(i) || i > 2000 } }), tpr, mlgate.Higher, 0.01, mlgate.Fail, "", "another label for 666 of 3000"},
		{"misses are left out", with(tpr, func(s *listed) { s.first, s.n, s.value = 150, 2850, wrong(150) }), tpr, mlgate.Higher, 0.01, mlgate.Fail, "", "leaves out 150 of the 3000 examples"},
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

// Without confidence numbers are compared as they are, and those of two sides that were measured on different
// examples are not: what was added does not hide what got worse, and is itself no loss.
func TestAddedExamplesHideNothing(t *testing.T) {
	t.Parallel()
	base := listed{kind: mlgate.Share, from: "share: ok", n: 1000, value: wrong(100)}
	auc := listed{kind: mlgate.AUC, from: "auc: [y, s]", n: 600, value: scores(1), label: third}
	with := func(s listed, n int, value func(int) float64) listed { s.n, s.value = n, value; return s }
	hard := func(i int) float64 { return wrong(100)(i) * (1 - wrong(1000)(i)) }
	easy := func(noise float64) func(int) float64 {
		return func(i int) float64 {
			if i < 600 {
				return scores(noise)(i)
			}
			return scores(0)(i)
		}
	}
	for name, c := range map[string]struct {
		head, base listed
		want       mlgate.Status
		text       string
	}{
		"a few easy ones, and worse":   {with(base, 1200, wrong(118)), base, mlgate.Fail, "m fell 0.9 → 0.882; allowed ≥ 0.89; that is on the 1000 examples of the baseline, on all it is 0.90167"},
		"many easy ones, and worse":    {with(base, 3000, wrong(150)), base, mlgate.Fail, "m fell 0.9 → 0.85"},
		"many easy ones, and as good":  {with(base, 3000, wrong(100)), base, mlgate.Inconclusive, "only 1000 of 3000 examples are the same on both sides"},
		"a few easy ones, and as good": {with(base, 1200, wrong(100)), base, mlgate.Pass, ""},
		"a few hard ones, and as good": {with(base, 1200, hard), base, mlgate.Pass, ""},
		"AUC, and worse":               {with(auc, 740, easy(3)), auc, mlgate.Fail, "examples of the baseline"},
		"AUC, and as good":             {with(auc, 740, easy(1)), auc, mlgate.Pass, ""},
	} {
		got := gate.Judge([]mlgate.GateRule{{Pattern: "m", Severity: mlgate.Fail, MaxDrop: by(0.01)}}, c.head.evidence(t), c.base.evidence(t))[0]
		if got.Status != c.want || !strings.Contains(got.Message, c.text) {
			t.Errorf("%s: got %s: %s; want %s with %q", name, got.Status, got.Message, c.want, c.text)
		}
	}
	limit := gate.Judge([]mlgate.GateRule{{Pattern: "m", Severity: mlgate.Fail, Min: f(0.93)}}, with(base, 3000, wrong(150)).evidence(t), base.evidence(t))[0]
	if limit.Status != mlgate.Pass {
		t.Errorf("a limit on the number itself: %s: %s", limit.Status, limit.Message)
	}
}
