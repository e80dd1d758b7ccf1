package main

import (
	"math"
	"math/rand/v2"
)

// drawn is the number of hits of n examples, p being the chance of one. It goes outwards from the likeliest
// number until the masses it has passed add up to a random share.
func drawn(src *rand.Rand, n int, p float64) int {
	p = math.Min(math.Max(p, 0), 1)
	if p == 0 || p == 1 {
		return int(p) * n
	}
	mode := min(n, int(float64(n+1)*p))
	odds, left := p/(1-p), src.Float64()
	up := math.Exp(logMass(mode, n, p))
	down, low, high := up, mode, mode
	for left -= up; left > 0; {
		if high < n {
			up *= float64(n-high) / float64(high+1) * odds
			high++
			if left -= up; left <= 0 {
				return high
			}
		}
		if low > 0 {
			down *= float64(low) / float64(n-low+1) / odds
			low--
			if left -= down; left <= 0 {
				return low
			}
		}
		if up+down < 1e-300 { // what rounding left
			break
		}
	}
	return mode
}

func logMass(k, n int, p float64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
}

// training is a recipe whose models are not all alike: each seed gives one with another true accuracy, which
// is then measured on n examples of its own.
type training struct {
	accuracy, deviation float64 // over seeds: mean and standard deviation
	n                   int
}

// hits are those of one model.
func (t training) hits(src *rand.Rand) int {
	return drawn(src, t.n, t.accuracy+t.deviation*src.NormFloat64())
}

// run is what one commit's job measures: a share for each seed.
func (t training) run(src *rand.Rand, seeds int) []float64 {
	out := make([]float64, seeds)
	for i := range out {
		out[i] = float64(t.hits(src)) / float64(t.n)
	}
	return out
}

func mean(xs []float64) float64 {
	var sum float64
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}
