package main

import (
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// tail is the probability that is left out at either end of a binomial distribution.
const tail = 1e-12

// binomial is the law of the number of hits: mass[i] is the chance of low+i hits, sum[i] that of so many or
// fewer.
type binomial struct {
	low       int
	mass, sum []float64
}

// newBinomial goes from the likeliest count outwards by the ratio of neighbours, and makes the sum 1.
func newBinomial(n int, p float64) binomial {
	mode := min(n, int(float64(n+1)*p))
	odds := p / (1 - p)
	var up, down []float64
	for k, m := mode, 1.0; k < n && m > tail/1e6; k++ {
		m *= float64(n-k) / float64(k+1) * odds
		up = append(up, m)
	}
	for k, m := mode, 1.0; k > 0 && m > tail/1e6; k-- {
		m *= float64(k) / float64(n-k+1) / odds
		down = append(down, m)
	}
	all := make([]float64, 0, len(up)+len(down)+1)
	for i := range down {
		all = append(all, down[len(down)-1-i])
	}
	all = append(append(all, 1), up...)
	return cut(mode-len(down), all)
}

// cut scales masses to a sum of 1 and leaves out what is further out than tail.
func cut(low int, all []float64) binomial {
	var total, seen float64
	for _, m := range all {
		total += m
	}
	b := binomial{low: low}
	for i, m := range all {
		seen += m / total
		if len(b.mass) == 0 && seen < tail {
			b.low = low + i + 1
			continue
		}
		b.mass, b.sum = append(b.mass, m/total), append(b.sum, seen)
		if 1-seen < tail {
			break
		}
	}
	return b
}

// atMost is the chance of k hits or fewer.
func (b binomial) atMost(k int) float64 {
	switch i := k - b.low; {
	case i < 0:
		return 0
	case i >= len(b.sum):
		return 1
	default:
		return b.sum[i]
	}
}

// turns are the counts of head at which the verdict turns, for one count of base: up to failsTo the change
// fails, from passesFrom on it passes.
type turns struct{ failsTo, passesFrom int }

// verdict is what a rule says of the hits of both sides.
type verdict func(head, base int) mlgate.Status

// plainly compares the numbers as they are.
func plainly(n int) verdict {
	return func(head, base int) mlgate.Status {
		return judge(plain(allowed), counted(head, n), counted(base, n))
	}
}

// surely is what the gate says with confidence, by the p-values that it takes; a test holds that it does. The gate's
// interval, which nobody looks at here, would take most of the time.
func surely(nHead, nBase int, margin float64) verdict {
	return func(head, base int) mlgate.Status {
		return byTails(stat.RateTails(stat.Rate{Hits: head, N: nHead}, stat.Rate{Hits: base, N: nBase}, -margin))
	}
}

// byTails is what the gate makes of the p-values of its bound.
func byTails(above, below float64, err error) mlgate.Status {
	switch {
	case err != nil:
		return mlgate.Unknown
	case below <= 1-confidence:
		return mlgate.Fail
	case above <= 1-confidence:
		return mlgate.Pass
	}
	return mlgate.Inconclusive
}

// turning asks where the verdict turns, for every count of base that has a chance. More hits of head never make
// it worse (a test holds that), so that each turn is found by halving, from where that of the count
// before lay.
func turning(says verdict, n int, base binomial) []turns {
	out := make([]turns, len(base.mass))
	guess := turns{base.low, base.low}
	for i := range out {
		said := func(h int) mlgate.Status { return says(h, base.low+i) }
		guess.failsTo = first(guess.failsTo, n, func(h int) bool { return said(h) != mlgate.Fail }) - 1
		guess.passesFrom = first(guess.passesFrom, n, func(h int) bool { return said(h) == mlgate.Pass })
		out[i] = guess
	}
	return out
}

// first is the smallest count from 0 to n for which yes holds, n+1 where it holds for none; yes holds for
// all above one for which it does. It looks around guess first.
func first(guess, n int, yes func(int) bool) int {
	low, high := -1, n+1 // yes(low) is false, yes(high) is true
	for at, step := min(max(guess, 0), n), 1; low+1 < high; step *= 2 {
		if yes(at) {
			high, at = at, at-step
		} else {
			low, at = at, at+step
		}
		if at <= low || at >= high {
			at = low + (high-low)/2
		}
	}
	return high
}

// exactly gives the answers to a true accuracy of head, without drawing.
func exactly(n int, base binomial, at []turns, head float64) answers {
	law := newBinomial(n, head)
	var a answers
	for i, t := range at {
		a.fails += base.mass[i] * law.atMost(t.failsTo)
		a.passes += base.mass[i] * (1 - law.atMost(t.passesFrom-1))
	}
	if a.open = 1 - a.fails - a.passes; a.open < 1e-9 { // what the tails leave
		a.open = 0
	}
	return a
}
