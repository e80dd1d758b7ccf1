package stat

import "math"

// region is a set of counts that lie to one side: with more hits of base it takes more of head to be in it. It
// is kept by rows, one for each number of hits of base that has a chance.
type region struct {
	heads, bases int     // examples
	margin, side float64 // as in exactRates.tail
	first        int     // hits of base of the first row
	least        []int   // so many hits of head and more are in it, for side 1, or fewer, for −1
	band         [][]float64
	from         []int // of each row: the hits of head of the first score in its band
}

const (
	// mostEstimated is the largest number of examples of a side, and mostTimes how many times those of the other they may
	// be, for which counts are put in order by their estimated chances. Of more, scores order them as well, but for a
	// point of power; of very different numbers estimated chances need not rise and fall with the hits.
	mostEstimated = 500
	mostTimes     = 4
	bandWidth     = 16   // of scores in a row that are kept, about the border
	sameChance    = 1e-9 // by how much two chances may differ by rounding alone
	// claimsNothing is from which estimated chance on it does not matter what is further out.
	claimsNothing = 0.45
)

func newRegion(heads, bases int, margin, side, low, high float64) *region {
	first, last := support(bases, low, high)
	return &region{heads: heads, bases: bases, margin: margin, side: side, first: first, least: make([]int, last-first+1)}
}

// chance is that of the region, at a rate of base.
func (r *region) chance(rate float64) float64 {
	head, base := lawOf(r.heads, clamp(rate+r.margin, 0, 1)), lawOf(r.bases, rate)
	sum := 0.0
	for i, m := range base.mass {
		if b := base.first + i - r.first; b >= 0 && b < len(r.least) {
			sum += m * head.tail(r.least[b], r.side)
		}
	}
	return sum
}

// byScore is where scores are as far out as that of what was seen: one walk along the border, as more hits of base
// need more of head.
func (r *region) byScore(head, base Rate) []int {
	seen := r.limit(rateScore(head, base, r.margin, 0))
	out, h := make([]int, len(r.least)), 0
	for row := range out {
		for h <= r.heads && rateScore(Rate{h, r.heads}, Rate{r.first + row, r.bases}, r.margin, 0) < seen {
			h++
		}
		out[row] = h
	}
	return out
}

// limit is where scores as far out as one begin, or end.
func (r *region) limit(score float64) float64 {
	return score - r.side*sameScore*max(1, math.Abs(score))
}

// estimate makes the region, which was by score, that of all counts whose estimated chance is as small as that of what
// was seen. In each row the border is looked for from where it would be if it lay as far from that by score as in the
// row before.
func (r *region) estimate(head, base Rate) {
	h, row := head.Hits, base.Hits-r.first
	if row < 0 || row >= len(r.least) { // no rate that is looked at makes it
		return
	}
	r.keep()
	seen := r.estimated(h, row) + sameChance
	if seen > claimsNothing {
		return
	}
	before := func(h, row int) bool { return r.estimated(h, row) <= seen == (r.side < 0) }
	out, last, off := make([]int, len(r.least)), 0, 0
	for i, by := range r.least {
		at := min(max(last, by+off), r.heads+1)
		for at > last && !before(at-1, i) {
			at--
		}
		for at <= r.heads && before(at, i) {
			at++
		}
		out[i], last, off = at, at, at-by
	}
	r.least = out
	r.include(h, row)
}

// include makes what was seen a part of the region, if its neighbours have shut it out.
func (r *region) include(h, row int) {
	for i := range r.least {
		if r.side > 0 && i <= row {
			r.least[i] = min(r.least[i], h)
		}
		if r.side < 0 && i >= row {
			r.least[i] = max(r.least[i], h+1)
		}
	}
}

// keep makes room for scores about the border.
func (r *region) keep() {
	all := make([]float64, len(r.least)*bandWidth)
	for i := range all {
		all[i] = math.NaN()
	}
	r.band, r.from = make([][]float64, len(r.least)), make([]int, len(r.least))
	for row := range r.band {
		r.band[row], r.from[row] = all[row*bandWidth:(row+1)*bandWidth], r.least[row]-bandWidth/2
	}
}

// score is that of counts, and is computed once near the border.
func (r *region) score(h, row int) float64 {
	i := h - r.from[row]
	if i < 0 || i >= bandWidth {
		return rateScore(Rate{h, r.heads}, Rate{r.first + row, r.bases}, r.margin, 0)
	}
	if s := r.band[row][i]; s == s {
		return s
	}
	r.band[row][i] = rateScore(Rate{h, r.heads}, Rate{r.first + row, r.bases}, r.margin, 0)
	return r.band[row][i]
}

// estimated is the chance of a score as far out as that of some counts, at the rates that they make likeliest.
func (r *region) estimated(h, row int) float64 {
	rate := likeliest(Rate{h, r.heads}, Rate{r.first + row, r.bases}, r.margin)
	limit := r.limit(r.score(h, row))
	head, base := lawOf(r.heads, clamp(rate+r.margin, 0, 1)), lawOf(r.bases, rate)
	sum, off := 0.0, 0
	for i, m := range base.mass {
		at := base.first + i - r.first
		if at < 0 || at >= len(r.least) {
			continue
		}
		k := max(0, r.least[at]+off)
		for k > 0 && !(r.score(k-1, at) < limit) {
			k--
		}
		for k <= r.heads && r.score(k, at) < limit {
			k++
		}
		off = k - r.least[at]
		sum += m * head.tail(k, r.side)
	}
	return sum
}
