package stat

import (
	"math/rand/v2"
)

// blockSize is the number of examples that are drawn from together: its doubles fit into the first
// cache of a processor, and five of its indices into one random number.
const (
	blockBits = 12
	blockSize = 1 << blockBits
)

// drawSums fills sums with those of len(xs) draws from xs with replacement. Block after block: how many
// of the draws fall into it is binomial, given those that fell into the blocks before, which is the
// multinomial law; then they are drawn inside.
func drawSums(src *rand.PCG, xs, sums []float64) {
	left := make([]int, len(sums)) // draws that are still to be made, a resample each
	for i := range left {
		left[i] = len(xs)
	}
	for len(xs) > 0 {
		size := min(blockSize, len(xs))
		share := float64(size) / float64(len(xs))
		for i := range sums {
			k := drawBinomial(src, left[i], share)
			left[i] -= k
			if size == blockSize {
				sums[i] += drawBlock(src, (*[blockSize]float64)(xs), k)
			} else {
				sums[i] += drawRest(src, xs[:size], k)
			}
		}
		xs = xs[size:]
	}
}

// drawBlock sums k draws from a whole block.
func drawBlock(src *rand.PCG, xs *[blockSize]float64, k int) float64 {
	var a, b, c, d, e float64
	for ; k >= 5; k -= 5 {
		r := src.Uint64()
		a += xs[r%blockSize]
		b += xs[r>>blockBits%blockSize]
		c += xs[r>>(2*blockBits)%blockSize]
		d += xs[r>>(3*blockBits)%blockSize]
		e += xs[r>>(4*blockBits)%blockSize]
	}
	for r := src.Uint64(); k > 0; k-- {
		a += xs[r%blockSize]
		r >>= blockBits
	}
	return a + b + c + d + e
}

// drawRest sums k draws from fewer than a block, two from one random number; an index that would make
// some examples likelier is drawn again (D. Lemire, "Fast Random Integer Generation in an Interval", ACM
// TOMACS 29, 2019).
func drawRest(src *rand.PCG, xs []float64, k int) float64 {
	n := uint64(len(xs))
	unfair := (1 << 32) % n
	var sum float64
	for k > 0 {
		r := src.Uint64()
		for range 2 {
			product := r >> 32 * n
			r <<= 32
			if k > 0 && product&(1<<32-1) >= unfair {
				sum += xs[product>>32]
				k--
			}
		}
	}
	return sum
}
