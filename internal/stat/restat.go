package stat

import (
	"fmt"
	"math"
	"slices"
)

// mostUnits is how many units are drawn at most: more examples are put together, by their number, into as
// many blocks. The mean of two thousand is as normal as that of more, and their spread is known to 2%.
const mostUnits = 2000

// BootstrapDifference resamples examples that both sides were measured on, and compares the statistic of both
// in each resample: head − base. group[i] names the group of example i, and whole groups are drawn; nil: each
// example by itself. Where there are more than 2,000 of them they are drawn in blocks, by their order, which
// must say nothing of their values.
//
// Of quantiles the interval is the percentile one; of RMSE and R² that of BCa. Of a calibration error, whose
// resamples are larger than itself, it is z with their standard error: it is about the error that as many
// other examples would give, which is larger than the one that infinitely many would.
//
// It is ErrTooFew with fewer than two units, with so few that fewer than ten of them are beyond a quantile, and
// where resamples have no value.
func BootstrapDifference(s Statistic, head, base Sample, group []string, r Resampling, level float64) (Estimate, error) {
	n := len(head.Values)
	if n != len(base.Values) || group != nil && n != len(group) {
		return Estimate{}, fmt.Errorf("resampling pairs: want as many of both sides, and as many groups: %w", ErrInput)
	}
	resamples, err := checkResampling(r, level)
	if err != nil {
		return Estimate{}, err
	}
	h, err := s.Of(head)
	if err != nil {
		return Estimate{}, err
	}
	b, err := s.Of(base)
	if err != nil {
		return Estimate{}, err
	}
	at, units := unitsOf(n, group)
	if least := s.least(); units < least {
		return Estimate{}, fmt.Errorf("resampling %s: %d examples of %d units, and at least %d are needed: %w", s.name, n, units, least, ErrTooFew)
	}
	at, units = blocks(at, units)
	by := paired(s.by(head, at, units), s.by(base, at, units))
	diffs, src, drawn := make([]float64, resamples), r.source(), make([]int, units)
	for i := range diffs {
		clear(drawn)
		for range units {
			drawn[below(src.Uint64, uint64(units))]++
		}
		if diffs[i] = by(drawn); math.IsNaN(diffs[i]) || math.IsInf(diffs[i], 0) {
			return Estimate{}, fmt.Errorf("resampling %d examples: in some resamples %s has no value: %w", n, s.name, ErrTooFew)
		}
	}
	m, err := momentsOf("resamples", diffs)
	if err != nil {
		return Estimate{}, err
	}
	if s.binned {
		e := located("bootstrap z", h-b, math.Sqrt(m.variance), math.Inf(1), level)
		return e, nil
	}
	slices.Sort(diffs)
	var bent *float64
	if s.smooth && r.BCa {
		bent = jackknife(by, drawn)
	}
	return resampled("paired bootstrap", h-b, math.Sqrt(m.variance), level, max(math.Abs(h), math.Abs(b)), diffs, bent), nil
}

func paired(head, base func([]int) float64) func([]int) float64 {
	return func(drawn []int) float64 { return head(drawn) - base(drawn) }
}

// unitsOf gives the unit of each example: its group, or itself.
func unitsOf(n int, group []string) (at []int, units int) {
	at = make([]int, n)
	index := map[string]int{}
	for i := range at {
		at[i] = i
		if group == nil {
			continue
		}
		u, known := index[group[i]]
		if !known {
			u = len(index)
			index[group[i]] = u
		}
		at[i] = u
	}
	if group != nil {
		return at, len(index)
	}
	return at, n
}

// blocks puts units together where they are too many.
func blocks(at []int, units int) ([]int, int) {
	if units <= mostUnits {
		return at, units
	}
	for i := range at {
		at[i] = int(int64(at[i]) * mostUnits / int64(units))
	}
	return at, mostUnits
}

// fewBeyond is how many units there must be on either side of a quantile.
const fewBeyond = 10

// least is how many units a resample must draw.
func (s Statistic) least() int {
	if s.beyond == 0 {
		return 2
	}
	return int(math.Ceil(fewBeyond/s.beyond - 1e-9))
}

// jackknife is the acceleration of BCa from leaving out one unit after the other; nil: one of them leaves
// nothing to compute with, and nothing is corrected.
func jackknife(by func([]int) float64, drawn []int) *float64 {
	for u := range drawn {
		drawn[u] = 1
	}
	without := make([]float64, len(drawn))
	for u := range drawn {
		drawn[u] = 0
		without[u] = by(drawn)
		drawn[u] = 1
	}
	if checkFinite("what is left without one", without) != nil {
		return nil
	}
	mean := meanOf(without)
	for u := range without {
		without[u] = mean - without[u]
	}
	_, a := spreadOf(without)
	return &a
}
