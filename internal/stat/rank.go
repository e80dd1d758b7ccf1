package stat

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

const (
	exactRanks = 60         // numbers of both sides up to which U is taken from its own distribution
	maxPairs   = 25_000_000 // pairs of numbers that are looked at one by one
)

// MannWhitney compares two independent samples by their ranks (H. Mann and D. Whitney, Annals of
// Mathematical Statistics 18, 1947). The value is the shift by Hodges and Lehmann (1963), the median of
// all differences head − base; a margin is tested by taking it off the head's numbers; the interval holds
// the margins that are not refused, and ends on differences. Up to 60 numbers together without ties the
// p-values are exact; else normal with corrections for ties and continuity. The interval is
// infinite where there are too few numbers for its level, and Stderr with it. It trusts that both sides
// have the same shape, needs one number a side, and takes at most 25 million pairs.
func MannWhitney(head, base []float64, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if err := cmp.Or(checkFinite("numbers of head", head), checkFinite("numbers of base", base)); err != nil {
		return Estimate{}, err
	}
	n, m := len(head), len(base)
	if n == 0 || m == 0 {
		return Estimate{}, fmt.Errorf("comparing the ranks of %d numbers with %d: want one a side: %w", n, m, ErrTooFew)
	}
	if n > maxPairs/m {
		return Estimate{}, fmt.Errorf("comparing the ranks of %d numbers with %d: at most %d pairs: %w", n, m, maxPairs, ErrInput)
	}
	diffs := make([]float64, 0, n*m)
	for _, x := range head {
		for _, y := range base {
			diffs = append(diffs, x-y)
		}
	}
	if err := checkFinite("differences", diffs); err != nil {
		return Estimate{}, err
	}
	slices.Sort(diffs)
	r := rankTest{head: head, base: base, diffs: diffs}
	if n+m <= exactRanks {
		r.chances = rankChances(n, m)
	}
	e := Estimate{Method: "mann-whitney", Value: quantile(diffs, 0.5), Level: level, tails: r.at}
	e.Interval = r.interval((1 - level) / 2)
	e.Stderr = implied(e.Interval, level)
	return e, nil
}

type rankTest struct {
	head, base []float64
	diffs      []float64 // all head − base, rising
	chances    []float64 // of every U, where it is taken from its own distribution
}

// at gives the p-values of a margin.
func (r rankTest) at(margin float64) (above, below float64) {
	up, _ := slices.BinarySearchFunc(r.diffs, margin, after)
	down, _ := slices.BinarySearchFunc(r.diffs, margin, before)
	all := slices.Clone(r.base)
	for _, x := range r.head {
		all = append(all, x-margin)
	}
	if up == down { // no pair is equal; a difference that rounding makes 0 is not one
		return r.tails(len(r.diffs)-up, 0, tieCubes(r.head)+tieCubes(r.base))
	}
	return r.tails(len(r.diffs)-up, up-down, tieCubes(all))
}

// tails gives the p-values when over pairs have the head above the base by more than the margin, and
// ties pairs by just the margin. cubes is the sum of t³ − t over groups of t equal numbers.
func (r rankTest) tails(over, ties int, cubes float64) (above, below float64) {
	if cubes == 0 && ties == 0 && r.chances != nil {
		return tailOf(r.chances, over), tailOf(r.chances, len(r.diffs)-over)
	}
	total := float64(len(r.head) + len(r.base))
	spread := math.Sqrt(max(0, float64(len(r.diffs))/12*(total+1-cubes/(total*(total-1)))))
	if spread == 0 {
		return 1, 1
	}
	u := float64(over) + float64(ties)/2 - float64(len(r.diffs))/2
	return tailNormal((u - 0.5) / spread), tailNormal((-u - 0.5) / spread)
}

// interval is made of the gaps between neighbouring differences whose margins are refused on neither
// side at a.
func (r rankTest) interval(a float64) Interval {
	n, cubes := len(r.diffs), tieCubes(r.head)+tieCubes(r.base)
	// Gap i lies behind i differences.
	first := sort.Search(n, func(i int) bool { above, _ := r.tails(n-i, 0, cubes); return above > a })
	last := sort.Search(n, func(i int) bool { _, below := r.tails(i, 0, cubes); return below > a }) // gaps from the other end
	i := Interval{math.Inf(-1), math.Inf(1)}
	if first > 0 {
		i.Low = r.diffs[first-1]
	}
	if last > 0 {
		i.High = r.diffs[n-last]
	}
	middle := quantile(r.diffs, 0.5)
	return Interval{min(i.Low, middle), max(i.High, middle)}
}

// tieCubes is the sum of t³ − t over groups of t equal numbers.
func tieCubes(xs []float64) float64 {
	sorted, cubes := slices.Clone(xs), 0.0
	slices.Sort(sorted)
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		t := float64(j - i)
		cubes += t*t*t - t
		i = j
	}
	return cubes
}

// rankChances gives the chance of every U of n and m numbers without ties, by the recurrence of Mann and
// Whitney: the largest number is the head's, and above all m of the base, or the base's.
func rankChances(n, m int) []float64 {
	rows := make([][]float64, m+1) // rows[j] of the current i
	for j := range rows {
		rows[j] = []float64{1}
	}
	for i := 1; i <= n; i++ {
		next := [][]float64{{1}}
		for j := 1; j <= m; j++ {
			row := make([]float64, i*j+1)
			p := float64(i) / float64(i+j)
			for u, x := range rows[j] {
				row[u+j] += x * p
			}
			for u, x := range next[j-1] {
				row[u] += x * (1 - p)
			}
			next = append(next, row)
		}
		rows = next
	}
	return rows[m]
}

// tailOf is the chance of u or more.
func tailOf(chances []float64, u int) float64 {
	var p float64
	for i := len(chances) - 1; i >= max(0, u); i-- {
		p += chances[i]
	}
	return min(1, p)
}
