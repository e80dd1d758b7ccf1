package main

import (
	"cmp"
	"math"
	"slices"
)

// chanceOf are the chances of what can be seen, under a truth where a bound just holds and under another.
type chanceOf struct{ null, truth float64 }

// strongest is the power of the best test of one truth against another at a level, by the lemma of Neyman and
// Pearson: what is likelier under the other comes first, and what just does not fit is drawn. A test whose
// level holds for every truth within the bound holds it for this one, so that none has more power.
func strongest(seen []chanceOf, level float64) float64 {
	slices.SortFunc(seen, func(a, b chanceOf) int { return cmp.Compare(b.truth*a.null, a.truth*b.null) })
	power := 0.0
	for _, c := range seen {
		if c.null > level {
			return power + c.truth*level/c.null
		}
		power, level = power+c.truth, level-c.null
	}
	return power
}

// between are numbers from a to b, without the ends.
func between(a, b float64, count int) []float64 {
	out := make([]float64, count)
	for i := range out {
		out[i] = a + (b-a)*(float64(i)+0.5)/float64(count)
	}
	return out
}

// nulls is how many truths at the bound are looked at for the one that is hardest to tell apart.
const nulls = 16

// bestOfHits bounds the power of any valid test of counted hits for one truth: the least of the best tests
// against a single truth at the bound each, which lies between what both sides share with it.
func bestOfHits(nHead, nBase int, p, drop float64) float64 {
	least := 1.0
	head, base := newBinomial(nHead, p-drop), newBinomial(nBase, p)
	for _, q := range between(p, min(1, p-drop+allowed), nulls) {
		if q-allowed <= 0 || q >= 1 {
			continue
		}
		h, b := newBinomial(nHead, q-allowed), newBinomial(nBase, q)
		least = min(least, strongest(table(h, b, head, base), 1-confidence))
	}
	return least
}

// table lists all pairs of counts that have a chance under either truth.
func table(h, b, head, base binomial) []chanceOf {
	var out []chanceOf
	for i := min(h.low, head.low); i < max(h.low+len(h.mass), head.low+len(head.mass)); i++ {
		x, y := h.of(i), head.of(i)
		for j := min(b.low, base.low); j < max(b.low+len(b.mass), base.low+len(base.mass)); j++ {
			if c := (chanceOf{x * b.of(j), y * base.of(j)}); c.null > tail || c.truth > tail {
				out = append(out, c)
			}
		}
	}
	return out
}

func (b binomial) of(k int) float64 {
	if i := k - b.low; i >= 0 && i < len(b.mass) {
		return b.mass[i]
	}
	return 0
}

// bestOfPairs is the same for pairs, of which a share of discordance differs.
func bestOfPairs(n int, discordance, drop float64) float64 {
	least := 1.0
	truth := pairLaw{n, (discordance - drop) / 2, (discordance + drop) / 2}
	for _, d := range between(max(allowed, 0.8*discordance), 1.2*discordance, nulls) {
		null := pairLaw{n, (d - allowed) / 2, (d + allowed) / 2}
		least = min(least, strongest(pairTable(null, truth), 1-confidence))
	}
	return least
}

// pairTable lists all counts of examples that head alone and base alone has right.
func pairTable(null, truth pairLaw) []chanceOf {
	var out []chanceOf
	first, last := truth.base().low, truth.base().low+len(truth.base().mass)
	a, b := null.base(), truth.base()
	first, last = min(first, a.low), max(last, a.low+len(a.mass))
	for y := first; y < last; y++ {
		x, z := null.headGiven(y), truth.headGiven(y)
		for i := min(x.low, z.low); i < max(x.low+len(x.mass), z.low+len(z.mass)); i++ {
			if c := (chanceOf{a.of(y) * x.of(i), b.of(y) * z.of(i)}); c.null > tail || c.truth > tail {
				out = append(out, c)
			}
		}
	}
	return out
}

// normally is how often a z-test is right that knows the standard errors at the bound and of the truth, and only
// has to judge a difference: for many examples no test does better.
func normally(atBound, atTruth, drop float64) float64 {
	return normalAbove((zOf*atBound - math.Abs(drop-allowed)) / atTruth)
}
