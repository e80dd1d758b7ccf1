package stat

import (
	"fmt"
	"math"
)

// Pairs counts examples that both sides were measured on, each a hit or none on either side: correct or
// not, say.
type Pairs struct {
	Both     int // hits of head and base
	HeadOnly int
	BaseOnly int
	Neither  int
}

// N is the number of examples.
func (p Pairs) N() int { return p.Both + p.HeadOnly + p.BaseOnly + p.Neither }

// Head and Base are the rates of each side alone.
func (p Pairs) Head() Rate { return Rate{p.Both + p.HeadOnly, p.N()} }

// Base: see [Pairs.Head].
func (p Pairs) Base() Rate { return Rate{p.Both + p.BaseOnly, p.N()} }

// Value is the difference of the rates, head − base.
func (p Pairs) Value() float64 {
	if p.N() == 0 {
		return 0
	}
	return float64(p.HeadOnly-p.BaseOnly) / float64(p.N())
}

// Discordance is the share of examples on which the sides differ: what decides how many are needed.
func (p Pairs) Discordance() float64 {
	if p.N() == 0 {
		return 0
	}
	return float64(p.HeadOnly+p.BaseOnly) / float64(p.N())
}

func (p Pairs) check() error {
	for _, n := range []int{p.Both, p.HeadOnly, p.BaseOnly, p.Neither} {
		if n < 0 || n > MaxCount/4 {
			return fmt.Errorf("reading pairs %+v: want counts from 0 to 2^51: %w", p, ErrInput)
		}
	}
	if p.N() == 0 {
		return fmt.Errorf("reading pairs: no examples: %w", ErrTooFew)
	}
	return nil
}

// McNemar holds the p-values of "head and base are hit equally often" for paired examples, from the
// examples alone on which they differ (Q. McNemar, Psychometrika 12, 1947). Above is one-sided, small
// when head is hit more often; Below when base is.
type McNemar struct {
	Method       string
	Above, Below float64
	TwoSided     float64
}

// McNemarExact is McNemar's test by the binomial distribution: valid at any size, and cautious. Without
// an example on which the sides differ every p is 1. Exact to 1e-11 up to 2^22 of them, then to 1e-10.
func McNemarExact(p Pairs) (McNemar, error) {
	if err := p.check(); err != nil {
		return McNemar{}, fmt.Errorf("testing pairs: %w", err)
	}
	n := p.HeadOnly + p.BaseOnly
	above, _ := tossTail(p.BaseOnly, n)
	below, _ := tossTail(p.HeadOnly, n)
	return McNemar{"mcnemar exact", above, below, min(1, 2*min(above, below))}, nil
}

// McNemarMidP is the same less half the chance of just what was seen: nearer to the level that is asked
// for, and above it only slightly (M. Fagerland, S. Lydersen, P. Laake, BMC Medical Research Methodology
// 13:91, 2013, who advise it).
func McNemarMidP(p Pairs) (McNemar, error) {
	if err := p.check(); err != nil {
		return McNemar{}, fmt.Errorf("testing pairs: %w", err)
	}
	n := p.HeadOnly + p.BaseOnly
	above, exactly := tossTail(p.BaseOnly, n)
	below, _ := tossTail(p.HeadOnly, n)
	above, below = above-exactly/2, below-exactly/2
	return McNemar{"mcnemar mid-p", above, below, min(1, 2*min(above, below))}, nil
}

// McNemarAsymptotic is McNemar's test by the normal distribution, z = (b − c)/√(b + c); corrected takes
// one off |b − c| (A. Edwards 1948), which makes it as cautious as the exact one. The two-sided p is
// that of chi-squared with one degree of freedom.
func McNemarAsymptotic(p Pairs, corrected bool) (McNemar, error) {
	if err := p.check(); err != nil {
		return McNemar{}, fmt.Errorf("testing pairs: %w", err)
	}
	d, n := float64(p.HeadOnly-p.BaseOnly), float64(p.HeadOnly+p.BaseOnly)
	if n == 0 {
		return McNemar{"mcnemar asymptotic", 1, 1, 1}, nil
	}
	step := 0.0
	if corrected {
		step = 1
	}
	return McNemar{
		Method: "mcnemar asymptotic", Above: tailNormal((d - step) / math.Sqrt(n)), Below: tailNormal((-d - step) / math.Sqrt(n)),
		TwoSided: min(1, 2*tailNormal(math.Abs(math.Abs(d)-step)/math.Sqrt(n))),
	}, nil
}

// Tango estimates the difference of two paired rates by the score test (T. Tango, Statistics in Medicine
// 17, 1998): (b − c − nΔ)/√(n(2q + Δ(1 − Δ))), q the likeliest share of base-only hits when the
// difference is Δ; at Δ = 0 it is McNemar's test. The interval is its inversion, lies in [−1, 1] and
// contains the estimate. It needs one example, has a width also without differing examples, and holds
// its level well from some ten. Stderr is √(b + c − (b − c)²/n)/n, and that
// of the interval where it would be 0.
func Tango(p Pairs, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if err := p.check(); err != nil {
		return Estimate{}, fmt.Errorf("comparing paired rates: %w", err)
	}
	diff, n := p.Value(), float64(p.N())
	z := upperNormal((1 - level) / 2)
	score := func(margin float64) float64 { return tangoScore(p, margin, 0) }
	return Estimate{
		Method: "tango", Value: diff, Level: level,
		Stderr: math.Sqrt(max(0, p.Discordance()-diff*diff) / n),
		Interval: Interval{
			crossing(func(m float64) float64 { return z - score(m) }, -1, diff),
			crossing(func(m float64) float64 { return -z - score(m) }, diff, 1),
		},
		tails: scoreTails(score, diff),
	}.orImplied(), nil
}

// tangoScore is Tango's statistic, of a difference that is taken for nearer to the margin by step. It works with
// shares instead of counts, so that huge counts do not overflow.
func tangoScore(p Pairs, margin, step float64) float64 {
	n := float64(p.N())
	b, c := float64(p.HeadOnly)/n, float64(p.BaseOnly)/n
	k := -b - c + (2-b+c)*margin
	m := c * margin * (1 - margin) // minus the constant term
	root := math.Sqrt(max(0, k*k+8*m))
	var q float64
	if k > 0 {
		q = 2 * m / (root + k)
	} else {
		q = (root - k) / 4
	}
	// Neither share may be negative.
	q = max(q, 0, -margin)
	return standardise(nearerBy(p.Value()-margin, step), math.Sqrt(max(0, 2*q+margin*(1-margin))/n))
}
