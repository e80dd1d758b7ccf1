package stat

import (
	"fmt"
	"math"
)

// RateRatioCC compares two independent rates by their ratio, head/base: the score test of head − ratio·base,
// with both rates at their likeliest values that have the ratio (P. Koopman, Biometrics 40, 1984; O. Miettinen
// and M. Nurminen, Statistics in Medicine 4, 1985), and the continuity correction of [MiettinenNurminenCC]: a
// quarter of 1/n₁ + ratio/n₂. The interval is its inversion; its upper end is infinite where base has no hit.
// Stderr is that of the interval at the scale of the ratio. It is ErrTooFew where neither side has a hit.
func RateRatioCC(head, base Rate, level float64) (Estimate, error) {
	if err := checkRates(head, base, level); err != nil {
		return Estimate{}, err
	}
	if head.Hits == 0 && base.Hits == 0 {
		return Estimate{}, fmt.Errorf("dividing two rates: neither side has a hit: %w", ErrTooFew)
	}
	ratio, z := head.Value()/base.Value(), upperNormal((1-level)/2)
	score := func(r float64) float64 { return ratioScore(head, base, r) }
	e := Estimate{
		Method: "ratio score cc", Value: ratio, Level: level,
		tails: func(limit float64) (above, below float64) {
			if limit < 0 || math.IsInf(limit, 1) {
				return beyond(limit < 0)
			}
			z := score(limit)
			return tailNormal(z), tailNormal(-z)
		},
	}
	e.Interval = Interval{crossing(func(r float64) float64 { return z - score(r) }, 0, min(ratio, hugeRatio)), math.Inf(1)}
	if top := max(1, ratio); base.Hits > 0 {
		for score(top) > -z && top < hugeRatio {
			top *= 2
		}
		e.Interval.High = crossing(func(r float64) float64 { return -z - score(r) }, ratio, top)
	}
	e.Stderr = implied(e.Interval, level)
	return e, nil
}

// hugeRatio is where looking for the end of an interval ends.
const hugeRatio = 1e12

// ratioScore is the statistic for a ratio of 0 or more.
func ratioScore(head, base Rate, ratio float64) float64 {
	n1, n2 := float64(head.N), float64(base.N)
	slope := func(q float64) float64 {
		return ratio*slopeAt(float64(head.Hits), float64(head.N-head.Hits), ratio*q) + slopeAt(float64(base.Hits), float64(base.N-base.Hits), q)
	}
	p2 := crossing(func(q float64) float64 { return -slope(q) }, 0, min(1, 1/ratio))
	p1 := min(1, ratio*p2)
	n := n1 + n2
	variance := (p1*(1-p1)/n1 + ratio*ratio*p2*(1-p2)/n2) * n / (n - 1)
	away := head.Value() - ratio*base.Value()
	return standardise(math.Copysign(max(0, math.Abs(away)-(1/n1+ratio/n2)/4), away), math.Sqrt(variance))
}

// ZRatio compares two independent numbers with their standard errors by their ratio, head/base: z of head −
// ratio·base (E. C. Fieller, JRSS B 16, 1954). It is ErrTooFew unless base is surely above 0, by five of its
// standard errors.
func ZRatio(head, headErr, base, baseErr, level float64) (Estimate, error) {
	if _, err := ZDifference(head, headErr, base, baseErr, level); err != nil {
		return Estimate{}, err
	}
	if base <= 0 || base < 5*baseErr {
		return Estimate{}, fmt.Errorf("dividing by %v with a standard error of %v: want a number that is surely above 0: %w", base, baseErr, ErrTooFew)
	}
	ratio, z := head/base, upperNormal((1-level)/2)
	score := func(r float64) float64 { return standardise(head-r*base, math.Hypot(headErr, r*baseErr)) }
	stderr := math.Hypot(headErr, ratio*baseErr) / base
	e := Estimate{Method: "z of a ratio", Value: ratio, Level: level, Stderr: stderr, Interval: Interval{ratio, ratio}, tails: func(limit float64) (above, below float64) {
		if math.IsInf(limit, 0) {
			return beyond(limit < 0)
		}
		z := score(limit)
		if z == 0 && stderr == 0 {
			return 1, 1
		}
		return tailNormal(z), tailNormal(-z)
	}}
	if stderr > 0 {
		reach := 40 * stderr * z
		e.Interval = Interval{
			crossing(func(r float64) float64 { return z - score(r) }, ratio-reach, ratio),
			crossing(func(r float64) float64 { return -z - score(r) }, ratio, ratio+reach),
		}
	}
	return e, nil
}
