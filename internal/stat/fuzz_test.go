package stat

import (
	"errors"
	"math"
	"testing"
)

// Whatever the counts: an error that is one of two, or an estimate that keeps its promises.
func FuzzRates(f *testing.F) {
	f.Add(3, 10, 7, 12, 0.95, 0.1)
	f.Add(0, 1, 1, 1, 0.5, 0.0)
	f.Add(0, 0, -1, 1<<53, 0.999999, -1.0)
	f.Fuzz(func(t *testing.T, a, b, c, d int, level, margin float64) {
		if level < 1e-3 || level > 1-1e-6 {
			level = 0.9
		}
		pairs, err := Tango(Pairs{a, b, c, d}, level)
		promised(t, pairs, err, margin)
		for _, r := range []Rate{{a, b}, {c, d}} {
			e, err := Wilson(r, level)
			promised(t, e, err, margin)
			e, err = ClopperPearson(r, level)
			promised(t, e, err, margin)
		}
		for _, method := range twoRates {
			e, err := method(Rate{a, b}, Rate{c, d}, level)
			promised(t, e, err, margin)
		}
	})
}

func FuzzSamples(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0, 5.0, 0.95, 0.1)
	f.Add(0.0, 0.0, 0.0, 0.0, 1e-300, 0.5, 0.0)
	f.Add(1e308, -1e308, 1.0, math.Inf(1), 1.0, 0.99, 0.0)
	f.Fuzz(func(t *testing.T, a, b, c, d, x, level, margin float64) {
		if !(level >= 1e-3 && level <= 1-1e-6) {
			level = 0.9
		}
		e, err := MeanT([]float64{a, b, c, d, x}, level)
		promised(t, e, err, margin)
		e, err = Welch([]float64{a, b, c}, []float64{d, x}, level)
		promised(t, e, err, margin)
		e, err = CautiousWelch([]float64{a, b, c}, []float64{d, x}, level)
		promised(t, e, err, margin)
		e, err = FirmWelch([]float64{a, b, c}, []float64{d, x}, 3, 0.9)
		promised(t, e, err, margin)
		e, err = Z(a, b, level)
		promised(t, e, err, margin)
	})
}

func promised(t *testing.T, e Estimate, err error, limit float64) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, ErrInput) && !errors.Is(err, ErrTooFew) {
			t.Fatalf("an error of neither kind: %v", err)
		}
		return
	}
	if math.IsNaN(e.Value) || math.IsNaN(e.Stderr) || !e.Interval.Contains(e.Value) {
		t.Fatalf("%+v", e)
	}
	for _, at := range []float64{limit, e.Value, e.Interval.Low, e.Interval.High} {
		for _, p := range []float64{e.Above(at), e.Below(at), e.Differs(at), e.Within(at, at), e.Beyond(at, at)} {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("%+v: p %v at %v", e, p, at)
			}
		}
	}
}

// Whatever the numbers, their number and ties: as FuzzRates, for what draws, ranks and looks repeatedly.
func FuzzSampled(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6}, 1.0, 0.95, uint64(1), true)
	f.Add([]byte{0, 0, 0, 0}, 1e300, 0.5, uint64(2), false)
	f.Add([]byte{255, 0, 255, 0, 1}, 1e-320, 0.99, uint64(3), true)
	f.Fuzz(func(t *testing.T, raw []byte, scale, level float64, seed uint64, bca bool) {
		if len(raw) > 60 {
			raw = raw[:60]
		}
		if !(level >= 1e-3 && level <= 1-1e-6) {
			level = 0.9
		}
		xs, labels, groups := make([]float64, len(raw)), make([]bool, len(raw)), make([]string, len(raw))
		for i, b := range raw {
			xs[i] = (float64(b) - 100) * scale
			labels[i], groups[i] = b%3 == 0, string(rune('a'+b%5))
		}
		r := Resampling{Resamples: 100, Seed: seed, BCa: bca}
		for _, method := range []func() (Estimate, error){
			func() (Estimate, error) { return Bootstrap(xs, r, level) },
			func() (Estimate, error) { return CautiousT(xs, level) },
			func() (Estimate, error) { return CautiousClusters(xs, groups, level) },
			func() (Estimate, error) { return IdealBootstrap(xs, bca, level) },
			func() (Estimate, error) { return SignFlip(xs, r, level) },
			func() (Estimate, error) { return AUC(xs, labels, level) },
			func() (Estimate, error) { return MannWhitney(xs[:len(xs)/2], xs[len(xs)/2:], level) },
			func() (Estimate, error) { return Sequence(xs, level) },
			func() (Estimate, error) { return SequenceOfTwo(xs[:len(xs)/2], xs[len(xs)/2:], level) },
		} {
			e, err := method()
			promised(t, e, err, scale)
		}
	})
}
