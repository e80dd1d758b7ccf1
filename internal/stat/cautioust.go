package stat

import "math"

// CautiousT estimates the mean of independent numbers, the differences of pairs of examples, say, by Student's
// t made cautious about skewness. Numbers that lean to one side make t wrong more often than it says on one of
// its sides: of 30 exponential ones 10 times in 100 where 5 are promised. P. Hall's transformation (Journal of
// the Royal Statistical Society B 54, 1992) of t at a skewness g,
//
//	t + g·(t²/3 + 1/6)/√n + g²·t³/(27n),
//
// takes that back for the g that is true. Here g is any between 0, which is t as it is, and the skewness of
// the sample without its bias by B. Bobée and R. Robitaille (Water Resources Research 11, 1975); each of both
// p-values is told as the largest of all these. So skewness never makes a claim surer than t does, and few
// numbers, whose skewness is not known well, make less of it than a claim needs.
//
// Interval by inversion; Stderr is s/√n. Numbers that are all equal are taken for certain. It needs two
// numbers. No test of a mean holds its level for every law (R. Bahadur and L. Savage, 1956): where it does, and
// where not, is measured in docs/truth.md.
func CautiousT(xs []float64, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	m, err := momentsOf("numbers", xs)
	if err != nil {
		return Estimate{}, err
	}
	centred := make([]float64, len(xs))
	for i, x := range xs {
		centred[i] = x - m.mean
	}
	return cautious("cautious t", m.mean, math.Sqrt(m.variance/m.n), skewnessOf(centred), m.n, level), nil
}

// skewnessOf is Σx³/n over (Σx²/n)^1.5 of numbers that lie about 0; 0 where all are 0. It scales them.
func skewnessOf(xs []float64) float64 {
	most := largest(xs)
	if most == 0 {
		return 0
	}
	for i := range xs {
		xs[i] /= most // so that cubes neither vanish nor overflow
	}
	_, acceleration := spreadOf(xs)
	return 6 * acceleration * math.Sqrt(float64(len(xs)))
}

// cautious is the estimate of a mean by what is known of it: n is how many numbers it rests on, which is their
// effective number where some weigh more.
func cautious(method string, mean, stderr, skewness, n, level float64) Estimate {
	if stderr == 0 {
		return located(method, mean, 0, math.Inf(1), level)
	}
	lean, df := unbiased(skewness, n)/math.Sqrt(n), n-1
	wanted := upperStudent((1-level)/2, df)
	reach := func(lean float64) float64 { // beyond wanted, hall gives more than a quarter of t less one
		return crossing(func(t float64) float64 { return hall(t, lean) - wanted }, wanted, 4*wanted+4)
	}
	return Estimate{
		Method: method, Value: mean, Level: level, Stderr: stderr,
		Interval: Interval{mean - stderr*reach(lean), mean + stderr*reach(-lean)},
		tails: func(limit float64) (above, below float64) {
			t := standardise(mean-limit, stderr)
			return tailStudent(hall(t, lean), df), tailStudent(hall(-t, -lean), df)
		},
	}
}

// unbiased takes from a skewness what few numbers make it too small by, for laws between the symmetric and the
// exponential one and beyond (Pearson's third type).
func unbiased(g, n float64) float64 {
	return g*(1+6.51/n+20.2/(n*n)) + g*g*g*(1.48/n+6.77/(n*n))
}

// hall is the least of Hall's transformations of t over leans, skewness/√n, between 0 and the one given. It
// rises with t. As a function of the lean x it is t + x·(t²/3 + 1/6) + x²·t³/27: a parabola, open above for
// t above 0 and else open below.
func hall(t, lean float64) float64 {
	const far = 1e100 // of which the cube is still a double
	if math.IsInf(t, 0) {
		return t
	}
	t = clamp(t, -far, far)
	slope, bend := t*t/3+1.0/6, t*t*t/27
	at := func(x float64) float64 { return t + x*(slope+x*bend) }
	if t > 0 {
		return at(clamp(-slope/(2*bend), min(lean, 0), 0))
	}
	return min(t, at(lean))
}
