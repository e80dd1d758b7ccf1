package stat

// CautiousPairs is [Tango] with p-values that are never below exact ones, so that it also holds its level
// where few examples differ; [ExactPairs] sees more there. A claim that the difference lies above a margin of 0 or more is never surer
// than McNemar's exact test is of a difference at all; and about a margin Δ it is never surer than the
// binomial distribution is of b − c of n hits at the rate Δ, the case in which one side alone is ever right.
// What is shown to lie beyond 0 lies beyond all margins on the way there as surely.
// The difference counts as nearer to the margin by half of its step of 1/n, as in [MiettinenNurminenCC].
// Interval by inversion; Stderr as Tango's, 0 when no example differs although the interval has a width.
func CautiousPairs(p Pairs, level float64) (Estimate, error) {
	e, err := Tango(p, level)
	if err != nil {
		return Estimate{}, err
	}
	exact, err := McNemarExact(p)
	if err != nil {
		return Estimate{}, err
	}
	score := scoreTails(func(m float64) float64 { return tangoScore(p, m, 0.5/float64(p.N())) }, e.Value)
	beyond, before := score(0)
	beyond, before = max(beyond, exact.Above), max(before, exact.Below)
	e.tails = func(limit float64) (above, below float64) {
		above, below = score(limit)
		a, b := oneSided(p, limit)
		above, below = max(above, a), max(below, b)
		switch {
		case limit > 0:
			return max(above, exact.Above), min(below, before)
		case limit < 0:
			return min(above, beyond), max(below, exact.Below)
		}
		return beyond, before
	}
	a := (1 - level) / 2
	e.Interval = Interval{
		crossing(func(m float64) float64 { return e.Above(m) - a }, -1, e.Value),
		crossing(func(m float64) float64 { return a - e.Below(m) }, e.Value, 1),
	}
	return e, nil
}

// oneSided gives both p-values for a margin if the side that it speaks of is the only one that is ever
// right where they differ: then the difference is a share of n. 0 at a margin of 0, of which it says nothing.
func oneSided(p Pairs, margin float64) (above, below float64) {
	n, net := p.N(), p.HeadOnly-p.BaseOnly
	switch {
	case margin <= -1 || margin >= 1 || margin == 0 || n > exactRate:
		return 0, 0
	case margin > 0:
		k := max(0, net)
		return atLeast(k, n, margin), atMost(k, n, margin)
	default:
		k := max(0, -net)
		return atMost(k, n, -margin), atLeast(k, n, -margin)
	}
}
