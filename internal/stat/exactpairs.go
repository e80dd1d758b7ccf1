package stat

import "gonum.org/v1/gonum/mathext"

// ExactPairs is [Tango] with exact p-values, as [MiettinenNurminenExact] has them: of all counts that could have
// been, those whose score is as far out as what was seen are added up, at the likeliest of the shares of
// differing examples that their number leaves possible, but for a chance of [unlikely], which is added. So its
// level holds at any number of examples. Interval by inversion, to a hundredth of an example. Of more than
// [MostDiffering] differing examples it is [CautiousPairs].
func ExactPairs(p Pairs, level float64) (Estimate, error) {
	e, err := CautiousPairs(p, level)
	if err != nil || p.HeadOnly+p.BaseOnly > MostDiffering || p.N() > exactRate {
		return e, err
	}
	x := newExactPairs(p)
	e.Method, e.tails = "tango exact", x.tails
	a, step := (1-level)/2, 1/float64(p.N())
	e.Interval = inverted(x.tail, a, e.Interval, step, e.Value)
	return e.orImplied(), nil
}

// MostDiffering is the largest number of examples on which the sides differ for which [ExactPairs] adds up.
const MostDiffering = 200

// PairTails gives the p-values of [ExactPairs] for one margin without the interval, which takes most of the time.
func PairTails(p Pairs, margin float64) (above, below float64, err error) {
	if err := p.check(); err != nil {
		return 1, 1, err
	}
	if p.HeadOnly+p.BaseOnly > MostDiffering || p.N() > exactRate {
		e, err := CautiousPairs(p, 0.5)
		return e.Above(margin), e.Below(margin), err
	}
	above, below = newExactPairs(p).tails(margin)
	return above, below, nil
}

type exactPairs struct {
	seen      Pairs
	low, high float64 // shares of differing examples that are looked at
}

func newExactPairs(p Pairs) exactPairs {
	x := exactPairs{seen: p, high: 1}
	k, n := float64(p.HeadOnly+p.BaseOnly), float64(p.N())
	if k > 0 {
		x.low = mathext.InvRegIncBeta(k, n-k+1, unlikely/2)
	}
	if k < n {
		x.high = 1 - mathext.InvRegIncBeta(n-k, k+1, unlikely/2)
	}
	return x
}

func (x exactPairs) tails(margin float64) (above, below float64) {
	if margin < -1 || margin > 1 {
		return beyond(margin < -1)
	}
	return x.tail(margin, 1), x.tail(margin, -1)
}

// tail is the p-value of "the difference is at most margin", for side 1, or "at least", for −1.
func (x exactPairs) tail(margin, side float64) float64 {
	n := x.seen.N()
	least := max(margin, -margin)
	low, high := clamp(x.low, least, 1), clamp(x.high, least, 1)
	seen := tangoScore(x.seen, margin, 0)
	seen -= side * sameScore * max(1, max(seen, -seen))
	first, last := support(n, clamp((low-margin)/2, 0, 1), clamp((high-margin)/2, 0, 1))
	// Below so many that head alone has right the score is less than what was seen.
	from, h := make([]int, last-first+1), 0
	for b := first; b <= last; b++ {
		for h+b <= n && tangoScore(Pairs{Neither: n - h - b, HeadOnly: h, BaseOnly: b}, margin, 0) < seen {
			h++
		}
		from[b-first] = h
	}
	return min(1, unlikely+highest(func(differing float64) float64 {
		head, base := clamp((differing+margin)/2, 0, 1), clamp((differing-margin)/2, 0, 1)
		all, sum := lawOf(n, base), 0.0
		for i, m := range all.mass {
			if b := all.first + i; b >= first && b <= last && m > leftOut {
				sum += m * lawOf(n-b, min(1, head/max(1-base, head))).tail(from[b-first], side)
			}
		}
		return sum
	}, low, high, n))
}
