package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Looking after every seed from 2 to 20 must not make a false claim more often than the level allows;
// Student's interval, looked at as often, does: the control.
func TestSequenceHoldsItsLevelUnderPeeking(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(1, 2))
	const runs, level = 4000, 0.9
	missed, control := 0, 0
	for range runs {
		xs := make([]float64, 20)
		for i := range xs {
			xs[i] = 3 + src.NormFloat64()
		}
		out, outT := false, false
		for n := 2; n <= len(xs); n++ {
			out = out || !must(Sequence(xs[:n], level)).Interval.Contains(3)
			outT = outT || !must(MeanT(xs[:n], level)).Interval.Contains(3)
		}
		if out {
			missed++
		}
		if outT {
			control++
		}
	}
	if allowed := (1 - level) * runs; float64(missed) > allowed+3*math.Sqrt(allowed*level) {
		t.Errorf("missed the truth in %d of %d runs", missed, runs)
	}
	if control < 2*(runs/10) {
		t.Errorf("the control missed in %d of %d runs only: does the test look often enough?", control, runs)
	}
}

// A sequence of two sides holds it too, when both grow one after the other.
func TestSequenceOfTwoHoldsItsLevelUnderPeeking(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(3, 4))
	const runs, level = 3000, 0.9
	missed := 0
	for range runs {
		head, base := []float64{src.NormFloat64()}, []float64{src.NormFloat64()}
		out := false
		for n := range 24 {
			if n%2 == 0 {
				head = append(head, src.NormFloat64())
			} else {
				base = append(base, src.NormFloat64())
			}
			out = out || !must(SequenceOfTwo(head, base, level)).Interval.Contains(0)
		}
		if out {
			missed++
		}
	}
	if allowed := (1 - level) * runs; float64(missed) > allowed+3*math.Sqrt(allowed*level) {
		t.Errorf("missed the truth in %d of %d runs", missed, runs)
	}
}

// The closed form for 0/1 data, drawing by blocks and the ideal distribution are the same law.
func TestWaysToBootstrapAgree(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(5, 6))
	xs := make([]float64, 3*blockSize+777) // whole blocks and a rest
	for i := range xs {
		xs[i] = src.ExpFloat64()
	}
	r := Resampling{Resamples: 4000, Seed: 7}
	drawn, ideal := must(Bootstrap(xs, r, 0.9)), must(IdealBootstrap(xs, false, 0.9))
	nearer(t, "blocks", "low", drawn.Interval.Low, ideal.Interval.Low, 0.15*ideal.Stderr)
	nearer(t, "blocks", "high", drawn.Interval.High, ideal.Interval.High, 0.15*ideal.Stderr)
	p := Pairs{Both: 5000, HeadOnly: 300, BaseOnly: 240, Neither: 900}
	counts := must(BootstrapPairs(p, r, 0.9))
	var diffs []float64
	for _, w := range []weight{{1, 300}, {-1, 240}, {0, 5900}} {
		diffs = append(diffs, slices.Repeat([]float64{w.x}, w.n)...)
	}
	smooth := must(IdealBootstrap(diffs, false, 0.9))
	nearer(t, "counts", "low", counts.Interval.Low, smooth.Interval.Low, 0.15*smooth.Stderr)
	nearer(t, "counts", "high", counts.Interval.High, smooth.Interval.High, 0.15*smooth.Stderr)
	near(t, "counts", "stderr", counts.Stderr, smooth.Stderr)
	if byValue := must(Bootstrap(diffs, r, 0.9)); math.Abs(byValue.Interval.Low-counts.Interval.Low) > 0.15*smooth.Stderr {
		t.Errorf("from numbers %v, from counts %v", byValue.Interval, counts.Interval)
	}
	again := must(Bootstrap(xs, r, 0.9))
	if again.Interval != drawn.Interval || again.Above(1) != drawn.Above(1) {
		t.Error("the same seed gave another answer")
	}
}

// Binomial draws are held to mean and variance, in all three ways they are made.
func TestBinomialDraws(t *testing.T) {
	t.Parallel()
	src := rand.NewPCG(8, 9)
	for _, c := range []struct {
		n int
		p float64
	}{{5, 0.3}, {1000, 0.004}, {40, 0.5}, {100000, 0.2}, {1 << 40, 0.7}} {
		const draws = 40000
		var sum, squares float64
		mean := float64(c.n) * c.p
		sd := math.Sqrt(mean * (1 - c.p))
		for range draws {
			z := (float64(drawBinomial(src, c.n, c.p)) - mean) / sd
			sum += z
			squares += z * z
		}
		if math.Abs(sum/draws) > 5/math.Sqrt(draws) || math.Abs(squares/draws-1) > 0.06 {
			t.Errorf("%+v: mean off by %v, variance %v", c, sum/draws, squares/draws)
		}
	}
}

// Examples of one group move together: the interval must be wider than if they did not.
func TestClustersWiden(t *testing.T) {
	t.Parallel()
	var xs []float64
	var group []string
	src := rand.New(rand.NewPCG(10, 11))
	for g := range 40 {
		shift := src.NormFloat64()
		for range 25 {
			xs = append(xs, shift+0.2*src.NormFloat64())
			group = append(group, string(rune('a'+g)))
		}
	}
	c, alone := must(CautiousClusters(xs, group, 0.9)), must(CautiousT(xs, 0.9))
	if width, naive := c.Interval.High-c.Interval.Low, alone.Interval.High-alone.Interval.Low; width < 4*naive || width > 6*naive {
		t.Errorf("clusters give a width of %v, examples one by one %v", width, naive)
	}
	nearer(t, "clusters", "stderr", c.Stderr, (c.Interval.High-c.Interval.Low)/2/1.645, 0.1*c.Stderr)
	promised(t, c, nil, 0)
}

func TestSampledAtTheEdges(t *testing.T) {
	t.Parallel()
	r := Resampling{Resamples: 200, BCa: true}
	equal := []float64{0.1, 0.1, 0.1}
	for _, e := range []Estimate{
		must(Bootstrap(equal, r, 0.9)), must(SignFlip(equal, r, 0.9)), must(IdealBootstrap(equal, true, 0.9)), must(Sequence(equal, 0.9)),
		must(BootstrapPairs(Pairs{Both: 2}, r, 0.9)), must(BootstrapPairs(Pairs{HeadOnly: big / 4, Neither: big / 4}, r, 0.9)),
		must(MannWhitney([]float64{1}, []float64{1}, 0.9)), must(MannWhitney(equal, equal, 0.9)), must(MannWhitney([]float64{1, 2}, []float64{1}, 0.9)),
		must(AUC([]float64{1, 1, 0, 0}, []bool{true, true, false, false}, 0.9)), must(SequenceOfTwo([]float64{1, 1}, []float64{1}, 0.9)),
	} {
		promised(t, e, nil, 0.1)
	}
	yes := []bool{true, true, false}
	for what, err := range map[string]error{
		"too few resamples": second(Bootstrap(equal, Resampling{Resamples: 3}, 0.9)),
		"too many":          second(SignFlip(equal, Resampling{Resamples: 1 << 40}, 0.9)),
		"NaN score":         second(AUC([]float64{1, math.NaN(), 2}, yes, 0.9)),
		"labels missing":    second(AUC([]float64{1}, yes, 0.9)),
		"no distance":       second(ExamplesForPairs(0.1, Plan{Level: 0.95})),
		"level 1":           second(ExamplesForStderr(1, 10, Plan{Level: 1, Margin: 1})),
		"stderr NaN":        second(ExamplesForStderr(math.NaN(), 10, Plan{Level: 0.9, Margin: 1})),
		"rate above 1":      second(ExamplesForRates(0.9, Plan{Level: 0.9, Truth: 0.2})),
		"too close":         second(ExamplesForStderr(1, 10, Plan{Level: 0.9, Margin: 1e-200})),
	} {
		if !errors.Is(err, ErrInput) {
			t.Errorf("%s: got %v, want ErrInput", what, err)
		}
	}
	for what, err := range map[string]error{
		"one label":    second(AUC([]float64{1, 2, 3}, []bool{true, true, true}, 0.9)),
		"one repeat":   second(Sequence([]float64{1}, 0.9)),
		"an outlier":   second(IdealBootstrap(append(slices.Repeat([]float64{0}, 500), 1), false, 0.9)),
		"no numbers":   second(MannWhitney(nil, equal, 0.9)),
		"no median":    second(Median(nil)),
		"many repeats": second(RepeatsForMeans(1, 1, Plan{Level: 0.95, Margin: 1e-6})),
	} {
		if !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: got %v, want ErrTooFew", what, err)
		}
	}
}

func TestPlansByHand(t *testing.T) {
	t.Parallel()
	// 6.1826 = (1.6449 + 0.8416)²
	for _, c := range []struct {
		what string
		got  int
		want float64
	}{
		{"pairs", must(ExamplesForPairs(0.1, Plan{Margin: -0.01, Level: 0.95})), 6.182557232019764 * 0.1 / 0.0001},
		{"stderr", must(ExamplesForStderr(0.02, 400, Plan{Margin: -0.01, Level: 0.95})), 6.182557232019764 * 4 * 400},
		{"nothing varies", must(ExamplesForStderr(0, 400, Plan{Margin: -0.01, Level: 0.95})), 1},
	} {
		if float64(c.got) != math.Ceil(c.want) {
			t.Errorf("%s: got %d, want %v", c.what, c.got, c.want)
		}
	}
	if k := must(RepeatsForMeans(0, 0, Plan{Margin: 1, Level: 0.95})); k != 2 {
		t.Errorf("without any spread %d repeats", k)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	median, mad, err := MAD([]float64{1, 2, 3, 4, 100})
	if median != 3 || mad != 1.482602218505602 || err != nil {
		t.Errorf("got %v, %v, %v", median, mad, err)
	}
	if m := must(Median([]float64{1e308, 1.7e308})); math.IsInf(m, 0) {
		t.Error("the median of large numbers overflowed")
	}
	average, factor, err := EWMA([]float64{1, 2, 4}, 0.5)
	if average != 2.75 || math.Abs(factor-math.Sqrt(0.0625+0.0625+0.25)) > 1e-15 || err != nil {
		t.Errorf("got %v, %v, %v", average, factor, err)
	}
}
