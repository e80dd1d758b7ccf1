package stat

import (
	"fmt"
	"math"
)

// WidestDifference is how far the largest of several independent numbers lies above the smallest, from the
// differences of all pairs of them, each once. Whichever of them are the largest and the smallest in truth: that
// they lie at most so far apart is shown where it is of every pair (an intersection-union test: no correction is
// needed; R. L. Berger, Technometrics 24, 1982); that they lie further apart where it is of one pair, by the
// smallest p-value times the number of pairs (Bonferroni). So both claims hold their level, if those of pairs do,
// and the second is cautious for many groups.
//
// Of all pairs there may be more than are given, those that seem furthest apart: then it is not shown that they
// are near. The interval is the inversion of both. Stderr is that of the pair that lies furthest apart.
func WidestDifference(pairs []Estimate, all int, level float64) (Estimate, error) {
	top := 1.0
	for _, p := range pairs {
		top = max(top, math.Abs(p.Interval.Low), math.Abs(p.Interval.High))
	}
	return widest(pairs, all, level, top, math.Abs, differenceWithin)
}

// NarrowestRatio is what the smallest of several independent numbers is of the largest, from the ratios of all
// pairs of them, each once and in any order; by the tests of [WidestDifference].
func NarrowestRatio(pairs []Estimate, all int, level float64) (Estimate, error) {
	// The further apart, the smaller: so it is 1 less the ratio that is looked at.
	e, err := widest(pairs, all, level, 1, func(ratio float64) float64 { return 1 - min(ratio, 1/ratio) }, ratioWithin)
	if err != nil {
		return e, err
	}
	tails := e.tails
	e.Value, e.Interval = 1-e.Value, Interval{1 - e.Interval.High, 1 - e.Interval.Low}
	e.tails = func(limit float64) (above, below float64) {
		above, below = tails(1 - limit)
		return below, above
	}
	return e, nil
}

// differenceWithin is between which differences two numbers lie at most limit apart; ratioWithin is it for ratios
// of at least 1 − limit.
func differenceWithin(limit float64) (low, high float64) { return -limit, limit }

func ratioWithin(limit float64) (low, high float64) {
	if limit >= 1 {
		return math.Inf(-1), math.Inf(1)
	}
	return 1 - limit, 1 / (1 - limit)
}

// widest puts pairs together: apart is how far apart the value of a pair is, and at most top.
func widest(pairs []Estimate, all int, level, top float64, apart func(float64) float64, within func(limit float64) (low, high float64)) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if len(pairs) == 0 {
		return Estimate{}, fmt.Errorf("comparing groups: no pair of them: %w", ErrTooFew)
	}
	far := pairs[0]
	for _, p := range pairs[1:] {
		if apart(p.Value) > apart(far.Value) {
			far = p
		}
	}
	e := Estimate{Method: far.Method, Value: apart(far.Value), Level: level, Stderr: far.Stderr, tails: spanTails(pairs, all, within)}
	if all > 1 {
		e.Method += fmt.Sprintf(", %d pairs", all)
	}
	a := (1 - level) / 2
	e.Interval = Interval{0, max(top, e.Value)}
	if e.Above(0) < a {
		e.Interval.Low = crossing(func(x float64) float64 { return e.Above(x) - a }, 0, e.Value)
	}
	if e.Below(e.Interval.High) < a {
		e.Interval.High = crossing(func(x float64) float64 { return a - e.Below(x) }, e.Value, e.Interval.High)
	}
	return e, nil
}

// spanTails are the p-values of "at most limit apart" and of "at least".
func spanTails(pairs []Estimate, all int, within func(limit float64) (low, high float64)) func(float64) (float64, float64) {
	return func(limit float64) (above, below float64) {
		if limit < 0 {
			return beyond(true)
		}
		low, high := within(limit)
		above = 1
		for _, p := range pairs {
			above = min(above, p.Beyond(low, high))
			below = max(below, p.Within(low, high))
		}
		if all > len(pairs) {
			below = 1
		}
		return above * float64(max(all, len(pairs))), below
	}
}
