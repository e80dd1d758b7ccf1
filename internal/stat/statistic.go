package stat

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Sample is what a [Statistic] is computed from, an example after the other.
type Sample struct {
	Values []float64 // finite: what each statistic takes
	Labels []bool    // where it takes labels
	Actual []float64 // where it takes numbers that were to be predicted; finite
}

// Statistic is a number of a sample that is no mean: how much an example changes it hangs on the others.
type Statistic struct {
	name string
	of   func(Sample) float64
	// by prepares the statistic of drawn units. at[i] is the unit of example i; what it gives takes how often
	// each unit was drawn.
	by func(s Sample, at []int, units int) func(drawn []int) float64
	// smooth: a small change of the data changes it a little, so that BCa may correct it. binned: it is a sum
	// of absolute values, which noise makes larger.
	smooth, binned bool
	beyond         float64 // of a quantile: the smaller share of examples on one side of it
}

// Named gives a statistic by its usual name: rmse, r2, p95 for the 0.95 quantile, ece15 for a calibration error
// of 15 bins. False: no such name.
func Named(name string) (Statistic, bool) {
	switch name {
	case "rmse":
		return RMSE(), true
	case "r2":
		return R2(), true
	}
	if percent, is := strings.CutPrefix(name, "p"); is {
		if n, err := strconv.Atoi(percent); err == nil && n > 0 && n < 100 {
			return Quantile(float64(n) / 100), true
		}
	}
	if bins, is := strings.CutPrefix(name, "ece"); is {
		if n, err := strconv.Atoi(bins); err == nil && n > 1 {
			return ECE(n), true
		}
	}
	return Statistic{}, false
}

// Of computes the statistic. ErrTooFew: the sample is empty, or nothing in it varies as it must.
func (s Statistic) Of(x Sample) (float64, error) {
	if err := checkFinite("a sample", x.Values); err != nil {
		return 0, err
	}
	if len(x.Values) == 0 {
		return 0, fmt.Errorf("computing %s: no examples: %w", s.name, ErrTooFew)
	}
	v := s.of(x)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("computing %s of %d examples: their numbers are too large, or do not vary: %w", s.name, len(x.Values), ErrTooFew)
	}
	return v, nil
}

// Quantile is the number that a share q of Values does not exceed, interpolated between the order statistics
// at q·(n − 1), counted from 0 (type 7 of R. J. Hyndman and Y. Fan, American Statistician 50, 1996; NumPy's
// "linear").
func Quantile(q float64) Statistic {
	return Statistic{
		name: fmt.Sprintf("the %g quantile", q), beyond: min(q, 1-q),
		of: func(x Sample) float64 { return quantile(slices.Sorted(slices.Values(x.Values)), q) },
		by: func(x Sample, at []int, units int) func([]int) float64 { return quantileBy(x.Values, q, at, units) },
	}
}

// RMSE is the root of the mean of Values, which are squared errors.
func RMSE() Statistic {
	return bySums("rmse", 2, func(x Sample, i int, sum []float64) {
		sum[0]++
		sum[1] += x.Values[i]
	}, func(sum []float64) float64 { return math.Sqrt(sum[1] / sum[0]) })
}

// R2 is the coefficient of determination of predictions, Values, of Actual: 1 − Σ(a − v)²/Σ(a − mean a)².
func R2() Statistic {
	s := bySums("r²", 4, func(x Sample, i int, sum []float64) {
		a := x.Actual[i] - x.Actual[0] // so that a large mean does not eat the variance
		miss := x.Actual[i] - x.Values[i]
		sum[0]++
		sum[1] += miss * miss
		sum[2] += a
		sum[3] += a * a
	}, func(sum []float64) float64 { return 1 - sum[1]/(sum[3]-sum[2]*sum[2]/sum[0]) })
	s.of = func(x Sample) float64 {
		mean := meanOf(x.Actual)
		var missed, all float64
		for i, a := range x.Actual {
			missed += (a - x.Values[i]) * (a - x.Values[i])
			all += (a - mean) * (a - mean)
		}
		return 1 - missed/all
	}
	return s
}

// ECE is the expected calibration error of probabilities, Values, of a label (M. P. Naeini, G. Cooper and M.
// Hauskrecht, AAAI 2015): over bins (k/bins, (k + 1)/bins], 0 in the first, the distance between mean label and
// mean probability, weighted by examples. Of few examples it is too large, as each bin's noise adds to it: a
// well calibrated model has about 0.8·Σ√(p(1−p)·nₖ)/n where the truth is 0.
func ECE(bins int) Statistic {
	edges := make([]float64, bins-1) // as numpy.linspace has them
	for k := range edges {
		edges[k] = float64(k+1) * (1 / float64(bins))
	}
	s := bySums("ece", bins+1, func(x Sample, i int, sum []float64) {
		miss := x.Values[i]
		if x.Labels[i] {
			miss--
		}
		sum[0]++
		sum[1+sort.SearchFloat64s(edges, x.Values[i])] += miss
	}, func(sum []float64) float64 {
		var all float64
		for _, miss := range sum[1:] {
			all += math.Abs(miss)
		}
		return all / sum[0]
	})
	s.smooth, s.binned = false, true
	return s
}

// bySums is a statistic that is a smooth function of sums over examples.
func bySums(name string, sums int, add func(x Sample, i int, sum []float64), of func(sum []float64) float64) Statistic {
	return Statistic{
		name: name, smooth: true,
		of: func(x Sample) float64 {
			sum := make([]float64, sums)
			for i := range x.Values {
				add(x, i, sum)
			}
			return of(sum)
		},
		by: func(x Sample, at []int, units int) func([]int) float64 {
			each, sum := make([]float64, sums*units), make([]float64, sums)
			for i, u := range at {
				add(x, i, each[u*sums:(u+1)*sums])
			}
			return func(drawn []int) float64 {
				clear(sum)
				for u, k := range drawn {
					if k == 0 {
						continue
					}
					for j, v := range each[u*sums : (u+1)*sums] {
						sum[j] += float64(k) * v
					}
				}
				return of(sum)
			}
		},
	}
}

// spare is how many standard errors of a rank are looked at on either side of a quantile, before all numbers
// are.
const spare = 7

// quantileBy walks through the numbers in their order, as often as each was drawn, to the quantile. Those that
// are far from it are counted by unit and not walked through.
func quantileBy(xs []float64, q float64, at []int, units int) func(drawn []int) float64 {
	n := len(xs)
	order := make([]int, n)
	size := make([]int, units)
	for i := range order {
		order[i] = i
		size[at[i]]++
	}
	sort.SliceStable(order, func(a, b int) bool { return xs[order[a]] < xs[order[b]] })
	reach := int(spare*math.Sqrt(float64(n)*q*(1-q))) + 2
	from, to := max(0, int(q*float64(n))-reach), min(n, int(q*float64(n))+reach)
	under := make([]int, units)
	for _, i := range order[:from] {
		under[at[i]]++
	}
	return func(drawn []int) float64 {
		total, below := 0, 0
		for u, k := range drawn {
			total += k * size[u]
			below += k * under[u]
		}
		want := q * float64(total-1)
		rank := int(want)
		part := want - float64(rank)
		if below > rank { // groups move more than single examples do
			return walk(xs, order, at, drawn, 0, rank, part)
		}
		if v := walk(xs, order[from:to], at, drawn, below, rank, part); !math.IsNaN(v) {
			return v
		}
		return walk(xs, order, at, drawn, 0, rank, part)
	}
}

// walk finds the number at a rank, counted from 0, and interpolates to the next by part; NaN: it ends before.
func walk(xs []float64, order, at, drawn []int, below, rank int, part float64) float64 {
	low := math.NaN()
	for _, i := range order {
		below += drawn[at[i]]
		if below > rank && math.IsNaN(low) {
			if low = xs[i]; part == 0 {
				return low
			}
		}
		if below > rank+1 {
			return low + part*(xs[i]-low)
		}
	}
	return math.NaN()
}
