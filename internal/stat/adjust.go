package stat

import (
	"fmt"
	"math"
	"slices"
)

// Holm adjusts the p-values of several tests so that the chance of even one false claim stays at the
// level (S. Holm, Scandinavian Journal of Statistics 6, 1979): the i-th smallest of m times m − i + 1,
// never below a smaller one's, at most 1. No assumption on how the tests hang together. The order of the
// answer is the order given. ErrInput for a p outside [0, 1].
func Holm(ps []float64) ([]float64, error) {
	order, err := rising(ps)
	if err != nil {
		return nil, err
	}
	out, floor := make([]float64, len(ps)), 0.0
	for rank, i := range order {
		floor = max(floor, min(1, ps[i]*float64(len(ps)-rank)))
		out[i] = floor
	}
	return out, nil
}

// BenjaminiHochberg adjusts p-values so that of the claims made, at most the level is false on average:
// the false discovery rate (Y. Benjamini and Y. Hochberg, JRSS B 57, 1995). For tests that are
// independent or hang together positively. Order and errors as [Holm].
func BenjaminiHochberg(ps []float64) ([]float64, error) {
	order, err := rising(ps)
	if err != nil {
		return nil, err
	}
	out, ceiling := make([]float64, len(ps)), 1.0
	for rank := len(order) - 1; rank >= 0; rank-- {
		i := order[rank]
		ceiling = min(ceiling, ps[i]*float64(len(ps))/float64(rank+1))
		out[i] = ceiling
	}
	return out, nil
}

func rising(ps []float64) ([]int, error) {
	order := make([]int, len(ps))
	for i, p := range ps {
		if math.IsNaN(p) || p < 0 || p > 1 {
			return nil, fmt.Errorf("adjusting p-values: number %d is %v, want 0 to 1: %w", i+1, p, ErrInput)
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case ps[a] < ps[b]:
			return -1
		case ps[a] > ps[b]:
			return 1
		}
		return 0
	})
	return order, nil
}
