package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Resampling says how often to draw and from which seed. The same data, resamples and seed give the
// same answer.
type Resampling struct {
	Resamples int // 0 means 10,000
	Seed      uint64
	// BCa corrects the percentile interval for bias and skewness (B. Efron, JASA 82, 1987). Without it
	// the interval is the plain percentile one.
	BCa bool
}

// maxResamples bounds memory: a resample is a double.
const maxResamples = 10_000_000

func (r Resampling) count() (int, error) {
	switch {
	case r.Resamples == 0:
		return 10_000, nil
	case r.Resamples < 100 || r.Resamples > maxResamples:
		return 0, fmt.Errorf("reading a number of resamples of %d: want 100 to %d: %w", r.Resamples, maxResamples, ErrInput)
	}
	return r.Resamples, nil
}

func (r Resampling) source() *rand.PCG { return rand.NewPCG(r.Seed, 0x9e3779b97f4a7c15) }

// tie is the relative difference below which a resample counts as equal to a limit: sums of the same
// numbers in another order differ by as much.
const tie = 1e-12

// resampled reads an estimate off sorted resamples: quantiles by linear interpolation, a p-value as the
// share of resamples on the wrong side of the limit, itself counted as one of them (A. C. Davison and
// D. V. Hinkley, Bootstrap Methods, 1997, 4.2). acceleration is nil for
// percentiles, that of BCa otherwise.
func resampled(method string, value, stderr, level, scale float64, sorted []float64, acceleration *float64) Estimate {
	slack := tie * scale
	share := func(limit float64) (atMost, atLeast float64) {
		n := float64(len(sorted))
		up, _ := slices.BinarySearchFunc(sorted, limit+slack, after)
		down, _ := slices.BinarySearchFunc(sorted, limit-slack, before)
		return (float64(up) + 1) / (n + 1), (n - float64(down) + 1) / (n + 1)
	}
	b := bend{}
	if acceleration != nil {
		b = bend{bias: biasOf(sorted, value, slack), acceleration: *acceleration}
	}
	a := (1 - level) / 2
	low, high := quantile(sorted, b.forward(a)), quantile(sorted, b.forward(1-a))
	return Estimate{
		Method: method, Value: value, Level: level, Stderr: stderr,
		Interval: Interval{min(low, value), max(high, value)},
		tails: func(limit float64) (above, below float64) {
			atMost, atLeast := share(limit)
			return b.backward(atMost), 1 - b.backward(1-atLeast)
		},
	}
}

// after and before order a resample against a limit so that the search ends behind or before all equals.
func after(x, limit float64) int {
	if x <= limit {
		return -1
	}
	return 1
}

func before(x, limit float64) int {
	if x < limit {
		return -1
	}
	return 1
}

// quantile of sorted numbers by linear interpolation between order statistics (Hyndman and Fan's
// type 7).
func quantile(sorted []float64, p float64) float64 {
	at := clamp(p, 0, 1) * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	part := at - float64(i)
	return sorted[i] + part*(sorted[i+1]-sorted[i])
}

// bend is the map of BCa between the level that is wanted and the one that is read off the resamples;
// the zero bend changes nothing.
type bend struct{ bias, acceleration float64 }

func (b bend) forward(p float64) float64 {
	if b == (bend{}) || p <= 0 || p >= 1 {
		return p
	}
	z := b.bias - upperNormal(p)
	denominator := 1 - b.acceleration*z
	if denominator <= 0 { // beyond the reach of the expansion: the end
		return end(z)
	}
	return tailNormal(-(b.bias + z/denominator))
}

// backward is the inverse of forward.
func (b bend) backward(p float64) float64 {
	if b == (bend{}) || p <= 0 || p >= 1 {
		return p
	}
	w := -upperNormal(p) - b.bias
	denominator := 1 + b.acceleration*w
	if denominator <= 0 {
		return end(w)
	}
	return tailNormal(-(w/denominator - b.bias))
}

// biasOf is the normal quantile of the share of resamples below the estimate; ties count half. It is
// kept finite when all lie on one side.
func biasOf(sorted []float64, value, slack float64) float64 {
	up, _ := slices.BinarySearchFunc(sorted, value+slack, after)
	down, _ := slices.BinarySearchFunc(sorted, value-slack, before)
	n := float64(len(sorted))
	return -upperNormal(clamp((float64(up)+float64(down))/(2*n), 0.5/n, 1-0.5/n))
}

// largest is the largest absolute value.
func largest(xs []float64) float64 {
	var most float64
	for _, x := range xs {
		most = max(most, math.Abs(x))
	}
	return most
}

func end(z float64) float64 {
	if z > 0 {
		return 1
	}
	return 0
}
