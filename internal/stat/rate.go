package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Rate is a share: Hits of N examples, each of them a hit or none.
type Rate struct{ Hits, N int }

// Value is Hits/N, a number from 0 to 1; 0 without examples.
func (r Rate) Value() float64 {
	if r.N == 0 {
		return 0
	}
	return float64(r.Hits) / float64(r.N)
}

func (r Rate) check() error {
	switch {
	case r.Hits < 0 || r.Hits > r.N || r.N > MaxCount:
		return fmt.Errorf("reading a rate of %d in %d: want 0 ≤ hits ≤ n ≤ 2^53: %w", r.Hits, r.N, ErrInput)
	case r.N == 0:
		return fmt.Errorf("reading a rate: no examples: %w", ErrTooFew)
	}
	return nil
}

// Wilson estimates one rate by the score test: z = (p̂ − p)/√(p(1−p)/n), whose inversion is the interval
// of E. B. Wilson (JASA 22, 1927). The interval lies in [0, 1], contains the estimate, and has a width
// also for 0 and n hits. Stderr is √(p̂(1−p̂)/n). It needs one example.
func Wilson(r Rate, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if err := r.check(); err != nil {
		return Estimate{}, err
	}
	p, n := r.Value(), float64(r.N)
	return Estimate{
		Method: "wilson", Value: p, Level: level, Interval: wilson(r, upperNormal((1-level)/2)),
		Stderr: math.Sqrt(p * (1 - p) / n),
		tails: func(limit float64) (above, below float64) {
			if limit < 0 || limit > 1 {
				return beyond(limit < 0)
			}
			if p == limit && (p == 0 || p == 1) {
				return 1, 1
			}
			z := standardise(p-limit, math.Sqrt(limit*(1-limit)/n))
			return tailNormal(z), tailNormal(-z)
		},
	}, nil
}

// beyond is what a limit that no value can reach gives: below every value, or above.
func beyond(under bool) (above, below float64) {
	if under {
		return 0, 1
	}
	return 1, 0
}

// wilson is the interval for z normal quantiles. It is written so that the ends do not lose digits
// beside 0 and 1, and so that the estimate is inside also in the last digit.
func wilson(r Rate, z float64) Interval {
	low := wilsonLow(float64(r.Hits), float64(r.N-r.Hits), z)
	high := 1 - wilsonLow(float64(r.N-r.Hits), float64(r.Hits), z)
	p := r.Value()
	return Interval{min(low, p), max(high, p)}
}

func wilsonLow(hits, misses, z float64) float64 {
	if hits == 0 {
		return 0
	}
	n, z2 := hits+misses, z*z
	// The product of both roots of the quadratic is hits²/(n(n+z²)).
	high := (hits + z2/2 + z*math.Sqrt(hits*(misses/n)+z2/4)) / (n + z2)
	return hits / n * hits / (n + z2) / high
}

// exactRate is up to where the incomplete beta function holds its digits.
const exactRate = 1_000_000

// ClopperPearson estimates one rate by the binomial distribution itself (C. Clopper and E. S. Pearson,
// Biometrika 26, 1934): never surer than asked for, and wider than [Wilson]. The interval lies in [0, 1]
// and contains the estimate; Stderr is √(p̂(1−p̂)/n). It needs one example; above a million it is
// [Wilson], from which it then differs by less than one example.
func ClopperPearson(r Rate, level float64) (Estimate, error) {
	e, err := Wilson(r, level)
	if err != nil || r.N > exactRate {
		return e, err
	}
	a, p := (1-level)/2, r.Value()
	e.Method = "clopper-pearson"
	e.tails = func(limit float64) (above, below float64) {
		if limit < 0 || limit > 1 {
			return beyond(limit < 0)
		}
		return atLeast(r.Hits, r.N, limit), atMost(r.Hits, r.N, limit)
	}
	e.Interval = Interval{
		crossing(func(x float64) float64 { return atLeast(r.Hits, r.N, x) - a }, 0, p),
		crossing(func(x float64) float64 { return a - atMost(r.Hits, r.N, x) }, p, 1),
	}
	return e, nil
}

// atLeast is the chance of k hits or more in n, atMost that of k or fewer, when p is the rate.
func atLeast(k, n int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	return mathext.RegIncBeta(float64(k), float64(n-k)+1, p)
}

func atMost(k, n int, p float64) float64 {
	if k >= n {
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k)+1, 1-p)
}
