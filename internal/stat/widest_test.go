package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

func TestRatioOfRatesIsTheScoreTest(t *testing.T) {
	t.Parallel()
	type ratioCase struct {
		X1, N1, X2, N2 int
		Level, Limit   float64
		Above          float64
		Interval       []float64
		ZAbove         float64
		Z              []float64
	}
	for _, c := range cases[ratioCase](t, "ratios") {
		head, base := Rate{c.X1, c.N1}, Rate{c.X2, c.N2}
		e := must(RateRatioCC(head, base, c.Level))
		near(t, c, "above", e.Above(c.Limit), c.Above)
		nearEnds(t, c, "interval", e.Interval, c.Interval)
		p, q := head.Value(), base.Value()
		if z, err := ZRatio(p, math.Sqrt(p*(1-p)/float64(c.N1)), q, math.Sqrt(q*(1-q)/float64(c.N2)), c.Level); err == nil {
			near(t, c, "z above", z.Above(c.Limit), c.ZAbove)
			nearEnds(t, c, "z", z.Interval, c.Z)
		}
	}
}

// Groups that lie just as far apart as the limit: neither "further" nor "nearer" is said more often than the
// level allows, whether one group is off or half of them are, with rates in the middle and near 1.
func TestWidestHoldsItsLevel(t *testing.T) {
	t.Parallel()
	const runs, level = 400, 0.9
	src := rand.NewPCG(5, 5)
	for _, c := range []struct {
		groups, off, n int
		high, low      float64
	}{{2, 1, 100, 0.6, 0.5}, {2, 1, 40, 0.98, 0.9}, {5, 1, 60, 0.5, 0.4}, {5, 2, 200, 0.95, 0.9}, {4, 2, 100, 0.3, 0.3}, {2, 1, 20000, 0.05, 0.04}} {
		var wrong [4]int
		for range runs {
			rates := make([]Rate, c.groups)
			for i := range rates {
				p := c.high
				if i < c.off {
					p = c.low
				}
				rates[i] = Rate{drawBinomial(src, c.n, p), c.n}
			}
			var apart, times []Estimate
			for i, a := range rates {
				for _, b := range rates[i+1:] {
					apart = append(apart, must(MiettinenNurminenCC(a, b, level)))
					if r, err := RateRatioCC(a, b, level); err == nil {
						times = append(times, r)
					}
				}
			}
			var ps [4]float64
			ps[0], ps[1] = spanTails(apart, len(apart), differenceWithin)(c.high - c.low)
			ps[2], ps[3] = spanTails(times, len(times), ratioWithin)(1 - c.low/c.high)
			for k, p := range ps {
				if p <= 0.05 {
					wrong[k]++
				}
			}
		}
		t.Logf("%+v: further %d, nearer %d, by ratio %d and %d of %d", c, wrong[0], wrong[1], wrong[2], wrong[3], runs)
		for k, w := range wrong {
			if allowed := 0.05 * runs; float64(w) > allowed+3*math.Sqrt(allowed*0.95) {
				t.Errorf("%+v: claim %d was wrong in %d of %d runs", c, k, w, runs)
			}
		}
	}
}

func TestWidestOfPairs(t *testing.T) {
	t.Parallel()
	rates := []Rate{{50, 100}, {60, 100}, {75, 100}}
	var apart, times []Estimate
	for i, a := range rates {
		for _, b := range rates[i+1:] {
			apart, times = append(apart, must(MiettinenNurminenCC(a, b, 0.9))), append(times, must(RateRatioCC(a, b, 0.9)))
		}
	}
	e := must(WidestDifference(apart, 3, 0.9))
	r := must(NarrowestRatio(times, 3, 0.9))
	near(t, "", "difference", e.Value, 0.25)
	near(t, "", "ratio", r.Value, 0.5/0.75)
	for _, x := range []Estimate{e, r} {
		if !x.Interval.Contains(x.Value) || x.Interval.Low < 0 || x.Interval.High > 1 {
			t.Errorf("%+v", x)
		}
		nearer(t, x, "low", x.Above(x.Interval.Low), 0.05, 1e-6)
		nearer(t, x, "high", x.Below(x.Interval.High), 0.05, 1e-6)
	}
	even := must(WidestDifference([]Estimate{must(MiettinenNurminenCC(Rate{5, 10}, Rate{6, 10}, 0.9))}, 1, 0.9))
	near(t, "", "it may be that nothing is apart", even.Interval.Low, 0)
	near(t, "", "nothing is below 0 apart", e.Above(-0.1), 0)
	near(t, "", "nothing is above 1", r.Below(1.5), 0)
	near(t, "", "nor below 0", r.Above(-1), 0)
	some := must(WidestDifference(apart[1:2], 3, 0.9))
	if some.Below(0.9) != 1 || some.Above(0.02) < e.Above(0.02) {
		t.Errorf("pairs that were not looked at are near: %v, %v", some.Below(0.9), some.Above(0.02))
	}
	two := must(WidestDifference(apart[1:2], 1, 0.9))
	near(t, "", "of two it is the two ends of one test", two.Above(0.1), apart[1].Beyond(-0.1, 0.1))
	if _, err := WidestDifference(nil, 0, 0.9); !errors.Is(err, ErrTooFew) {
		t.Errorf("of nothing: %v", err)
	}
	for what, bad := range map[string][2]Rate{"no hit": {{0, 10}, {0, 10}}, "no example": {{0, 0}, {1, 2}}} {
		if e, err := RateRatioCC(bad[0], bad[1], 0.9); err == nil {
			t.Errorf("%s: %+v", what, e)
		}
	}
	all := must(RateRatioCC(Rate{5, 10}, Rate{0, 10}, 0.9))
	if !math.IsInf(all.Value, 1) || !math.IsInf(all.Interval.High, 1) || !(all.Interval.Low > 0) {
		t.Errorf("by nothing: %+v", all)
	}
	if _, err := ZRatio(1, 0.1, 0.4, 0.1, 0.9); !errors.Is(err, ErrTooFew) {
		t.Errorf("by what may be 0: %v", err)
	}
}
