package stat

import (
	"math/rand/v2"
)

// weyl is the step of SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, "Fast Splittable Pseudorandom Number
// Generators", OOPSLA 2014): its state grows by it with each number. The loops that draw have its few operations in
// them, where a number of rand.PCG is a call.
const weyl = 0x9e3779b97f4a7c15

// scramble makes the random number of a state.
func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

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
	state := src.Uint64()          // of the numbers that draw inside of blocks
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
			var sum float64
			if size == blockSize {
				sum, state = drawBlock(state, (*[blockSize]float64)(xs), k)
			} else {
				sum, state = drawRest(state, xs[:size], k)
			}
			sums[i] += sum
		}
		xs = xs[size:]
	}
}

// drawBlock sums k draws from a whole block, and gives the state after them.
func drawBlock(state uint64, xs *[blockSize]float64, k int) (sum float64, _ uint64) {
	var a, b, c, d, e float64
	for ; k >= 5; k -= 5 {
		state += weyl
		r := scramble(state)
		a += xs[r%blockSize]
		r >>= blockBits
		b += xs[r%blockSize]
		r >>= blockBits
		c += xs[r%blockSize]
		r >>= blockBits
		d += xs[r%blockSize]
		r >>= blockBits
		e += xs[r%blockSize]
	}
	state += weyl
	for r := scramble(state); k > 0; k-- {
		a += xs[r%blockSize]
		r >>= blockBits
	}
	return a + b + c + d + e, state
}

// drawRest sums k draws from fewer than a block, two from one random number; an index that would make
// some examples likelier is drawn again (D. Lemire, "Fast Random Integer Generation in an Interval", ACM
// TOMACS 29, 2019).
func drawRest(state uint64, xs []float64, k int) (sum float64, _ uint64) {
	n := uint64(len(xs))
	unfair := (1 << 32) % n
	for k > 0 {
		state += weyl
		r := scramble(state)
		for range 2 {
			product := r >> 32 * n
			r <<= 32
			if k > 0 && product&(1<<32-1) >= unfair {
				sum += xs[product>>32]
				k--
			}
		}
	}
	return sum, state
}
