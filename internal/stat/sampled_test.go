package stat

import (
	"math"
	"testing"
)

// Monte-Carlo ends are compared within six standard errors of a quantile of both simulations,
// √(a(1−a)(1/B₁ + 1/B₂))/density, the density being the normal one; six, as it is not quite normal.
func TestBootstrapAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	type bootCase struct {
		X               []float64
		Level, Stderr   float64
		Percentile, BCa []float64
	}
	for i, c := range cases[bootCase](t, "bootstrapped") {
		z := upperNormal((1 - c.Level) / 2)
		a := (1 - c.Level) / 2
		err := 6 * math.Sqrt(a*(1-a)*(1.0/5000+1.0/20000)) / (math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)) * c.Stderr
		r := Resampling{Resamples: 5000, Seed: uint64(i)}
		p := must(Bootstrap(c.X, r, c.Level))
		nearer(t, i, "percentile low", p.Interval.Low, c.Percentile[0], err)
		nearer(t, i, "percentile high", p.Interval.High, c.Percentile[1], err)
		nearer(t, i, "stderr", p.Stderr, c.Stderr, 0.03*c.Stderr)
		r.BCa = true
		b := must(Bootstrap(c.X, r, c.Level))
		// BCa's bias is drawn too: both ends move by about twice its error.
		nearer(t, i, "BCa low", b.Interval.Low, c.BCa[0], 1.8*err)
		nearer(t, i, "BCa high", b.Interval.High, c.BCa[1], 1.8*err)
		nearer(t, i, "p of the end", b.Above(b.Interval.Low), a, 2e-3) // resamples are ties
	}
}

func TestIdealBootstrapIsTheConvolution(t *testing.T) {
	t.Parallel()
	type idealCase struct{ X, At, CDF []float64 }
	for i, c := range cases[idealCase](t, "ideal") {
		e := must(IdealBootstrap(c.X, false, 0.95))
		for j, at := range c.At {
			nearer(t, i, "chance", e.Above(at), c.CDF[j], 1e-7)
		}
	}
}

func TestSignFlipAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	type flipCase struct {
		X                    []float64
		Margin, Above, Below float64
	}
	for i, c := range cases[flipCase](t, "flipped") {
		e := must(SignFlip(c.X, Resampling{Resamples: 20000, Seed: uint64(i)}, 0.9))
		above, below := 1e-9, 1e-9
		if len(c.X) > exactFlips {
			above = 1e-4 + 5*math.Sqrt(c.Above*(1-c.Above)*2/20000)
			below = 1e-4 + 5*math.Sqrt(c.Below*(1-c.Below)*2/20000)
		}
		nearer(t, c, "above", e.Above(c.Margin), c.Above, above)
		nearer(t, c, "below", e.Below(c.Margin), c.Below, below)
	}
}

func TestDeLongAgreesWithAllPairs(t *testing.T) {
	t.Parallel()
	type aucCase struct {
		A, B, AUC    []float64
		Y            []bool
		Var, DiffVar float64
	}
	for i, c := range cases[aucCase](t, "aucs") {
		a := must(AUC(c.A, c.Y, 0.95))
		near(t, i, "auc", a.Value, c.AUC[0])
		near(t, i, "stderr", a.Stderr, math.Sqrt(c.Var))
		d := must(AUCDifference(c.A, c.B, c.Y, 0.95))
		near(t, i, "difference", d.Value, c.AUC[0]-c.AUC[1])
		near(t, i, "stderr of the difference", d.Stderr*d.Stderr, c.DiffVar)
	}
}

func TestMannWhitneyAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	type rankCase struct {
		X, Y, Interval       []float64
		Margin, Level, Shift float64
		Above, Below         float64
	}
	for _, c := range cases[rankCase](t, "ranks") {
		e := must(MannWhitney(c.X, c.Y, c.Level))
		near(t, c, "above", e.Above(c.Margin), c.Above)
		near(t, c, "below", e.Below(c.Margin), c.Below)
		near(t, c, "shift", e.Value, c.Shift)
		near(t, c, "low", max(-1e9, e.Interval.Low), c.Interval[0])
		near(t, c, "high", min(1e9, e.Interval.High), c.Interval[1])
	}
}

func TestPlansAgreeWithStatsmodels(t *testing.T) {
	t.Parallel()
	type planCase struct {
		Effect, Level, Power, Repeats float64
		DF, T, Shift, NCT             float64
		Base, Margin, Examples        float64
	}
	for _, c := range cases[planCase](t, "plans") {
		near(t, c, "noncentral t", noncentralTail(c.T, c.DF, c.Shift), c.NCT)
		k := must(RepeatsForMeans(1, 1, Plan{Truth: c.Effect, Level: c.Level, Power: c.Power}))
		if want := math.Ceil(max(2, c.Repeats) - 1e-6); float64(k) != want {
			t.Errorf("repeats: got %d, want %v: %+v", k, c.Repeats, c)
		}
		n := must(ExamplesForRates(c.Base, Plan{Margin: c.Margin, Level: c.Level, Power: c.Power}))
		if want := math.Ceil(c.Examples); float64(n) != want {
			t.Errorf("examples: got %d, want %v: %+v", n, c.Examples, c)
		}
	}
}

func TestSequenceIsTheBayesFactor(t *testing.T) {
	t.Parallel()
	type sequenceCase struct {
		X         []float64
		Margin, P float64
		Positive  bool
	}
	for _, c := range cases[sequenceCase](t, "sequences") {
		e := must(Sequence(c.X, 0.95))
		p := e.Above(c.Margin)
		if !c.Positive {
			p = e.Below(c.Margin)
		}
		nearer(t, c, "p", p, c.P, 1e-7)
	}
}
