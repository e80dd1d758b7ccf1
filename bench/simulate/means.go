package main

import (
	"math"
	"math/rand/v2"
)

// law is how the difference of an example comes to be, of mean 0 and deviation 1, and what bounds every test
// whose level holds for the laws of its kind: the best one against a single of them, at the bound.
type law struct {
	name string
	draw func(*rand.Rand) float64
	best func(n int, drop float64) float64
	hard bool // leans so far that the level is not kept
}

var laws = []law{
	{"normal", (*rand.Rand).NormFloat64, bestOfNormal, false},
	{"exponential", func(r *rand.Rand) float64 { return 1 - r.ExpFloat64() }, bestOfExponential, false},
	{"one in ten differs", rare, bestOfRare, false},
	{"lognormal", func(r *rand.Rand) float64 { return (depth - math.Exp(r.NormFloat64())) / spread }, bestOfLognormal, true},
}

// depth and spread are the mean and the deviation of exp of a standard normal.
var depth, spread = math.Sqrt(math.E), math.Sqrt(math.E * (math.E - 1))

// rare is 0 in nine of ten, and else either way, of variance 1.
func rare(r *rand.Rand) float64 {
	if r.IntN(10) > 0 {
		return 0
	}
	return math.Sqrt(10) * r.NormFloat64()
}

// bestOfNormal is z, which knows the deviation.
func bestOfNormal(n int, drop float64) float64 {
	stderr := noise / math.Sqrt(float64(n))
	return normally(stderr, stderr, drop)
}

// bestOfExponential is that of exponential distances from the same end, of which the mean alone is not known:
// their sum follows a gamma law.
func bestOfExponential(n int, drop float64) float64 {
	ratio := (noise - drop + allowed) / noise // of the mean distances, at the bound and in truth
	if ratio < 1 {
		return gammaAbove(n, ratio*gammaQuantile(n, 1-confidence))
	}
	return 1 - gammaAbove(n, ratio*gammaQuantile(n, confidence))
}

// gammaAbove is the chance that a sum of n standard exponential numbers is above x.
func gammaAbove(n int, x float64) float64 {
	term, sum := -x, 0.0
	for k := range n {
		sum += math.Exp(term)
		term += math.Log(x / float64(k+1))
	}
	return min(sum, 1)
}

// gammaQuantile is the number above which that sum lies with chance p.
func gammaQuantile(n int, p float64) float64 {
	low, high := 0.0, 3*float64(n)+50
	for range 100 {
		if mid := (low + high) / 2; gammaAbove(n, mid) > p {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// bestOfRare is that of laws of which a tenth differs, normally and as widely, by a mean that is not known.
func bestOfRare(n int, drop float64) float64 {
	const share, cells, wide = 0.1, 500, 7.0
	away := (drop - allowed) / share / (noise * math.Sqrt(1/share)) // of one that differs, in its deviations
	differing := newBinomial(n, share)
	var seen []chanceOf
	for i, mass := range differing.mass {
		shift := away * math.Sqrt(float64(differing.low+i)) // of their standardised sum, at the bound
		from := min(0, shift) - wide
		step := (max(0, shift) + wide - from) / cells
		for c := range cells {
			x := from + float64(c)*step
			seen = append(seen, chanceOf{
				null:  mass * (normalAbove(x-shift) - normalAbove(x+step-shift)),
				truth: mass * (normalAbove(x) - normalAbove(x+step)),
			})
		}
	}
	return strongest(seen, 1-confidence)
}

// bestOfLognormal is z on the logarithms of the distances from the same end, whose deviation is known.
func bestOfLognormal(n int, drop float64) float64 {
	unit := depth / spread * noise
	return 1 - normalAbove(math.Abs(math.Log((unit-drop+allowed)/unit))*math.Sqrt(float64(n))-zOf)
}

func normalAbove(x float64) float64 { return math.Erfc(x/math.Sqrt2) / 2 }

// errorOfCurves is the true standard error of the difference of two areas, from histories of their own.
func errorOfCurves(n int, drop float64) float64 {
	const histories = 2000
	src := rand.New(rand.NewPCG(uint64(n), math.Float64bits(drop)))
	var sum, squares float64
	for range histories {
		e, err := drawCurves(src, n).difference(drop)
		if err != nil { // there are labels of both kinds
			panic(err)
		}
		d := e.Value
		sum += d
		squares += d * d
	}
	return math.Sqrt((squares - sum*sum/histories) / (histories - 1))
}
