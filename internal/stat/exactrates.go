package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// MiettinenNurminenExact is [MiettinenNurminen] with exact p-values: of all counts that could have been, those
// whose score is as far out as what was seen are added up, at the pair of true rates, the margin apart, at which
// they are likeliest (I. Chan, Statistics in Medicine 17, 1998). Looked at are the base's rates that its hits
// leave possible, but for a chance of [unlikely], which is added (R. Berger and D. Boos, JASA 89, 1994). So
// its level holds at any number of examples and any rates. The interval is its inversion, to a hundredth
// of an example. Above [MostExact] examples on a side it is [MiettinenNurminenCC], from which it then differs
// by less than a point of power.
func MiettinenNurminenExact(head, base Rate, level float64) (Estimate, error) {
	e, err := MiettinenNurminenCC(head, base, level)
	if err != nil || max(head.N, base.N) > MostExact {
		return e, err
	}
	x := newExact(head, base)
	e.Method, e.Stderr, e.tails = "miettinen-nurminen exact", unpooled(head, base), x.tails
	a, step := (1-level)/2, 1/float64(min(head.N, base.N))
	low, _ := turning(func(m float64) bool { return x.tail(m, 1) > a }, e.Interval.Low, step, -1, e.Value)
	_, high := turning(func(m float64) bool { return x.tail(m, -1) <= a }, e.Interval.High, step, e.Value, 1)
	e.Interval = Interval{low, high}
	return e.orImplied(), nil
}

// RateTails gives the p-values of [MiettinenNurminenExact] for one margin, as [Estimate.Above] and
// [Estimate.Below] do, without the interval, which takes most of the time.
func RateTails(head, base Rate, margin float64) (above, below float64, err error) {
	if err := checkRates(head, base, 0.5); err != nil {
		return 1, 1, err
	}
	if max(head.N, base.N) > MostExact {
		above, below = scoreTails(func(m float64) float64 { return rateScore(head, base, m, halfStep(head, base)) }, head.Value()-base.Value())(margin)
		return above, below, nil
	}
	above, below = newExact(head, base).tails(margin)
	return above, below, nil
}

// MostExact is the largest number of examples of a side for which [MiettinenNurminenExact] adds up: sums take
// time with the square of its root, and from some thousands on the continuity correction costs nothing.
const MostExact = 4000

// unlikely is the chance that the base's rate is not among those that are looked at.
const unlikely = 1e-6

// turning is where yes begins to hold, between low and high, near to guess, in steps at first: the point before and
// the one after, a hundredth of the first step apart.
func turning(yes func(float64) bool, guess, step, low, high float64) (before, after float64) {
	a, b := clamp(guess, low, high), clamp(guess, low, high)
	small := step / 128
	for ; a > low && yes(a); step *= 2 {
		b, a = a, max(low, a-step)
	}
	for ; b < high && !yes(b); step *= 2 {
		a, b = b, min(high, b+step)
	}
	if a == low && yes(a) {
		return low, low
	}
	for b-a > small {
		if mid := a + (b-a)/2; yes(mid) {
			b = mid
		} else {
			a = mid
		}
	}
	return a, b
}

type exactRates struct {
	head, base Rate
	low, high  float64 // rates of base that are looked at
}

func newExact(head, base Rate) exactRates {
	x := exactRates{head: head, base: base}
	x.low, x.high = x.possible()
	return x
}

// possible is the interval of Clopper and Pearson of the base's rate.
func (x exactRates) possible() (low, high float64) {
	k, n := float64(x.base.Hits), float64(x.base.N)
	high = 1
	if k > 0 {
		low = mathext.InvRegIncBeta(k, n-k+1, unlikely/2)
	}
	if k < n {
		high = 1 - mathext.InvRegIncBeta(n-k, k+1, unlikely/2)
	}
	return low, high
}

// sameScore is by how much two scores may differ by rounding alone.
const sameScore = 1e-9

func (x exactRates) tails(margin float64) (above, below float64) {
	if margin < -1 || margin > 1 {
		return beyond(margin < -1)
	}
	return x.tail(margin, 1), x.tail(margin, -1)
}

// tail is the p-value of "the difference is at most margin", for side 1, or "at least", for −1: the largest chance
// of a score that is as far to that side.
func (x exactRates) tail(margin, side float64) float64 {
	low, high := max(0, -margin), min(1, 1-margin)
	low, high = clamp(x.low, low, high), clamp(x.high, low, high)
	seen := rateScore(x.head, x.base, margin, 0)
	seen -= side * sameScore * max(1, math.Abs(seen))
	first, last := support(x.base.N, low, high)
	// Below so many hits of head the score is less than what was seen; more hits of base need more of head.
	least, h := make([]int, last-first+1), 0
	for b := first; b <= last; b++ {
		for h <= x.head.N && rateScore(Rate{h, x.head.N}, Rate{b, x.base.N}, margin, 0) < seen {
			h++
		}
		least[b-first] = h
	}
	return min(1, unlikely+highest(func(rate float64) float64 {
		head, base := lawOf(x.head.N, clamp(rate+margin, 0, 1)), lawOf(x.base.N, rate)
		sum := 0.0
		for i, m := range base.mass {
			if b := base.first + i - first; b >= 0 && b < len(least) {
				sum += m * head.tail(least[b], side)
			}
		}
		return sum
	}, low, high, max(x.head.N, x.base.N)))
}

// highest is the largest value of f between two rates. It is looked for in steps of half a standard
// error, which is the same at all rates in the angle whose sine is the root of one, and then around each value
// that is nearly the largest.
func highest(f func(rate float64) float64, low, high float64, n int) float64 {
	from, to := math.Asin(math.Sqrt(low)), math.Asin(math.Sqrt(high))
	count := 1 + int(math.Ceil((to-from)*4*math.Sqrt(float64(n))))
	step := (to - from) / float64(count)
	at := func(i float64) float64 { s := math.Sin(from + i*step); return f(clamp(s*s, low, high)) }
	known := make([]float64, count+1)
	for i := range known {
		known[i] = at(float64(i))
	}
	return peak(known, at)
}

// nearly the largest is what may become it between two steps.
const nearly = 0.9

// peak is the largest value of f, which is known at whole numbers.
func peak(known []float64, f func(float64) float64) float64 {
	best := 0.0
	for _, v := range known {
		best = max(best, v)
	}
	limit := nearly * best
	for i, v := range known {
		if v < limit || i > 0 && known[i-1] > v || i+1 < len(known) && known[i+1] > v {
			continue
		}
		best = max(best, top(f, float64(max(0, i-1)), float64(i), float64(min(len(known)-1, i+1))))
	}
	return best
}

// top is the largest value of f that parabolas through three points, and cuts of the longer side, find between a and c; b lies between
// them, or is one of them where the range ends.
func top(f func(float64) float64, a, b, c float64) float64 {
	if a == b || b == c {
		b = (a + c) / 2
	}
	fa, fb, fc := f(a), f(b), f(c)
	best := max(fa, fb, fc)
	for i := range 45 {
		up, down := (b-a)*(fb-fc), (b-c)*(fb-fa)
		x := b - ((b-a)*up-(b-c)*down)/(2*(up-down))
		switch {
		case c-a < 1e-5: // the value feels the square
			return best
		case i%3 == 2 && c-b > b-a, !(x > a && x < c) && c-b > b-a: // NaN too
			x = b + 0.38*(c-b)
		case i%3 == 2, !(x > a && x < c), x == b:
			x = b - 0.38*(b-a)
		}
		fx := f(x)
		best = max(best, fx)
		switch {
		case fx >= fb && x > b:
			a, fa, b, fb = b, fb, x, fx
		case fx >= fb:
			c, fc, b, fb = b, fb, x, fx
		case x > b:
			c, fc = x, fx
		default:
			a, fa = x, fx
		}
	}
	return best
}
