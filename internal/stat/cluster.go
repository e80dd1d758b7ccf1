package stat

import (
	"fmt"
	"math/bits"
	"slices"
)

// BootstrapClusters resamples whole groups, with replacement, of examples that hang together: those of
// one user, document or session (A. C. Davison and D. V. Hinkley, Bootstrap Methods, 1997, 3.8). group[i]
// names the group of xs[i]. The estimate is the mean over examples; a resample's is the sum of the groups
// drawn over their number of examples. Stderr is that of the ratio, √(Σ(s − m·mean)²)/n over groups of sum
// s and size m. It needs two groups, and some thirty before intervals hold their level. The order of the
// groups is that of their first example.
func BootstrapClusters(xs []float64, group []string, r Resampling, level float64) (Estimate, error) {
	if len(xs) != len(group) {
		return Estimate{}, fmt.Errorf("resampling %d numbers with %d names of groups: want as many: %w", len(xs), len(group), ErrInput)
	}
	if _, err := momentsOf("numbers to resample", xs); err != nil {
		return Estimate{}, err
	}
	resamples, err := checkResampling(r, level)
	if err != nil {
		return Estimate{}, err
	}
	clusters := clustersOf(xs, group)
	if len(clusters) < 2 {
		return Estimate{}, fmt.Errorf("resampling groups: all %d examples are of one: %w", len(xs), ErrTooFew)
	}
	mean := meanOf(xs)
	residuals := make([]float64, len(clusters))
	for i := range clusters {
		clusters[i].sum -= mean * clusters[i].size
		residuals[i] = clusters[i].sum
	}
	stderr, a := spreadOf(residuals)
	stderr *= float64(len(clusters)) / float64(len(xs))
	src, means := r.source(), make([]float64, resamples)
	for i := range means {
		var sum, size float64
		for range clusters {
			c := clusters[below(src.Uint64, uint64(len(clusters)))]
			sum += c.sum
			size += c.size
		}
		means[i] = mean + sum/size
	}
	slices.Sort(means)
	return resampled("cluster bootstrap", mean, stderr, level, largest(xs), means, r.bent(a)), nil
}

type cluster struct{ sum, size float64 }

func clustersOf(xs []float64, group []string) []cluster {
	var all []cluster
	index := map[string]int{}
	for i, x := range xs {
		at, known := index[group[i]]
		if !known {
			at = len(all)
			index[group[i]] = at
			all = append(all, cluster{})
		}
		all[at].sum += x
		all[at].size++
	}
	return all
}

// below draws from 0 to n − 1, without favour (Lemire, as drawRest, with 128 bits).
func below(next func() uint64, n uint64) uint64 {
	for {
		high, low := bits.Mul64(next(), n)
		if low >= n || low >= -n%n {
			return high
		}
	}
}
