package stat

import "math"

// Interval is a two-sided confidence interval, in the unit of the data. Ends may be infinite where a
// method says so.
type Interval struct{ Low, High float64 }

// Contains says whether x lies in the closed interval.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// Estimate is a number measured with uncertainty: mostly a difference, head minus base, and for methods
// of one sample the number itself. Where head is better when larger, and a drop of d is allowed:
//
//   - not worse than allowed (non-inferiority): Above(-d) ≤ 1 − confidence
//   - better (superiority): Above(0)
//   - shown to be worse than allowed: Below(-d)
//   - the same for all that matters (equivalence, two one-sided tests): Within(-d, d)
//   - shown to be not the same: Beyond(-d, d)
//
// The interval and the one-sided p-values come from one test, so that they agree: for a level of
// 1 − 2a, Above(Interval.Low) = Below(Interval.High) = a, unless the method says otherwise.
type Estimate struct {
	Method   string   // a name for people and for reports: "welch", "tango"
	Value    float64  // the point estimate
	Interval Interval // at Level
	Level    float64  // the confidence of Interval, two-sided: 0.95
	// Stderr is the standard error of Value. A method that has none of its own, or gets 0 where its interval
	// is no point, gives the half-width of the interval in normal quantiles; it is infinite when the
	// interval is. So 0 means that nothing is uncertain.
	Stderr float64

	tails func(limit float64) (above, below float64)
}

// Above gives the one-sided p-value of "the true value is at most limit": small when the data show that
// it lies above. 1, which shows nothing, for a NaN limit and for the zero Estimate.
func (e Estimate) Above(limit float64) float64 {
	p, _ := e.at(limit)
	return p
}

// Below gives the one-sided p-value of "the true value is at least limit": small when the data show that
// it lies below. 1 as in [Estimate.Above].
func (e Estimate) Below(limit float64) float64 {
	_, p := e.at(limit)
	return p
}

// Differs gives the two-sided p-value of "the true value is limit": twice the smaller one-sided, at
// most 1.
func (e Estimate) Differs(limit float64) float64 {
	above, below := e.at(limit)
	return min(1, 2*min(above, below))
}

// Within gives the p-value of two one-sided tests (TOST; Schuirmann 1987): small when the data show that
// the true value lies between low and high.
func (e Estimate) Within(low, high float64) float64 { return max(e.Above(low), e.Below(high)) }

// Beyond gives the p-value of "the true value lies between low and high", low ≤ high: small when the data
// show that it lies outside. Of both ends that is the tail beyond what was seen, under the truth at the
// one and under the truth at the other: exact for errors that are the same and symmetric everywhere, and
// Differs where low is high.
func (e Estimate) Beyond(low, high float64) float64 {
	aboveLow, belowLow := e.at(low)
	aboveHigh, belowHigh := e.at(high)
	return min(1, aboveLow+aboveHigh, belowLow+belowHigh)
}

func (e Estimate) at(limit float64) (above, below float64) {
	if e.tails == nil || math.IsNaN(limit) {
		return 1, 1
	}
	above, below = e.tails(limit)
	return clamp(above, 0, 1), clamp(below, 0, 1)
}

func clamp(x, low, high float64) float64 { return max(low, min(x, high)) }

// orImplied gives an estimate whose own standard error is 0 the one of its interval: where ten of ten are
// hits on either side nothing varies, and yet nothing is certain.
func (e Estimate) orImplied() Estimate {
	if e.Stderr == 0 {
		e.Stderr = implied(e.Interval, e.Level)
	}
	return e
}

// implied is the standard error of an interval whose method has none.
func implied(i Interval, level float64) float64 {
	return (i.High - i.Low) / (2 * upperNormal((1-level)/2))
}

// located is an estimate whose error follows Student's t with df degrees of freedom (normal for +Inf)
// at the scale of the standard error. With a standard error of 0 nothing is uncertain: the interval is
// the point, and a p-value is 0 on the right side of the limit and 1 elsewhere.
func located(method string, value, stderr, df, level float64) Estimate {
	e := Estimate{Method: method, Value: value, Level: level, Stderr: stderr}
	half := 0.0
	if stderr > 0 {
		half = upperStudent((1-level)/2, df) * stderr
	}
	e.Interval = Interval{value - half, value + half}
	e.tails = func(limit float64) (above, below float64) {
		z := standardise(value-limit, stderr)
		if z == 0 && stderr == 0 {
			return 1, 1
		}
		return tailStudent(z, df), tailStudent(-z, df)
	}
	return e
}

// standardise divides, and lets a standard error of 0 mean certainty.
func standardise(diff, stderr float64) float64 {
	if diff == 0 {
		return 0
	}
	if stderr == 0 {
		return math.Copysign(math.Inf(1), diff)
	}
	return diff / stderr
}

// shortest is the least share of what is between two ends that a step goes from one of them.
const shortest = 1.0 / (1 << 20)

// crossing finds where an increasing function of x passes 0 between low and high, to the last digit
// that halving can give. An end where the sign is already right is the answer. Of three steps one halves, one
// goes where a straight line between the ends passes 0, and one as far again, so that both ends come near:
// some 20 steps where halving takes 55, and never more than three times as many.
func crossing(f func(float64) float64, low, high float64) float64 {
	below, above := math.NaN(), math.NaN() // f at the ends, which are taken as they are
	for step := range 200 {
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			break
		}
		x, share := mid, min(max(below/(below-above), shortest), 1-shortest)
		if far := float64(step % 3); far > 0 && share < 0.5 {
			x = low + far*share*(high-low)
		} else if far > 0 && share >= 0.5 {
			x = high - far*(1-share)*(high-low)
		}
		if !(low < x && x < high) {
			x = mid
		}
		if y := f(x); y < 0 {
			low, below = x, y
		} else {
			high, above = x, y
		}
	}
	return low + (high-low)/2
}
