package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// meanCase is what another implementation says of a mean: by search over skewnesses, and by leaving out groups.
type meanCase struct {
	X                                  []float64
	Group                              []string
	Level, Limit, Stderr, Above, Below float64
	Interval                           []float64
}

func (c meanCase) hold(t *testing.T, e Estimate) {
	t.Helper()
	nearer(t, c, "stderr", e.Stderr/c.Stderr, 1, 1e-9)
	nearer(t, c, "above", e.Above(c.Limit), c.Above, 1e-8)
	nearer(t, c, "below", e.Below(c.Limit), c.Below, 1e-8)
	nearer(t, c, "low", (e.Value-e.Interval.Low)/(e.Value-c.Interval[0]), 1, 1e-7)
	nearer(t, c, "high", (e.Interval.High-e.Value)/(c.Interval[1]-e.Value), 1, 1e-7)
}

func TestCautiousTIsTheLargestOfHalls(t *testing.T) {
	t.Parallel()
	for _, c := range cases[meanCase](t, "cautiousts") {
		c.hold(t, must(CautiousT(c.X, c.Level)))
	}
}

func TestCautiousClustersLeaveOutGroups(t *testing.T) {
	t.Parallel()
	for _, c := range cases[meanCase](t, "cautiousclusters") {
		c.hold(t, must(CautiousClusters(c.X, c.Group, c.Level)))
	}
}

// It is never surer than t, as sure where nothing leans, and as sure of a weaker claim. Groups of one example are
// no groups.
func TestCautiousTIsNeverSurerThanT(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(20, 21))
	for _, n := range []int{2, 3, 7, 30, 400} {
		xs, each := make([]float64, n), make([]string, n)
		for i := range xs {
			xs[i], each[i] = src.ExpFloat64(), string(rune('a'+i))
		}
		plain, e, alone := must(MeanT(xs, 0.9)), must(CautiousT(xs, 0.9)), must(CautiousClusters(xs, each, 0.9))
		sound(t, e)
		above, below := 0.0, 1.0
		for d := -60.0; d <= 60; d += 0.1 {
			limit := e.Value + d*e.Stderr
			a, b := e.Above(limit), e.Below(limit)
			if a < above-1e-12 || b > below+1e-12 || a < plain.Above(limit)-1e-12 || b < plain.Below(limit)-1e-12 {
				t.Fatalf("n %d at %v: above %v after %v, t says %v; below %v after %v, t says %v", n, d, a, above, plain.Above(limit), b, below, plain.Below(limit))
			}
			above, below = a, b
			near(t, n, "groups of one", alone.Above(limit), a)
		}
	}
	even := []float64{-3, -1, 0, 1, 3}
	if e, plain := must(CautiousT(even, 0.9)), must(MeanT(even, 0.9)); math.Abs(e.Interval.Low-plain.Interval.Low) > 1e-12 || math.Abs(e.Above(-1)-plain.Above(-1)) > 1e-12 {
		t.Errorf("nothing leans: %v, t says %v", e.Interval, plain.Interval)
	}
}

// One number far from all others shows nothing but where it may come from; its unit does not matter.
func TestCautiousTOfAnOutlier(t *testing.T) {
	t.Parallel()
	far := append(slices.Repeat([]float64{0}, 99), 100)
	e := must(CautiousT(far, 0.9))
	sound(t, e)
	if e.Value != 1 || math.Abs(e.Stderr-1) > 1e-9 || e.Interval.Low < -0.67 || e.Interval.High < 5 || e.Above(0) < 0.15 {
		t.Errorf("%v ± %v, %v, above 0: %v", e.Value, e.Stderr, e.Interval, e.Above(0))
	}
	for _, unit := range []float64{1e-150, 1e150} {
		scaled := slices.Clone(far)
		scaled[99] *= unit
		if s := must(CautiousT(scaled, 0.9)); math.Abs(s.Interval.High/unit-e.Interval.High) > 1e-9 {
			t.Errorf("in units of %v: %v, want %v", unit, s.Interval, e.Interval)
		}
	}
	if e.Above(math.Inf(-1)) != 0 || e.Below(math.Inf(1)) != 0 || e.Above(math.Inf(1)) != 1 {
		t.Error("infinite limits")
	}
}

// A group that is nearly everything leaves next to nothing that is known: the interval is wide, and no NaN.
func TestCautiousClustersOfOneHugeGroup(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(22, 23))
	xs, group := make([]float64, 10_000), make([]string, 10_000)
	for i := range xs {
		xs[i], group[i] = src.NormFloat64(), "all"
		if i < 12 {
			group[i] = string(rune('a' + i))
		}
	}
	e := must(CautiousClusters(xs, group, 0.9))
	promised(t, e, nil, 0.1)
	if e.Above(-1) < 0.05 || e.Below(1) < 0.05 || e.Interval.Low > -10 || e.Interval.High < 10 {
		t.Errorf("%+v: above -1: %v", e, e.Above(-1))
	}
}
