package stat

import (
	"math"
	"math/bits"
	"slices"
)

// exactFlips is the number of examples up to which every choice of signs is looked at.
const exactFlips = 16

// SignFlip tests the centre of symmetric numbers, such as the differences of pairs of which neither side
// is special, by flipping signs at random (R. A. Fisher, The Design of Experiments, 1935); exactly up to
// 16 numbers, from then on with resamples drawn choices, each counted once and the data once more
// (B. Phipson and G. Smyth, 2010), so that no p is 0.
//
// All margins are answered by one draw: a choice of signs is as extreme as the data for a margin just
// when the mean of the numbers whose sign it flips is at most the margin (J. A. Hartigan, JASA 64, 1969,
// typical values). So a p-value is a share of means of random subsets, and the interval an order statistic of
// them: infinite where there are too few numbers for the level. Stderr is s/√n. It needs two numbers.
func SignFlip(xs []float64, r Resampling, level float64) (Estimate, error) {
	m, err := momentsOf("numbers whose signs are flipped", xs)
	if err != nil {
		return Estimate{}, err
	}
	resamples, err := checkResampling(r, level)
	if err != nil {
		return Estimate{}, err
	}
	var means []float64
	if len(xs) <= exactFlips {
		means = allSubsets(xs)
	} else {
		means = someSubsets(r, xs, resamples)
	}
	slices.Sort(means)
	slack, n := tie*largest(xs), float64(len(means)+1)
	e := Estimate{Method: "sign flip", Value: m.mean, Level: level, Stderr: math.Sqrt(m.variance / m.n)}
	e.tails = func(limit float64) (above, below float64) {
		up, _ := slices.BinarySearchFunc(means, limit+slack, after)
		down, _ := slices.BinarySearchFunc(means, limit-slack, before)
		return float64(up+1) / n, float64(len(means)-down+1) / n
	}
	// The interval is of the margins whose p-value is above a on both sides.
	rank := int(math.Floor((1-level)/2*n*(1+tie))) - 1
	e.Interval = Interval{math.Inf(-1), math.Inf(1)}
	if rank >= 0 && rank < len(means) {
		e.Interval = Interval{min(m.mean, means[rank]), max(m.mean, means[len(means)-1-rank])}
	}
	return e, nil
}

// allSubsets gives the means of all subsets but the empty one, each from one with an element less.
func allSubsets(xs []float64) []float64 {
	sums := make([]float64, 1<<len(xs))
	for i := 1; i < len(sums); i++ {
		sums[i] = sums[i&(i-1)] + xs[bits.TrailingZeros(uint(i))]
	}
	for i := 1; i < len(sums); i++ {
		sums[i] /= float64(bits.OnesCount(uint(i)))
	}
	return sums[1:]
}

// stripe is the number of examples whose subsets are added up beforehand: a table of doubles that fits
// into the first cache, six indices to a random number.
const stripe = 10

// someSubsets gives the means of random subsets. Every stripe of examples has a table of the sums of its
// subsets, so that ten random bits add up ten examples.
func someSubsets(r Resampling, xs []float64, resamples int) []float64 {
	src := r.source()
	sums, sizes := make([]float64, resamples), make([]int32, resamples)
	var table [1 << stripe]float64
	for rest := xs; len(rest) > 0; rest = rest[min(stripe, len(rest)):] {
		part := rest[:min(stripe, len(rest))]
		mask := uint64(1)<<len(part) - 1
		for i := 1; i <= int(mask); i++ {
			table[i] = table[i&(i-1)] + part[bits.TrailingZeros(uint(i))]
		}
		for i := 0; i < resamples; {
			for random, k := src.Uint64(), 0; k < 6 && i < resamples; k, i = k+1, i+1 {
				subset := random & mask
				sums[i] += table[subset]
				sizes[i] += int32(bits.OnesCount64(subset))
				random >>= stripe
			}
		}
	}
	for i, size := range sizes {
		if size == 0 { // a chance of 2^-17 or less: the whole stands for the empty subset, which has no mean
			sums[i], size = meanOf(xs), 1
		}
		sums[i] /= float64(size)
	}
	return sums
}
