package main

import (
	"math"
	"slices"

	"github.com/mlgate/mlgate/internal/stat"
)

// The rules of other tools, for a number that is better when higher. Each says whether it alarms about a new
// number, given those of the runs before, oldest first. None can say that it does not know.

// ratioRule is github-action-benchmark's: the number before over the new one, beyond alert-threshold, of
// which 200 % is the default.
func ratioRule(history []float64, now float64) bool { return history[len(history)-1]/now > 2 }

// below is bencher's z_score and t_test with a lower boundary: below mean − quantile·deviation of the history, the
// deviation being the root of the mean square, and the quantile the normal's or Student's of one degree of
// freedom less than runs.
func below(history []float64, now, quantile float64) bool {
	m := mean(history)
	var squares float64
	for _, x := range history {
		squares += (x - m) * (x - m)
	}
	deviation := math.Sqrt(squares / float64(len(history)))
	return deviation > 0 && now < m-quantile*deviation
}

// iqrRule is bencher's iqr with a lower boundary of 1.5: below the median by so many distances of the quartiles.
func iqrRule(history []float64, now float64) bool {
	sorted := slices.Clone(history)
	slices.Sort(sorted)
	at := func(p float64) float64 {
		rank := p * float64(len(sorted)-1)
		i := int(rank)
		return sorted[i] + (sorted[min(i+1, len(sorted)-1)]-sorted[i])*(rank-float64(i))
	}
	return now < at(0.5)-1.5*(at(0.75)-at(0.25))
}

// zOf is the normal quantile of the confidence, tOf Student's of one degree of freedom less than runs; both
// are taken from an estimate's interval.
var zOf = scaled(stat.Z(0, 1, 2*confidence-1))

func tOf(runs int) float64 {
	xs := make([]float64, runs)
	for i := range xs {
		xs[i] = float64(i)
	}
	return scaled(stat.MeanT(xs, 2*confidence-1))
}

func scaled(e stat.Estimate, err error) float64 {
	if err != nil {
		panic(err) // the numbers above are in order
	}
	return (e.Interval.High - e.Value) / e.Stderr
}
