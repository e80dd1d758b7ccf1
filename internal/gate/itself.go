package gate

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// mostGroups is of how many groups all pairs are compared. Of more those that seem furthest apart are: what lies
// too far apart is shown then, with a correction for all pairs, and that nothing does is not.
const mostGroups = 40

// itself tests a computed number against min and max, by what its parts say of how well they are known; nil:
// they do not all say it. Parts are of different examples, and so independent: train and test, groups.
func (s sided) itself(of []mlgate.Metric) *tested {
	if !s.rule.Itself() || !s.head.Value.Finite() {
		return nil
	}
	level := 2*s.rule.Confidence - 1
	t := &tested{Test: mlgate.Test{Confidence: s.rule.Confidence, Number: true, Groups: int64(len(of))}}
	var err error
	switch {
	case s.ofRuns():
		t.Of, t.Head, t.Groups = "repeats", int64(len(s.head.Repeats)), 0
		if t.anytime = s.head.Runs == mlgate.RunsConclusive; t.anytime {
			t.est, err = stat.Sequence(floats(s.head.Repeats), level)
		} else {
			t.est, err = stat.MeanT(floats(s.head.Repeats), level)
		}
	default:
		t.Of, t.Head = "examples", s.head.N
		if len(of) > mostGroups {
			t.apart = fmt.Sprintf("of %d groups only the %d that seem furthest apart are compared", len(of), mostGroups)
		}
		var known bool
		if t.est, known, err = spanning(s.rule.Derived.Kind, of, level); !known {
			return nil
		}
	}
	if err != nil {
		t.apart = fmt.Sprintf("no test can be made: %v", err)
		t.est = stat.Estimate{Method: mlgate.NoTest, Value: float64(s.head.Value), Stderr: math.Inf(1)}
	}
	t.Method = t.est.Method
	t.Change, t.Low, t.High = mlgate.Number(t.est.Value), mlgate.Number(t.est.Interval.Low), mlgate.Number(t.est.Interval.High)
	return t
}

// ofRuns reports whether the number is the mean of what runs gave.
func (s sided) ofRuns() bool {
	_, is := spread(s.head)
	return is
}

// spanning estimates how far parts lie apart; known: all of them say how well they are known.
func spanning(kind mlgate.DerivedKind, of []mlgate.Metric, level float64) (e stat.Estimate, known bool, err error) {
	divided := kind == mlgate.Ratio || kind == mlgate.RatioOver
	all := len(of) * (len(of) - 1) / 2
	var pairs []stat.Estimate
	of = furthest(of)
	for i, a := range of {
		for _, b := range of[i+1:] {
			low, high := a, b
			if kind == mlgate.RatioOver && a.Value > b.Value {
				low, high = b, a
			}
			e, known, err = between(low, high, divided, level)
			switch {
			case !known:
				return e, false, nil
			case errors.Is(err, stat.ErrTooFew) && len(of) > 2: // of this pair nothing is shown, of others it may be
			case err != nil:
				return e, true, err
			default:
				pairs = append(pairs, e)
			}
		}
	}
	switch kind {
	case mlgate.DifferenceOver:
		e, err = stat.WidestDifference(pairs, all, level)
	case mlgate.RatioOver:
		e, err = stat.NarrowestRatio(pairs, all, level)
	}
	return e, true, err
}

// furthest are the parts with the largest and the smallest values, where they are too many.
func furthest(of []mlgate.Metric) []mlgate.Metric {
	if len(of) <= mostGroups {
		return of
	}
	of = slices.Clone(of)
	slices.SortStableFunc(of, func(a, b mlgate.Metric) int { return cmp.Compare(a.Value, b.Value) })
	return append(of[:mostGroups/2], of[len(of)-mostGroups/2:]...)
}

// between compares two parts by their difference or their ratio.
func between(a, b mlgate.Metric, divided bool, level float64) (e stat.Estimate, known bool, err error) {
	if a.Counted() && b.Counted() {
		if divided {
			e, err = stat.RateRatioCC(rate(a), rate(b), level)
		} else {
			e, err = stat.MiettinenNurminenCC(rate(a), rate(b), level)
		}
		return e, true, err
	}
	aErr, bErr := errorOf(a), errorOf(b)
	if aErr == nil || bErr == nil {
		return e, false, nil
	}
	if divided {
		e, err = stat.ZRatio(float64(a.Value), *aErr, float64(b.Value), *bErr, level)
	} else {
		e, err = stat.ZDifference(float64(a.Value), *aErr, float64(b.Value), *bErr, level)
	}
	return e, true, err
}

// errorOf is the standard error that a metric states, or that its counts give with one more hit and one more
// miss, so that ten of ten are no certainty; nil: it states neither.
func errorOf(m mlgate.Metric) *float64 {
	switch {
	case m.Counted():
		n := float64(m.N + 2)
		p := float64(*m.Hits+1) / n
		e := math.Sqrt(p * (1 - p) / n)
		return &e
	case m.Stderr != nil && m.Stderr.Finite() && *m.Stderr >= 0:
		e := float64(*m.Stderr)
		return &e
	}
	return nil
}

// repeatsOf are the repeats of a difference, where runs of the steps made both: those of one seed belong together.
func repeatsOf(a, b mlgate.Metric) []mlgate.Number {
	if a.Runs == "" || a.Runs != b.Runs || len(a.Repeats) != len(b.Repeats) {
		return nil
	}
	out := make([]mlgate.Number, len(a.Repeats))
	for i := range out {
		out[i] = a.Repeats[i] - b.Repeats[i]
	}
	return out
}

func (t *tested) numberWords() string {
	if t.Method == mlgate.NoTest {
		return "not tested"
	}
	text := fmt.Sprintf("between %s and %s, each end at %.4g %% (%s", show(t.Low), show(t.High), 100*t.Confidence, t.Method)
	switch {
	case t.Groups == 0:
		text += fmt.Sprintf(", %d repeats", t.Head)
	case t.Head > 0:
		text += fmt.Sprintf(", %d examples or more in each part", t.Head)
	}
	return text + ")" + t.corrected()
}
