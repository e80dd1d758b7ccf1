package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// MiettinenNurminenExact is [MiettinenNurminen] with exact p-values: of all counts that could have been, those
// that are as far out as what was seen are added up, at the pair of true rates, the margin apart, at which
// they are likeliest (I. Chan, Statistics in Medicine 17, 1998). Looked at are the base's rates that its hits
// leave possible, but for a chance of [unlikely], which is added (R. Berger and D. Boos, JASA 89, 1994). So
// its level holds at any number of examples and any rates. Up to [mostEstimated] examples a side how far out counts
// are is told by the chance of such a score at the rates that they make likeliest (C. Lloyd, Australian & New Zealand
// Journal of Statistics 50, 2008: E and M), and above by the score. The interval is its inversion, to a hundredth
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
	e.Interval = inverted(x.tail, a, e.Interval, step, e.Value)
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

// inverted is the interval in which neither p-value of a margin is a or less, about a guess of it, to a hundredth of
// step.
func inverted(tail func(margin, side float64) float64, a float64, guess Interval, step, value float64) Interval {
	over := func(p float64) float64 { return upperNormal(a) - upperNormal(clamp(p, 1e-12, 1-1e-12)) }
	low, _ := turning(func(m float64) float64 { return over(tail(m, 1)) }, guess.Low, step, -1, value)
	_, high := turning(func(m float64) float64 { return -over(tail(m, -1)) }, guess.High, step, value, 1)
	return Interval{low, high}
}

// turning is where f rises above 0, between low and high, near to guess, in steps at first: the point before and the
// one after, a hundredth of the first step apart. f is nearly a straight line, but jumps: of three points one lies
// where that is 0, one a little beyond, and one in the middle.
func turning(f func(margin float64) float64, guess, step, low, high float64) (before, after float64) {
	a := clamp(guess, low, high)
	fa := f(a)
	b, fb := a, fa
	small := step / 128
	for ; a > low && fa > 0; step *= 2 {
		b, fb = a, fa
		a = max(low, a-step)
		fa = f(a)
	}
	for ; b < high && fb <= 0; step *= 2 {
		a, fa = b, fb
		b = min(high, b+step)
		fb = f(b)
	}
	if a == low && fa > 0 {
		return low, low
	}
	for i := 0; b-a > small; i++ {
		x := a + (b-a)*fa/(fa-fb)
		switch {
		case i%3 == 2 || !(x >= a && x <= b):
			x = a + (b-a)/2
		case i%3 == 1 && x-a < b-x:
			x += small / 2
		case i%3 == 1:
			x -= small / 2
		}
		x = clamp(x, a+small/4, b-small/4)
		if y := f(x); y > 0 {
			b, fb = x, y
		} else {
			a, fa = x, y
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
// of what is as far to that side.
func (x exactRates) tail(margin, side float64) float64 {
	low, high := max(0, -margin), min(1, 1-margin)
	low, high = clamp(x.low, low, high), clamp(x.high, low, high)
	r := newRegion(x.head.N, x.base.N, margin, side, low, high)
	r.least = r.byScore(x.head, x.base)
	if most := max(x.head.N, x.base.N); most <= min(mostEstimated, mostTimes*min(x.head.N, x.base.N)) {
		r.estimate(x.head, x.base)
	}
	return min(1, unlikely+highest(r.chance, low, high, max(x.head.N, x.base.N)))
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

// nearly the largest is what may become it between two steps, which parabolas tell to a hundredth or so, but nearTheEnd
// of the range, where head's rate may change faster.
const (
	nearly     = 0.97
	nearTheEnd = 0.8
)

// peak is the largest value of f, which is known at whole numbers.
func peak(known []float64, f func(float64) float64) float64 {
	best, may := 0.0, make([]float64, len(known))
	for i, v := range known {
		if i > 0 && known[i-1] > v || i+1 < len(known) && known[i+1] > v {
			continue
		}
		top := v
		if i < 2 || i+2 >= len(known) {
			may[i] = v / nearTheEnd
		} else {
			if a, c := known[i-1]-v, known[i+1]-v; a+c < 0 {
				top -= (c - a) * (c - a) / (8 * (a + c))
			}
			may[i] = top / nearly
		}
		best = max(best, top)
	}
	found := 0.0
	for i, v := range may {
		if v > 0 && v >= best {
			found = max(found, known[i], top(f, float64(max(0, i-1)), float64(i), float64(min(len(known)-1, i+1))))
		}
	}
	return found
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
		inside := x > a && x < c
		switch {
		case c-a < 1e-5, inside && fb >= max(fa, fc) && math.Abs(x-b) < 1e-5: // the value feels the square
			return best
		case i%3 == 2 && c-b > b-a, !inside && c-b > b-a: // NaN too
			x = b + 0.38*(c-b)
		case i%3 == 2, !inside, x == b:
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
