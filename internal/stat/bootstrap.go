package stat

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// BootstrapPairs is the paired bootstrap of the difference of two rates (B. Efron, Annals of Statistics
// 7, 1979) in closed form: how often each kind of example is drawn is multinomial, so that a resample
// costs two binomial draws whatever the number of examples. Method "bootstrap". It needs two examples;
// when no example differs, the interval is a point: take [Tango] for few.
func BootstrapPairs(p Pairs, r Resampling, level float64) (Estimate, error) {
	if err := p.check(); err != nil {
		return Estimate{}, fmt.Errorf("resampling pairs: %w", err)
	}
	return bootstrapCounts([]weight{{1, p.HeadOnly}, {-1, p.BaseOnly}, {0, p.Both + p.Neither}}, r, level)
}

// Bootstrap resamples the mean of the numbers given, the differences of pairs of examples, say: n of n
// with replacement. Few distinct numbers are drawn by their counts; many by blocks of 4096, with how
// often a block is drawn first. Interval by percentile, or BCa; p-values by its inversion, with an error
// of about √(p(1−p)/resamples). Stderr is the closed form √(Σ(x − mean)²)/n. It needs two numbers, and
// some thirty before intervals hold their level.
func Bootstrap(xs []float64, r Resampling, level float64) (Estimate, error) {
	if _, err := momentsOf("numbers to resample", xs); err != nil {
		return Estimate{}, err
	}
	if ws := weigh(xs); ws != nil {
		return bootstrapCounts(ws, r, level)
	}
	n, err := checkResampling(r, level)
	if err != nil {
		return Estimate{}, err
	}
	mean := meanOf(xs)
	shifted := make([]float64, len(xs))
	for i, x := range xs {
		shifted[i] = x - mean
	}
	sums := make([]float64, n)
	drawSums(r.source(), shifted, sums)
	for i := range sums {
		sums[i] = mean + sums[i]/float64(len(xs))
	}
	slices.Sort(sums)
	s, a := spreadOf(shifted)
	return resampled("bootstrap", mean, s, level, largest(xs), sums, r.bent(a)), nil
}

func checkResampling(r Resampling, level float64) (int, error) {
	if err := checkLevel(level); err != nil {
		return 0, err
	}
	return r.count()
}

// bent is the acceleration where BCa is wanted.
func (r Resampling) bent(acceleration float64) *float64 {
	if !r.BCa {
		return nil
	}
	return &acceleration
}

// spreadOf gives the standard error of the bootstrap mean of numbers whose mean is 0, and the
// acceleration of BCa, Σx³/(6·(Σx²)^1.5), which is that of the jackknife.
func spreadOf(centred []float64) (stderr, acceleration float64) {
	var squares, cubes float64
	for _, x := range centred {
		squares += x * x
		cubes += x * x * x
	}
	if squares == 0 {
		return 0, 0
	}
	return math.Sqrt(squares) / float64(len(centred)), cubes / (6 * squares * math.Sqrt(squares))
}

// weight is a number and how often it occurs.
type weight struct {
	x float64
	n int
}

// fewDistinct is the number of distinct values up to which counts are drawn instead of examples.
const fewDistinct = 32

// weigh counts the distinct values, most frequent first, or gives nil when there are too many for
// drawing their counts to be cheaper than drawing examples.
func weigh(xs []float64) []weight {
	var ws []weight
	for _, x := range xs {
		i := slices.IndexFunc(ws, func(w weight) bool { return w.x == x })
		switch {
		case i >= 0:
			ws[i].n++
			for ; i > 0 && ws[i-1].n < ws[i].n; i-- { // the frequent are found first
				ws[i-1], ws[i] = ws[i], ws[i-1]
			}
		case len(ws) == fewDistinct:
			return nil
		default:
			ws = append(ws, weight{x, 1})
		}
	}
	slices.SortFunc(ws, func(a, b weight) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.x, b.x)) })
	if 16*len(ws) > len(xs) {
		return nil
	}
	return ws
}

func bootstrapCounts(ws []weight, r Resampling, level float64) (Estimate, error) {
	resamples, err := checkResampling(r, level)
	if err != nil {
		return Estimate{}, err
	}
	var total, sum, scale float64
	for _, w := range ws {
		total += float64(w.n)
		sum += w.x * float64(w.n)
		scale = max(scale, math.Abs(w.x))
	}
	if total < 2 {
		return Estimate{}, fmt.Errorf("resampling %v examples: want at least 2: %w", total, ErrTooFew)
	}
	mean := sum / total
	var squares, cubes float64
	for _, w := range ws {
		d := w.x - mean
		squares += float64(w.n) * d * d
		cubes += float64(w.n) * d * d * d
	}
	means, src := make([]float64, resamples), r.source()
	for i := range means {
		means[i] = drawCounts(src, ws, int(total)) / total
	}
	slices.Sort(means)
	a := 0.0
	if squares > 0 {
		a = cubes / (6 * squares * math.Sqrt(squares))
	}
	return resampled("bootstrap", mean, math.Sqrt(squares)/total, level, scale, means, r.bent(a)), nil
}

// drawCounts draws total examples from those that are weighed and gives their sum.
func drawCounts(src *rand.PCG, ws []weight, total int) float64 {
	var sum float64
	draws, rest := total, total
	for _, w := range ws {
		k := drawBinomial(src, draws, float64(w.n)/float64(max(rest, 1)))
		sum += w.x * float64(k)
		draws -= k
		rest -= w.n
	}
	return sum
}
