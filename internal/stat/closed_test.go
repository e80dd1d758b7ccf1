package stat

import (
	"math"
	"testing"
)

// Quantiles are held to a relative error: they are far from 0 or not, and tails may be tiny.
func TestQuantilesAgreeWithSciPy(t *testing.T) {
	t.Parallel()
	type quantile struct{ DF, P, Upper, T, Tail, Normal, Ntail float64 }
	for _, c := range cases[quantile](t, "quantiles") {
		nearer(t, c, "upper/want", upperStudent(c.P, c.DF)/c.Upper, 1, 1e-9)
		nearer(t, c, "tail/want", tailStudent(c.T, c.DF)/c.Tail, 1, 1e-9)
		nearer(t, c, "normal/want", upperNormal(c.P)/c.Normal, 1, 1e-9)
		nearer(t, c, "normal tail/want", tailNormal(c.T)/c.Ntail, 1, 1e-9)
	}
}

func TestTossesAgreeWithSciPy(t *testing.T) {
	t.Parallel()
	type toss struct {
		K, N     int
		CDF, PMF float64
	}
	for _, c := range cases[toss](t, "tosses") {
		cdf, pmf := tossTail(c.K, c.N)
		nearer(t, c, "cdf/want", cdf/c.CDF, 1, 1e-9)
		nearer(t, c, "pmf/want", pmf/c.PMF, 1, 1e-9)
	}
}

// Where the sum hands over to the normal distribution both must say the same.
func TestManyTossesMeetTheExactSum(t *testing.T) {
	t.Parallel()
	for _, z := range []float64{-6, -2, -0.5, 0, 1, 4} {
		n := exactBinomial
		k := n/2 + int(z*math.Sqrt(float64(n))/2)
		exact, _ := tossTail(k, n)
		nearer(t, z, "tail", largeTossTail(k, n), exact, 1e-10)
	}
}

func TestRatesAgreeWithStatsmodels(t *testing.T) {
	t.Parallel()
	type rateCase struct {
		X1, N1, X2, N2         int
		Level, Margin, Limit   float64
		Wilson, Exact          []float64
		WilsonAbove            float64
		ExactAbove, ExactBelow float64
		Newcombe, Score, Wald  []float64
		Corrected              []float64
		ScoreAbove             *float64
		CorrectedAbove         *float64
		PooledAbove, WaldAbove *float64
	}
	for _, c := range cases[rateCase](t, "rates") {
		head, base := Rate{c.X1, c.N1}, Rate{c.X2, c.N2}
		w, e := must(Wilson(head, c.Level)), must(ClopperPearson(head, c.Level))
		nearEnds(t, c, "wilson", w.Interval, c.Wilson)
		near(t, c, "wilson above", w.Above(c.Limit), c.WilsonAbove)
		nearEnds(t, c, "exact", e.Interval, c.Exact)
		near(t, c, "exact above", e.Above(c.Limit), c.ExactAbove)
		near(t, c, "exact below", e.Below(c.Limit), c.ExactBelow)
		nearEnds(t, c, "newcombe", must(Newcombe(head, base, c.Level)).Interval, c.Newcombe)
		if c.Score == nil {
			continue
		}
		s := must(MiettinenNurminen(head, base, c.Level))
		nearEnds(t, c, "score", s.Interval, c.Score)
		near(t, c, "score above", s.Above(c.Margin), *c.ScoreAbove)
		cc := must(MiettinenNurminenCC(head, base, c.Level))
		nearEnds(t, c, "corrected", cc.Interval, c.Corrected)
		near(t, c, "corrected above", cc.Above(c.Margin), *c.CorrectedAbove)
		near(t, c, "pooled above", must(PooledZ(head, base, c.Level)).Above(0), *c.PooledAbove)
		u := must(UnpooledZ(head, base, c.Level))
		nearEnds(t, c, "wald", u.Interval, c.Wald)
		near(t, c, "wald above", u.Above(c.Margin), *c.WaldAbove)
	}
}

func TestPairsAgreeWithStatsmodelsAndBruteForce(t *testing.T) {
	t.Parallel()
	type pairCase struct {
		Both, Head, Base, Neither                     int
		Level, Margin                                 float64
		Exact, Asymptotic, Corrected, Above, MidAbove *float64
		TangoAbove                                    float64
		Tango                                         []float64
	}
	for _, c := range cases[pairCase](t, "pairs") {
		p := Pairs{Both: c.Both, HeadOnly: c.Head, BaseOnly: c.Base, Neither: c.Neither}
		e := must(Tango(p, c.Level))
		nearEnds(t, c, "tango", e.Interval, c.Tango)
		near(t, c, "tango above", e.Above(c.Margin), c.TangoAbove)
		if c.Exact == nil {
			continue
		}
		near(t, c, "exact", must(McNemarExact(p)).TwoSided, *c.Exact)
		near(t, c, "exact above", must(McNemarExact(p)).Above, *c.Above)
		near(t, c, "mid-p above", must(McNemarMidP(p)).Above, *c.MidAbove)
		near(t, c, "asymptotic", must(McNemarAsymptotic(p, false)).TwoSided, *c.Asymptotic)
		near(t, c, "corrected", must(McNemarAsymptotic(p, true)).TwoSided, *c.Corrected)
	}
}

func TestSamplesAgreeWithSciPy(t *testing.T) {
	t.Parallel()
	type sampleCase struct {
		X, Y                 []float64
		Level, Margin        float64
		One, Welch           []float64
		OneAbove, WelchAbove float64
	}
	for _, c := range cases[sampleCase](t, "samples") {
		one := must(MeanT(c.X, c.Level))
		nearEnds(t, c, "t", one.Interval, c.One)
		near(t, c, "t above", one.Above(c.Margin), c.OneAbove)
		two := must(Welch(c.X, c.Y, c.Level))
		nearEnds(t, c, "welch", two.Interval, c.Welch)
		near(t, c, "welch above", two.Above(c.Margin), c.WelchAbove)
	}
}

func TestAdjustedAgreeWithStatsmodels(t *testing.T) {
	t.Parallel()
	type adjustedCase struct{ P, Holm, BH []float64 }
	for _, c := range cases[adjustedCase](t, "adjusted") {
		holm, bh := must(Holm(c.P)), must(BenjaminiHochberg(c.P))
		for i := range c.P {
			near(t, c, "holm", holm[i], c.Holm[i])
			near(t, c, "bh", bh[i], c.BH[i])
		}
	}
}

// The largest chance of Welch's p-values, to a few parts in ten thousand, between nodes to two in a thousand, and the
// quantile of Fisher's F.
func TestCautiousWelchAgreesWithQuadrature(t *testing.T) {
	t.Parallel()
	type law struct {
		Head, Base              int
		P, Times, Widest, Worst float64
	}
	for _, c := range cases[law](t, "welches") {
		w := worst{float64(c.Head), float64(c.Base), math.Inf(1), math.Inf(1)}
		if c.Times < 1e9 {
			nearer(t, c, "widest/want", must(WidestSpread(c.Head, c.Base, c.Times, 0.05))/c.Widest, 1, 1e-9)
			w.cap, w.most = c.Widest*c.Widest, c.Times
		}
		nearer(t, c, "level/want", w.level(c.P, w.shares())/c.Worst, 1, 2e-4)
		nearer(t, c, "p/want", w.of(c.P)/c.Worst, 1, 2e-3)
	}
}

// Exact tails against all tables; and those that go by the score against SciPy's Barnard, which is the same for a
// margin of 0 but that it looks at all rates.
func TestExactRatesAgreeWithSciPy(t *testing.T) {
	t.Parallel()
	type exactCase struct {
		X1, N1, X2, N2     int
		Margin             float64
		Above, Below       float64
		AboveAll, BelowAll *float64
	}
	for _, c := range cases[exactCase](t, "exact") {
		head, base := Rate{c.X1, c.N1}, Rate{c.X2, c.N2}
		e := must(MiettinenNurminenExact(head, base, 0.9))
		near(t, c, "above", e.Above(c.Margin), min(1, c.Above))
		near(t, c, "below", e.Below(c.Margin), min(1, c.Below))
		all := func(side float64) float64 {
			r := newRegion(head.N, base.N, 0, side, 0, 1)
			r.least = r.byScore(head, base)
			return highest(r.chance, 0, 1, max(head.N, base.N))
		}
		if c.AboveAll != nil {
			near(t, c, "above, all rates", all(1), *c.AboveAll)
		}
		if c.BelowAll != nil {
			near(t, c, "below, all rates", all(-1), *c.BelowAll)
		}
	}
}

func TestExactPairsAgreeWithAllCounts(t *testing.T) {
	t.Parallel()
	type pairCase struct {
		N, Head, Base        int
		Margin, Above, Below float64
	}
	for _, c := range cases[pairCase](t, "exactpairs") {
		e := must(ExactPairs(Pairs{Neither: c.N - c.Head - c.Base, HeadOnly: c.Head, BaseOnly: c.Base}, 0.9))
		near(t, c, "above", e.Above(c.Margin), min(1, c.Above))
		near(t, c, "below", e.Below(c.Margin), min(1, c.Below))
	}
}
