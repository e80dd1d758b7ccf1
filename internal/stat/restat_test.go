package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// Ends are compared within six standard errors of both simulations, as in TestBootstrapAgreesWithSciPy.
func TestBootstrapDifferenceAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	type restatedCase struct {
		Head, Base        []float64
		Y                 []bool
		Level             float64
		RMSE, Median, ECE []float64
	}
	squared := func(p []float64, y []bool) []float64 {
		out := make([]float64, len(p))
		for i := range p {
			miss := p[i]
			if y[i] {
				miss--
			}
			out[i] = miss * miss
		}
		return out
	}
	for i, c := range cases[restatedCase](t, "restated") {
		z := upperNormal((1 - c.Level) / 2)
		a := (1 - c.Level) / 2
		err := 6 * math.Sqrt(a*(1-a)*(1.0/5000+1.0/20000)) / (math.Exp(-z*z/2) / math.Sqrt(2*math.Pi))
		r := Resampling{Resamples: 5000, Seed: uint64(i), BCa: true}
		e := must(BootstrapDifference(RMSE(), Sample{Values: squared(c.Head, c.Y)}, Sample{Values: squared(c.Base, c.Y)}, nil, r, c.Level))
		nearer(t, i, "rmse low", e.Interval.Low, c.RMSE[0], 1.8*err*c.RMSE[2])
		nearer(t, i, "rmse high", e.Interval.High, c.RMSE[1], 1.8*err*c.RMSE[2])
		nearer(t, i, "rmse stderr", e.Stderr, c.RMSE[2], 0.06*c.RMSE[2])
		e = must(BootstrapDifference(Quantile(0.5), Sample{Values: c.Head}, Sample{Values: c.Base}, nil, r, c.Level))
		nearer(t, i, "median low", e.Interval.Low, c.Median[0], 1.5*err*c.Median[2]) // its density is not normal
		nearer(t, i, "median high", e.Interval.High, c.Median[1], 1.5*err*c.Median[2])
		nearer(t, i, "median stderr", e.Stderr, c.Median[2], 0.07*c.Median[2])
		e = must(BootstrapDifference(ECE(15), Sample{Values: c.Head, Labels: c.Y}, Sample{Values: c.Base, Labels: c.Y}, nil, r, c.Level))
		near(t, i, "ece", e.Value, c.ECE[0])
		nearer(t, i, "ece stderr", e.Stderr, c.ECE[1], 0.1*c.ECE[1])
	}
}

// What is drawn once each is the sample itself: also in groups, in blocks, and where groups push a quantile out
// of what is looked at first.
func TestDrawnOnceIsTheSample(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{2, 30, 5000} {
		var x Sample
		groups := make([]string, n)
		for i := range n {
			x.Values = append(x.Values, math.Round(1e4*src.Float64())/1e4)
			x.Labels = append(x.Labels, i%3 == 0)
			x.Actual = append(x.Actual, 1e6+src.Float64())
			groups[i] = strconv.Itoa(int(20 * x.Values[i]))
		}
		for _, name := range []string{"rmse", "r2", "ece15", "ece2", "p1", "p50", "p90", "p99"} {
			s, ok := Named(name)
			if !ok {
				t.Fatal(name)
			}
			for _, group := range [][]string{nil, groups} {
				at, units := blocks(unitsOf(n, group))
				drawn := slices.Repeat([]int{1}, units)
				nearer(t, n, name, s.by(x, at, units)(drawn), must(s.Of(x)), 1e-9)
				// The group of the largest numbers ten times: the sample that has them as often.
				top := at[slices.Index(x.Values, slices.Max(x.Values))]
				drawn[top] = 10
				var y Sample
				for i := range n {
					for range drawn[at[i]] {
						y.Values, y.Labels, y.Actual = append(y.Values, x.Values[i]), append(y.Labels, x.Labels[i]), append(y.Actual, x.Actual[i])
					}
				}
				nearer(t, n, name, s.by(x, at, units)(drawn), must(s.Of(y)), 1e-9)
			}
		}
	}
	for _, name := range []string{"", "p", "p0", "p100", "ece", "ece1", "mode"} {
		if _, ok := Named(name); ok {
			t.Errorf("%q is a statistic", name)
		}
	}
}

// A model and another that is as good, on the same examples: neither is called better more often than the
// level allows.
func TestBootstrapDifferenceHoldsItsLevel(t *testing.T) {
	t.Parallel()
	const runs, n = 500, 300
	src := rand.New(rand.NewPCG(2, 3))
	sigmoid := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	wrong := map[string][2]int{}
	for run := range runs {
		var head, base Sample
		for range n {
			z := 1.5 * src.NormFloat64()
			y := src.Float64() < sigmoid(z)
			actual := z + src.NormFloat64()
			a, b := z+0.5*src.NormFloat64(), z+0.5*src.NormFloat64()
			head.Values, base.Values = append(head.Values, sigmoid(a)), append(base.Values, sigmoid(b))
			head.Labels, base.Labels = append(head.Labels, y), append(base.Labels, y)
			head.Actual, base.Actual = append(head.Actual, sigmoid(actual)), append(base.Actual, sigmoid(actual))
		}
		for _, name := range []string{"rmse", "r2", "ece15", "p50", "p95"} {
			s, _ := Named(name)
			e := must(BootstrapDifference(s, head, base, nil, Resampling{Resamples: 300, Seed: uint64(run), BCa: true}, 0.9))
			w := wrong[name]
			if e.Above(0) <= 0.05 {
				w[0]++
			}
			if e.Below(0) <= 0.05 {
				w[1]++
			}
			wrong[name] = w
		}
	}
	for name, w := range wrong {
		t.Logf("%s: %d and %d of %d", name, w[0], w[1], runs)
		for _, k := range w {
			if allowed := 0.05 * runs; float64(k) > allowed+3*math.Sqrt(allowed*0.95) {
				t.Errorf("%s: wrong in %d of %d runs", name, k, runs)
			}
		}
	}
}

func TestBootstrapDifferenceRefuses(t *testing.T) {
	t.Parallel()
	five := Sample{Values: []float64{1, 2, 3, 4, 5}, Actual: []float64{1, 1, 1, 1, 2}}
	same := Sample{Values: five.Values, Actual: []float64{1, 1, 1, 1, 1}}
	for what, c := range map[string]struct {
		s          Statistic
		head, base Sample
		group      []string
		want       error
	}{
		"other numbers of examples": {RMSE(), five, Sample{Values: five.Values[:4]}, nil, ErrInput},
		"other numbers of groups":   {RMSE(), five, five, []string{"a"}, ErrInput},
		"nothing":                   {RMSE(), Sample{}, Sample{}, nil, ErrTooFew},
		"one group":                 {RMSE(), five, five, []string{"a", "a", "a", "a", "a"}, ErrTooFew},
		"too few beyond":            {Quantile(0.5), five, five, nil, ErrTooFew},
		"labels that do not vary":   {R2(), same, same, nil, ErrTooFew},
		"labels that do so rarely":  {R2(), five, five, nil, ErrTooFew},
		"NaN":                       {RMSE(), Sample{Values: []float64{math.NaN(), 1}}, Sample{Values: []float64{1, 1}}, nil, ErrInput},
		"more than a double holds":  {RMSE(), Sample{Values: []float64{1e308, 1e308}}, Sample{Values: []float64{1, 1}}, nil, ErrTooFew},
	} {
		if e, err := BootstrapDifference(c.s, c.head, c.base, c.group, Resampling{Resamples: 200}, 0.9); !errors.Is(err, c.want) {
			t.Errorf("%s: got %+v, %v, want %v", what, e, err, c.want)
		}
	}
}
