package gate

import (
	"fmt"
	"math"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// power is how often as much data as Test.Needs names settles a gate, if the change is what it seems.
const power = 0.8

// sided is one metric of both sides, under a rule that asks how sure the change is.
type sided struct {
	rule       mlgate.GateRule
	head, base mlgate.Metric
}

// tested is a rule's answer by the strongest test that the evidence of both sides allows; nil: there is
// no baseline, the rule does not ask, or nothing is known about noise.
type tested struct {
	mlgate.Test
	est stat.Estimate
}

// test takes repeats before counted examples before stated standard errors: repeats hold what a new
// training adds, which examples do not show.
func (s sided) test() *tested {
	c := s.rule.Confidence
	if c == 0 || !s.head.Value.Finite() || !s.base.Value.Finite() {
		return nil
	}
	t := &tested{Test: mlgate.Test{Confidence: c}}
	var err error
	switch level := 2*c - 1; {
	case s.repeated():
		t.Of, t.Head, t.Base = "repeats", int64(len(s.head.Repeats)), int64(len(s.base.Repeats))
		t.est, err = stat.Welch(floats(s.head.Repeats), floats(s.base.Repeats), level)
	case s.head.Counted() && s.base.Counted():
		t.Of, t.Head, t.Base = "examples", s.head.N, s.base.N
		t.est, err = stat.MiettinenNurminen(rate(s.head), rate(s.base), level)
	case s.head.Stderr != nil && s.base.Stderr != nil:
		if s.head.N > 0 && s.base.N > 0 {
			t.Of, t.Head, t.Base = "examples", s.head.N, s.base.N
		}
		t.est, err = stat.ZDifference(float64(s.head.Value), float64(*s.head.Stderr), float64(s.base.Value), float64(*s.base.Stderr), level)
	default:
		return nil
	}
	if err != nil { // NaN among the repeats, say: then the numbers are all there is
		return nil
	}
	t.Method = t.est.Method
	t.Change, t.Low, t.High = mlgate.Number(t.est.Value), mlgate.Number(t.est.Interval.Low), mlgate.Number(t.est.Interval.High)
	return t
}

// Repeats say something of a number that is about their mean, up to rounding, as a part of it; and a change
// could make any test undecided by repeats that lie far apart, so those of more than so many times the
// baseline's standard deviation excuse nothing. Of two or three seeds it differs by several times by chance.
const (
	aboutMean = 0.005
	wider     = 10
)

// repeated reports whether the repeats of both sides can be compared.
func (s sided) repeated() bool {
	head, is := spread(s.head)
	base, was := spread(s.base)
	return is && was && head <= wider*base
}

// spread is the standard deviation of a metric's repeats; false: they are too few, or the metric is not
// their mean.
func spread(m mlgate.Metric) (float64, bool) {
	e, err := stat.MeanT(floats(m.Repeats), 0.5)
	value := float64(m.Value)
	return e.Stderr * math.Sqrt(float64(len(m.Repeats))), err == nil && math.Abs(e.Value-value) <= aboutMean*math.Max(math.Abs(e.Value), math.Abs(value))
}

// untested says that a gate asked how sure the change is, and that the evidence cannot tell: then the
// numbers were compared as they are, which nobody would know otherwise. A broken limit on the number
// itself (from) needs no test.
func (s sided) untested(t *tested, from string) string {
	if t != nil || from == "min" || from == "max" || s.rule.Confidence == 0 || s.base.Name == "" {
		return ""
	}
	return "; not tested for chance: the two sides do not both state usable hits, repeats or a standard error"
}

func floats(ns []mlgate.Number) []float64 {
	out := make([]float64, len(ns))
	for i, n := range ns {
		out[i] = float64(n)
	}
	return out
}

func rate(m mlgate.Metric) stat.Rate { return stat.Rate{Hits: int(*m.Hits), N: int(m.N)} }

// weigh judges the bounds on the change. A bound is kept when the data show it, broken when they show
// that, and else too little is known to say.
func (t *tested) weigh(r mlgate.GateRule, g mlgate.GateResult) mlgate.GateResult {
	g.Test, g.Status = &t.Test, mlgate.Pass
	alpha := 1 - t.Confidence
	for _, l := range g.Limits {
		if l.From != "max_drop" && l.From != "max_rise" {
			continue
		}
		kept, lost := t.sides(l, g)
		switch {
		case lost <= alpha:
			g.Status, g.Message = severe(r), fmt.Sprintf("%s; %s", breach(g, l), t.words())
			return g
		case kept > alpha:
			g.Status = mlgate.Inconclusive
			t.Needs = max(t.Needs, t.needed(float64(l.Value-*g.Base)))
		}
	}
	g.Message = fmt.Sprintf("%s is %s; %s", g.Metric, show(*g.Head), t.words())
	if g.Status == mlgate.Inconclusive {
		g.Message, g.Fix = fmt.Sprintf("%s is %s, and too little data say whether that is allowed; %s", g.Metric, show(*g.Head), t.words()), t.advice()
	}
	return g
}

// sides gives the p-values of "the bound is broken" and of "the bound is kept": what is small is refuted.
// Where nothing is uncertain they are 0 and 1, by the comparison of every other limit: a drop of exactly
// the allowed size passes.
func (t *tested) sides(l mlgate.Limit, g mlgate.GateResult) (kept, lost float64) {
	switch margin := float64(l.Value - *g.Base); {
	case t.est.Stderr == 0 && broken(l, float64(*g.Base)+t.est.Value):
		return 1, 0
	case t.est.Stderr == 0:
		return 0, 1
	case l.Op == "<=":
		return t.est.Below(margin), t.est.Above(margin)
	default:
		return t.est.Above(margin), t.est.Below(margin)
	}
}

// needed is how many examples or repeats on each side would settle a bound, if the change is what it
// seems. 0: it cannot be said.
func (t *tested) needed(margin float64) int64 {
	now := max(t.Head, t.Base)
	n, err := stat.ExamplesForStderr(t.est.Stderr, int(now), stat.Plan{Margin: margin, Truth: t.est.Value, Level: t.Confidence, Power: power})
	if err != nil || n > 1e12 {
		return 0
	}
	need := float64(max(now, int64(n)))
	unit := math.Pow(10, max(0, math.Floor(math.Log10(need))-1)) // two digits: more would claim to be known
	return int64(math.Ceil(need/unit) * unit)
}

func (t *tested) words() string {
	text := fmt.Sprintf("change %s, between %s and %s at %.4g %% (%s", signed(t.Change), signed(t.Low), signed(t.High), 100*t.Confidence, t.Method)
	if t.Of != "" {
		text += fmt.Sprintf(", %d and %d %s", t.Base, t.Head, t.Of)
	}
	return text + ")"
}

func (t *tested) advice() string {
	if t.Needs == 0 {
		return "measure on more, or with more seeds; the change lies too near to what is allowed to say how many"
	}
	return fmt.Sprintf("about %d %s on each side would settle it, if the change is what it seems", t.Needs, t.Of)
}

func signed(n mlgate.Number) string {
	if n > 0 {
		return "+" + show(n)
	}
	return show(n)
}

// scarce says why a number rests on too few examples to be judged.
func scarce(r mlgate.GateRule, m mlgate.Metric) string {
	switch {
	case r.MinExamples == 0 || m.N >= r.MinExamples:
		return ""
	case m.N == 0:
		return fmt.Sprintf("%s does not say on how many examples it was measured; the gate asks for %d", m.Name, r.MinExamples)
	}
	return fmt.Sprintf("%s rests on %d examples; the gate asks for %d", m.Name, m.N, r.MinExamples)
}
