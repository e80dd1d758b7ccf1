package stat

import (
	"fmt"
	"math"
)

// CautiousClusters is [CautiousT] for examples that hang together in groups: those of one user, document or
// session. group[i] names the group of xs[i]. The estimate is the mean over examples. Each group stands for
// by how much the mean moves when it is left out (the jackknife over groups; J. MacKinnon, M. Nielsen and
// M. Webb, Journal of Applied Econometrics 38, 2023, CV3): a group of sum s and size m, of n examples, counts
// (s − m·mean)/(1 − m/n). Stderr is the jackknife's. Groups count by their effective number, n²/Σm² (L. Kish,
// Survey Sampling, 1965), which is their number where they are of one size, and less where a few of them are
// large. It needs two groups, and some ten before much can be shown.
func CautiousClusters(xs []float64, group []string, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if len(xs) != len(group) {
		return Estimate{}, fmt.Errorf("comparing groups of %d numbers with %d names of groups: want as many: %w", len(xs), len(group), ErrInput)
	}
	m, err := momentsOf("numbers", xs)
	if err != nil {
		return Estimate{}, err
	}
	sums, sizes := clustersOf(xs, m.mean, group)
	if len(sums) < 2 {
		return Estimate{}, fmt.Errorf("comparing groups: all %d examples are of one: %w", len(xs), ErrTooFew)
	}
	count, crowd, squares := float64(len(sums)), 0.0, 0.0
	moves := sums
	for i, size := range sizes {
		share := size / m.n
		crowd += share * share
		moves[i] = sums[i] / m.n / (1 - share)
		squares += moves[i] * moves[i]
	}
	return cautious("cautious t on groups", m.mean, math.Sqrt(squares*(count-1)/count), skewnessOf(moves), 1/crowd, level), nil
}

// clustersOf are the sums of how far the numbers of each group lie from the mean, and the sizes of the groups,
// in the order of their first examples.
func clustersOf(xs []float64, mean float64, group []string) (sums, sizes []float64) {
	index := map[string]int{}
	for i, x := range xs {
		at, known := index[group[i]]
		if !known {
			at = len(sums)
			index[group[i]] = at
			sums, sizes = append(sums, 0), append(sizes, 0)
		}
		sums[at] += x - mean
		sizes[at]++
	}
	return sums, sizes
}
