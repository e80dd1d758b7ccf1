package stat

import (
	"errors"
	"math"
	"testing"
)

const big = MaxCount

// methods of two rates, by name, for what must hold of each.
var twoRates = []func(head, base Rate, level float64) (Estimate, error){MiettinenNurminen, MiettinenNurminenCC, MiettinenNurminenExact, Newcombe, PooledZ, UnpooledZ}

func TestBadInputIsAnErrorAndNoNumber(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for what, err := range map[string]error{
		"level 0":          second(Wilson(Rate{1, 2}, 0)),
		"level 1":          second(Wilson(Rate{1, 2}, 1)),
		"level NaN":        second(MeanT([]float64{1, 2}, nan)),
		"hits above n":     second(Wilson(Rate{3, 2}, 0.95)),
		"negative hits":    second(Newcombe(Rate{-1, 2}, Rate{1, 2}, 0.95)),
		"too large":        second(MiettinenNurminen(Rate{1, big + 1}, Rate{1, 2}, 0.95)),
		"negative pairs":   second(Tango(Pairs{Both: -1, Neither: 3}, 0.95)),
		"large pairs":      second(McNemarExact(Pairs{Both: math.MaxInt, Neither: math.MaxInt})),
		"NaN":              second(MeanT([]float64{1, nan}, 0.95)),
		"infinity":         second(Welch([]float64{1, 2}, []float64{1, inf}, 0.95)),
		"infinity, wary":   second(CautiousWelch([]float64{1, 2}, []float64{1, inf}, 0.95)),
		"no noise at all":  second(FirmWelch([]float64{1, 2}, []float64{1, 3}, 0, 0.95)),
		"chance of 1":      second(WidestSpread(2, 2, 1, 1)),
		"overflow":         second(MeanT([]float64{math.MaxFloat64, -math.MaxFloat64}, 0.95)),
		"pairs of lengths": second(Differences([]float64{1, 2}, []float64{1})),
		"infinity, means":  second(CautiousT([]float64{1, inf}, 0.95)),
		"overflow, means":  second(CautiousT([]float64{math.MaxFloat64, -math.MaxFloat64}, 0.95)),
		"groups of length": second(CautiousClusters([]float64{1, 2}, []string{"a"}, 0.95)),
		"stderr negative":  second(Z(1, -1, 0.95)),
		"stderr NaN":       second(Z(1, nan, 0.95)),
		"one negative":     second(ZDifference(1, -1, 1, 1, 0.95)),
		"p above 1":        second(Holm([]float64{0.5, 1.5})),
		"p NaN":            second(BenjaminiHochberg([]float64{nan})),
	} {
		if !errors.Is(err, ErrInput) {
			t.Errorf("%s: got %v, want ErrInput", what, err)
		}
	}
}

func TestTooFewDataSaySo(t *testing.T) {
	t.Parallel()
	for what, err := range map[string]error{
		"no example":        second(Wilson(Rate{}, 0.95)),
		"no example exact":  second(ClopperPearson(Rate{}, 0.95)),
		"no example a side": second(MiettinenNurminen(Rate{1, 2}, Rate{}, 0.95)),
		"no pair":           second(Tango(Pairs{}, 0.95)),
		"no pair, McNemar":  second(McNemarMidP(Pairs{})),
		"nothing":           second(MeanT(nil, 0.95)),
		"one":               second(MeanT([]float64{1}, 0.95)),
		"one, cautiously":   second(CautiousT([]float64{1}, 0.95)),
		"one group":         second(CautiousClusters([]float64{1, 2}, []string{"a", "a"}, 0.95)),
		"spread of one":     second(WidestSpread(2, 1, 1, 0.5)),
		"one repeat":        second(Welch([]float64{1, 2}, []float64{1}, 0.95)),
	} {
		if !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: got %v, want ErrTooFew", what, err)
		}
	}
}

func TestAtTheEdges(t *testing.T) {
	t.Parallel()
	for _, f := range twoRates {
		for _, c := range [][2]Rate{{{0, 1}, {0, 1}}, {{1, 1}, {0, 1}}, {{0, 1}, {1, 1}}, {{7, 7}, {9, 9}}, {{big, big}, {big / 2, big}}, {{big / 2, big}, {0, 1}}} {
			sound(t, must(f(c[0], c[1], 0.95)))
		}
	}
	for _, p := range []Pairs{{Both: 1}, {HeadOnly: 1}, {BaseOnly: 1}, {Neither: 1}, {HeadOnly: 5, BaseOnly: 5}, {big / 4, big / 4, big / 4, big / 4}, {HeadOnly: big / 4}} {
		sound(t, must(Tango(p, 0.95)))
		sound(t, must(ExactPairs(p, 0.95)))
		for _, m := range []McNemar{must(McNemarExact(p)), must(McNemarMidP(p)), must(McNemarAsymptotic(p, true)), must(McNemarAsymptotic(p, false))} {
			for _, x := range []float64{m.Above, m.Below, m.TwoSided} {
				if !(x >= 0 && x <= 1) {
					t.Errorf("%s of %+v: p %v", m.Method, p, x)
				}
			}
		}
	}
	for _, r := range []Rate{{0, 1}, {1, 1}, {0, big}, {big, big}, {big / 2, big}, {1, big}} {
		sound(t, must(Wilson(r, 0.95)))
		sound(t, must(ClopperPearson(r, 0.95)))
	}
	sound(t, must(Z(3, 0, 0.95)))
	sound(t, must(MeanT([]float64{1e300, 1e300}, 0.95)))
}

// Without noise nothing is uncertain, and a limit that is just met has not been passed.
func TestEqualNumbersAreCertain(t *testing.T) {
	t.Parallel()
	equal := must(Differences([]float64{0.1, 0.2, 0.7}, []float64{0.1, 0.2, 0.7}))
	for _, e := range []Estimate{must(MeanT(equal, 0.95)), must(CautiousT(equal, 0.95)), must(CautiousClusters(equal, []string{"a", "b", "b"}, 0.95))} {
		if e.Interval != (Interval{0, 0}) || e.Above(-0.01) != 0 || e.Above(0) != 1 || e.Below(0) != 1 || e.Above(0.01) != 1 || e.Within(-0.01, 0.01) != 0 || e.Beyond(-0.01, 0.01) != 1 {
			t.Errorf("got %+v, above -0.01 %v, above 0 %v", e, e.Above(-0.01), e.Above(0))
		}
	}
	if m := meanOf([]float64{0.1, 0.1, 0.1}); m != 0.1 {
		t.Errorf("the mean of three 0.1 is %v", m)
	}
}

// Ten of ten on either side vary by nothing, and are not certain.
func TestNothingMissedIsNotCertain(t *testing.T) {
	t.Parallel()
	for _, e := range []Estimate{
		must(MiettinenNurminen(Rate{10, 10}, Rate{10, 10}, 0.9)), must(Newcombe(Rate{0, 10}, Rate{0, 10}, 0.9)), must(Tango(Pairs{Both: 10}, 0.9)),
	} {
		if e.Value != 0 || e.Stderr < 0.05 || e.Stderr > 0.2 || e.Above(-0.01) < 0.05 {
			t.Errorf("%+v: above -0.01 %v", e, e.Above(-0.01))
		}
	}
}

func TestNoLimitShowsNothing(t *testing.T) {
	t.Parallel()
	e := must(Z(1, 1, 0.95))
	if e.Above(math.NaN()) != 1 || e.Below(math.NaN()) != 1 || (Estimate{}).Above(0) != 1 {
		t.Error("a p-value without a limit or without an estimate must be 1")
	}
	if e.Above(math.Inf(-1)) != 0 || e.Above(math.Inf(1)) != 1 {
		t.Error("infinite limits")
	}
}

// 7 in 34 against 1 in 34 (M. Fagerland, S. Lydersen, P. Laake, "Recommended confidence intervals for two
// independent binomial proportions", 2015): 0.028 to 0.34 without the factor N/(N−1).
func TestScoreIntervalOfPublishedExample(t *testing.T) {
	t.Parallel()
	e := must(MiettinenNurminen(Rate{7, 34}, Rate{1, 34}, 0.95))
	if math.Abs(e.Interval.Low-0.028) > 0.003 || math.Abs(e.Interval.High-0.34) > 0.006 {
		t.Errorf("got %v, want about 0.028 to 0.34", e.Interval)
	}
}

func second[T any](_ T, err error) error { return err }

// sound holds what every estimate promises: no NaN, the estimate in the interval, p-values in [0, 1]
// that fall and rise with the limit, and agree with the interval.
func sound(t *testing.T, e Estimate) {
	t.Helper()
	if math.IsNaN(e.Value) || math.IsNaN(e.Stderr) || e.Stderr < 0 || !e.Interval.Contains(e.Value) {
		t.Errorf("%+v", e)
	}
	a := (1 - e.Level) / 2
	if e.Stderr > 1e-12 && e.Interval.Low < e.Value && e.Above(e.Interval.Low-1e-6*e.Stderr) > a+1e-6 {
		t.Errorf("%+v: above %v has p %v", e, e.Interval.Low, e.Above(e.Interval.Low))
	}
	last := 0.0
	for _, d := range []float64{-3, -1, -0.1, 0, 0.1, 1, 3} {
		above, below := e.Above(e.Value+d*e.Stderr), e.Below(e.Value+d*e.Stderr)
		if !(above >= 0 && above <= 1 && below >= 0 && below <= 1) || above < last-1e-9 {
			t.Errorf("%+v: at %v: above %v, below %v, above before %v", e, d, above, below, last)
		}
		last = above
	}
}
