package gate

import (
	"fmt"
	"math"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// power is how often as much data as Test.Needs names settles a gate, if the change is what it seems.
const power = 0.8

// claim is one bound on the change under a test.
type claim struct {
	limit mlgate.Limit // of both that max_change has, the one that is nearer to being broken
	pair  bool         // max_change: above and below
	kept  float64      // p-value of "the bound is broken": what is small is refuted
	lost  float64      // p-value of "the bound is kept"
	sure  float64      // lost, corrected for the number of tests
}

// judges reports whether the test is about a limit: one on the change, or of a test of the number itself min
// and max.
func (t *tested) judges(l mlgate.Limit) bool {
	if t.Number {
		return l.From == mlgate.MinKey || l.From == mlgate.MaxKey
	}
	return l.OnChange()
}

// from is what a limit counts from, in the estimate's terms.
func (t *tested) from(g mlgate.GateResult) float64 {
	if t.Number {
		return 0
	}
	return float64(*g.Base)
}

// put puts every bound that it judges under the test.
func (t *tested) put(g mlgate.GateResult) {
	var out []claim
	for _, l := range g.Limits {
		if !t.judges(l) {
			continue
		}
		c := claim{limit: l}
		c.kept, c.lost = t.sides(l, g)
		if n := len(out) - 1; n >= 0 && l.From == mlgate.MaxChangeKey && out[n].limit.From == l.From {
			out[n] = t.both(out[n], c, g)
			continue
		}
		out = append(out, c)
	}
	for i := range out {
		out[i].sure = out[i].lost
	}
	t.claims = out
}

// both makes one claim of the two ends of max_change: kept where each end is, by two one-sided tests;
// broken at whichever.
func (t *tested) both(low, high claim, g mlgate.GateResult) claim {
	c := low
	if high.lost < low.lost {
		c = high
	}
	c.pair, c.kept = true, max(low.kept, high.kept)
	if e := t.against(); e.Stderr > 0 || t.anytime {
		c.lost = e.Beyond(float64(low.limit.Value-*g.Base), float64(high.limit.Value-*g.Base))
	}
	return c
}

// against is what shows that a bound is broken.
func (t *tested) against() stat.Estimate {
	if t.firm != nil {
		return *t.firm
	}
	return t.est
}

// sides gives the p-values of "the bound is broken" and of "the bound is kept": what is small is refuted.
func (t *tested) sides(l mlgate.Limit, g mlgate.GateResult) (kept, lost float64) {
	kept, _ = t.tails(t.est, l, g)
	_, lost = t.tails(t.against(), l, g)
	return kept, lost
}

// tails are those p-values by one estimate. Where nothing is uncertain they are 0 and 1, by the comparison of
// every other limit: a drop of exactly the allowed size passes. Of repeats that are still coming two that are
// equal show little.
func (t *tested) tails(e stat.Estimate, l mlgate.Limit, g mlgate.GateResult) (kept, lost float64) {
	switch margin := float64(l.Value) - t.from(g); {
	case e.Stderr == 0 && !t.anytime && broken(l, t.from(g)+e.Value):
		return 1, 0
	case e.Stderr == 0 && !t.anytime:
		return 0, 1
	case l.Op == "<=":
		return e.Below(margin), e.Above(margin)
	default:
		return e.Above(margin), e.Below(margin)
	}
}

// weigh judges the bounds on the change. A bound is kept when the data show it, broken when they show
// that, and else too little is known to say.
func (t *tested) weigh(r mlgate.GateRule, g mlgate.GateResult) mlgate.GateResult {
	g.Test, g.Status = &t.Test, mlgate.Pass
	alpha := 1 - t.Confidence
	for _, c := range t.claims {
		switch {
		case c.sure <= alpha:
			g.Status, g.Message = severe(r), fmt.Sprintf("%s; %s", breach(g, c.limit), t.words()+t.firmly())
			return g
		case c.kept > alpha:
			g.Status = mlgate.Inconclusive
			t.Needs = max(t.Needs, t.needed(c, g))
		}
	}
	g.Message = fmt.Sprintf("%s is %s; %s", g.Metric, show(*g.Head), t.words())
	if g.Status == mlgate.Inconclusive {
		g.Message, g.Fix = fmt.Sprintf("%s is %s, and too little data say whether that is allowed; %s", g.Metric, show(*g.Head), t.words()+t.firmly()), t.advice()
	}
	return t.doubt(g)
}

// needed is how many examples or repeats on each side would settle a bound, if the change is what it
// seems. Of a pair both ends must be settled, each with half the chance to miss; what seems to be broken
// must be shown after the correction, which is at most the number of tests. 0: it cannot be said.
func (t *tested) needed(c claim, g mlgate.GateResult) int64 {
	now := max(t.Head, t.Base)
	if t.Pairs > 0 {
		now = t.Pairs
	}
	plan := stat.Plan{Margin: float64(c.limit.Value) - t.from(g), Truth: t.est.Value, Level: t.Confidence, Power: power}
	switch lost := broken(c.limit, t.from(g)+t.est.Value); {
	case lost && t.Tests > 1:
		plan.Level = 1 - (1-t.Confidence)/float64(t.Tests)
	case c.pair && !lost:
		plan.Power = 1 - (1-power)/2
	}
	n, err := 0, error(nil)
	if t.anytime {
		n, err = t.repeatsNeeded(plan)
	} else {
		n, err = stat.ExamplesForStderr(t.est.Stderr, int(now), plan)
	}
	if err != nil || n > 1e12 {
		return 0
	}
	need := float64(max(now, int64(n)))
	unit := math.Pow(10, max(0, math.Floor(math.Log10(need))-1)) // two digits: more would claim to be known
	return int64(math.Ceil(need/unit) * unit)
}
