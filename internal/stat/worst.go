package stat

import (
	"math"
	"sync"
)

// worst says how large a p-value of Welch's must be told to be, so that it holds: the largest chance of one
// that is as small, over the ratio of the true standard deviations, which nobody knows. Satterthwaite's
// degrees of freedom are an approximation that leaves a level of 0.05 at 0.057 with two repeats a side, and at
// 0.08 with two against ten.
//
// Given the share of head in the sum of squares, which follows a beta distribution, Welch's statistic is
// Student's t times a known factor: one integral for each ratio.
type worst struct {
	head, base float64 // numbers of repeats
	cap        float64 // head's variance counts as at most so many times base's; +Inf: as it is
	most       float64 // head's true standard deviation, in those of base, is at most this; +Inf: any
}

const (
	quietest   = -9.0 // logarithm of the ratios that are looked at, and of the largest
	ratioStep  = 0.5
	shareStep  = 0.15 // of half the logarithm of the odds of a share: without a cap errors fall as exp(−π²/step)
	tinyWeight = 1e-11
	quantiles  = 40 // Student's quantiles between the least and the largest degrees of freedom
)

// share is a share of head in the sum of squares: x and y = 1 − x, and its weight.
type share struct{ x, y, weight float64 }

// shares are nodes of the beta distribution, even in the logarithm of the odds.
func (w worst) shares() []share {
	vh, vb := w.head-1, w.base-1
	top := vh*math.Log(vh/(vh+vb)) + vb*math.Log(vb/(vh+vb))
	var out []share
	var sum float64
	add := func(t float64) bool {
		s := share{1 / (1 + math.Exp(-2*t)), 1 / (1 + math.Exp(2*t)), 0}
		s.weight = math.Exp((vh*math.Log(s.x) + vb*math.Log(s.y) - top) / 2)
		if s.weight < tinyWeight {
			return false
		}
		sum += s.weight
		out = append(out, s)
		return true
	}
	step := shareStep / math.Sqrt(1+vh*vb/(vh+vb))
	if !math.IsInf(w.cap, 1) { // where the cap begins is an edge
		step /= 2
	}
	mode := math.Log(vh/vb) / 2
	for t := mode; add(t); t += step {
	}
	for t := mode - step; add(t); t -= step {
	}
	for i := range out {
		out[i].weight /= sum
	}
	return out
}

// level is the largest chance of a p-value of p or less, 0 < p < 0.5.
func (w worst) level(p float64, nodes []share) float64 {
	critical := w.critical(p)
	best, at := 0.0, 0.0
	end := min(-quietest, math.Log(w.most))
	look := func(ratio float64) float64 { return w.chance(ratio, nodes, critical) }
	for r := quietest; r < end+ratioStep; r += ratioStep {
		if c := look(min(r, end)); c > best {
			best, at = c, min(r, end)
		}
	}
	for step := ratioStep / 2; step > 1e-3; step /= 2 {
		for _, r := range []float64{at - step, at + step} {
			if c := look(min(r, end)); c > best {
				best, at = c, min(r, end)
			}
		}
	}
	return max(best, p) // of a side whose deviation is nothing beside the other's, Welch's p is exact
}

// chance is the probability of a p-value within the critical values for one ratio, given as its logarithm.
func (w worst) chance(ratio float64, nodes []share, critical func(df float64) float64) float64 {
	vh, vb := w.head-1, w.base-1
	variance := math.Exp(2 * ratio)
	truth := variance/w.head + 1/w.base
	var sum float64
	for _, s := range nodes {
		h, b := min(variance*s.x/vh, w.cap*s.y/vb)/w.head, s.y/vb/w.base
		part := h / (h + b)
		df := 1 / (part*part/vh + (1-part)*(1-part)/vb)
		sum += s.weight * tailStudent(critical(df)/w.alike(part)*math.Sqrt((vh+vb)*(h+b)/truth), vh+vb)
	}
	return sum
}

// alike is how many times Welch's statistic counts, by head's part in the variance of the difference. It is 1 but
// for two repeats a side: there it counts more the more alike both sides' spreads are, up to 1.3 times. Of all
// critical values that hang on that part the level of 0.05 leaves many; these find more of what is small, and are
// nowhere as far behind the best for one truth as Welch's are (ADR 20).
func (w worst) alike(part float64) float64 {
	if w.head != 2 || w.base != 2 {
		return 1
	}
	return 1 + 4*part*(1-part)*moreAlike
}

const moreAlike = 0.3

// critical are Student's quantiles at p for all degrees of freedom that can be, between few of them by the
// parabola through three.
func (w worst) critical(p float64) func(df float64) float64 {
	low, high := 1/(w.head+w.base-2), 1/(min(w.head, w.base)-1)
	step := (high - low) / quantiles
	var at [quantiles + 1]float64
	for i := range at {
		at[i] = math.Log(upperStudent(p, 1/(low+float64(i)*step)))
	}
	return func(df float64) float64 {
		x := (1/df - low) / step
		i := int(clamp(math.Round(x), 1, quantiles-1))
		d := x - float64(i)
		return math.Exp(at[i] + d*(at[i+1]-at[i-1])/2 + d*d*(at[i+1]-2*at[i]+at[i-1])/2)
	}
}

// Levels are computed for p-values of 0.5·exp(−i·perStep) as they are needed, and between them by the cubic
// through four, which errs by less than two thousandths.
const (
	perStep  = 0.25
	perTable = 96 // below the last a p-value is told to be as large as there, 1e-11 or so
)

// levels are the logarithms of levels that are known.
type levels struct {
	nodes func() []share
	at    [perTable]func() float64
}

var known sync.Map // worst → *levels

func (w worst) levels() *levels {
	if l, ok := known.Load(w); ok {
		return l.(*levels)
	}
	l := &levels{nodes: sync.OnceValue(w.shares)}
	for i := range l.at {
		l.at[i] = sync.OnceValue(func() float64 {
			if i == 0 {
				return math.Log(0.5)
			}
			return math.Log(w.level(0.5*math.Exp(-perStep*float64(i)), l.nodes()))
		})
	}
	made, _ := known.LoadOrStore(w, l)
	return made.(*levels)
}

// of is what a p-value of Welch's is told to be. Above a half nothing is claimed, and it stays.
func (w worst) of(p float64) float64 {
	if p >= 0.5 || p <= 0 {
		return p
	}
	l := w.levels()
	x := math.Log(0.5/p) / perStep
	i := int(clamp(math.Floor(x), 1, perTable-3))
	d := min(x-float64(i), 2)
	a, b, c, e := l.at[i-1](), l.at[i](), l.at[i+1](), l.at[i+2]()
	return min(0.5, math.Exp(-a*d*(d-1)*(d-2)/6+b*(d+1)*(d-1)*(d-2)/2-c*(d+1)*d*(d-2)/2+e*(d+1)*d*(d-1)/6))
}

// atMost is the largest p-value of Welch's that is told to be a or less.
func (w worst) atMost(a float64) float64 {
	high := math.Log(a)
	low := high
	for low > math.Log(0.5)-perStep*(perTable-1) && w.of(math.Exp(low)) > a {
		low -= perStep / 2
	}
	return math.Exp(crossing(func(x float64) float64 { return w.of(math.Exp(x)) - a }, low, high))
}
