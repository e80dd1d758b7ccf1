package stat

import (
	"fmt"
	"math"
)

// Plan says what a test is to decide, for the question how much data that takes.
type Plan struct {
	Margin float64 // the limit that the difference is held against
	Truth  float64 // the true difference that is assumed: 0 for "nothing has changed"
	Level  float64 // confidence; a one-sided test at 1 − Level, one end of an interval at 2·Level − 1
	Power  float64 // the chance to decide when Truth is true; 0 means 0.8
}

func (p Plan) check() (z float64, err error) {
	if p.Power == 0 {
		p.Power = 0.8
	}
	if err := checkLevel(p.Level); err != nil {
		return 0, err
	}
	if !(p.Power > 0 && p.Power < 1) || p.Level+p.Power <= 1 {
		return 0, fmt.Errorf("planning for a power of %v at a confidence of %v: want 0 to 1, together above 1: %w", p.Power, p.Level, ErrInput)
	}
	if err := checkFinite("a margin and an assumed difference", []float64{p.Margin, p.Truth}); err != nil {
		return 0, err
	}
	if p.Margin == p.Truth {
		return 0, fmt.Errorf("planning to tell a difference of %v from a margin of %v: no number of examples can: %w", p.Truth, p.Margin, ErrInput)
	}
	return upperNormal(1-p.Level) + upperNormal(1-p.Power), nil
}

// needed is n·(z·stderr/distance)² as a whole number, for a standard error that n examples gave.
func (p Plan) needed(variance float64) (int, error) {
	z, err := p.check()
	if err != nil {
		return 0, err
	}
	distance := (p.Truth - p.Margin) / z
	n := math.Ceil(variance / distance / distance * (1 - tie))
	if !(n <= MaxCount) {
		return 0, fmt.Errorf("planning to tell a difference of %v from a margin of %v: more than 2^53 examples: %w", p.Truth, p.Margin, ErrInput)
	}
	return max(1, int(n)), nil
}

// ExamplesForRates is the number of examples a side that two independent test sets of the same size
// need, base being the base's rate: (z₁+z₂)²·(p₁(1−p₁) + p₂(1−p₂))/(truth − margin)², the normal
// approximation with the variance at the truth (S. Chow, J. Shao, H. Wang, Sample Size Calculations in Clinical
// Research, 2008, 4.2).
func ExamplesForRates(base float64, p Plan) (int, error) {
	head := base + p.Truth
	if !(base >= 0 && base <= 1 && head >= 0 && head <= 1) {
		return 0, fmt.Errorf("planning for rates of %v and %v: want 0 to 1: %w", head, base, ErrInput)
	}
	return p.needed(head*(1-head) + base*(1-base))
}

// ExamplesForPairs is the number of examples that both sides are measured on, of which a share of
// discordance comes out differently: (z₁+z₂)²·(discordance − truth²)/(truth − margin)² (R. Connor,
// Biometrics 43, 1987, with the variance at the truth).
func ExamplesForPairs(discordance float64, p Plan) (int, error) {
	if !(discordance >= math.Abs(p.Truth) && discordance <= 1) {
		return 0, fmt.Errorf("planning for a discordance of %v with a difference of %v: want at least as much, at most 1: %w", discordance, p.Truth, ErrInput)
	}
	return p.needed(discordance - p.Truth*p.Truth)
}

// ExamplesForStderr is the number of examples when n of them gave a standard error of the difference of
// stderr, which falls with √n.
func ExamplesForStderr(stderr float64, n int, p Plan) (int, error) {
	if !(stderr >= 0) || math.IsInf(stderr, 1) || n < 1 || n > MaxCount {
		return 0, fmt.Errorf("planning from a standard error of %v of %d examples: %w", stderr, n, ErrInput)
	}
	return p.needed(stderr * stderr * float64(n))
}

// maxRepeats is where plans of repeats give up: nobody trains that often.
const maxRepeats = 100_000

// RepeatsForMeans is the number of repeats a side for [Welch] when repeats of head and base have these
// standard deviations: the smallest k whose noncentral t, √k·(truth − margin)/√(s₁² + s₂²) with the
// degrees of freedom of Welch and Satterthwaite, is beyond the critical value with the power asked for.
// At least 2; ErrTooFew above 100,000.
func RepeatsForMeans(headDeviation, baseDeviation float64, p Plan) (int, error) {
	if p.Power == 0 {
		p.Power = 0.8
	}
	if _, err := p.check(); err != nil {
		return 0, err
	}
	if err := checkFinite("standard deviations", []float64{headDeviation, baseDeviation}); err != nil {
		return 0, err
	}
	if headDeviation < 0 || baseDeviation < 0 {
		return 0, fmt.Errorf("planning for standard deviations of %v and %v: want 0 or more: %w", headDeviation, baseDeviation, ErrInput)
	}
	enough := func(k int) bool {
		n := float64(k)
		stderr, df := welch(moments{n, 0, headDeviation * headDeviation}, moments{n, 0, baseDeviation * baseDeviation})
		if stderr == 0 {
			return true
		}
		return noncentralTail(upperStudent(1-p.Level, df), df, math.Abs(p.Truth-p.Margin)/stderr) >= p.Power
	}
	k, ok := fewest(enough)
	if !ok {
		return 0, fmt.Errorf("planning repeats to tell %v from %v: more than %d: %w", p.Truth, p.Margin, maxRepeats, ErrTooFew)
	}
	return k, nil
}

// fewest is the smallest number of repeats from 2 on that is enough, where more always are; false: none is up
// to about maxRepeats.
func fewest(enough func(k int) bool) (int, bool) {
	low, high := 1, 2
	for ; !enough(high); low, high = high, 2*high {
		if high > maxRepeats {
			return 0, false
		}
	}
	for high-low > 1 {
		if mid := (low + high) / 2; enough(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// noncentralTail is the chance that a noncentral t with df degrees of freedom is above t: the normal tail
// above t·s − shift, averaged over the law of s = √(χ²/df) by Simpson's rule.
func noncentralTail(t, df, shift float64) float64 {
	spread := 1 / math.Sqrt(2*df)
	low, high := max(0, 1-12*spread), 1+14*spread
	const steps = 2000
	g, _ := math.Lgamma(df / 2)
	scale := math.Ln2 + df/2*math.Log(df/2) - g
	h, sum, mass := (high-low)/steps, 0.0, 0.0
	for i := 0; i <= steps; i++ {
		s := low + float64(i)*h
		weight := float64(2 + 2*(i%2))
		if i == 0 || i == steps {
			weight = 1
		}
		density := 0.0
		if s > 0 {
			density = weight * math.Exp(scale+(df-1)*math.Log(s)-df*s*s/2)
		} else if df == 1 {
			density = weight * math.Exp(scale)
		}
		mass += density
		sum += density * tailNormal(t*s-shift)
	}
	return sum / mass
}
