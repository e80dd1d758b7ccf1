package gate

import (
	"fmt"
	"math"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// sided is one metric of both sides, under a rule that asks how sure the change is.
type sided struct {
	rule       mlgate.GateRule
	head, base mlgate.Metric
	pairs      *joined // nil: not compared example by example
	past       *mlgate.Past
	crowd      bool    // exact sums would take too long
	listed     [2]bool // head, base: what is known of each example lies beside the evidence
	here, was  bool    // head and base have it
}

// tested is a rule's answer by the strongest test that the evidence of both sides allows; nil: there is
// no baseline, the rule does not ask, or nothing is known about noise.
type tested struct {
	mlgate.Test
	est     stat.Estimate
	firm    *stat.Estimate // what shows that a bound is broken, where that is not est
	claims  []claim        // of each bound on the change
	anytime bool           // it may be looked at after every repeat
	apart   string         // why nothing shows that a bound is kept; empty: nothing
	remedy  string         // what to do about that
}

// test takes repeats before pairs of examples before counted examples before stated standard errors:
// repeats hold what a new training adds, which examples do not show; the same examples on both sides go up
// and down together.
func (s sided) test() *tested {
	c := s.rule.Confidence
	if c == 0 || !s.head.Value.Finite() || !s.base.Value.Finite() {
		return nil
	}
	t := &tested{Test: mlgate.Test{Confidence: c}}
	var err error
	switch level := 2*c - 1; {
	case (s.watched() || s.single()) && !s.idle():
		t.Of, t.Head, t.Base = "repeats", int64(len(runs(s.head))), int64(len(runs(s.base)))
		t.est, t.anytime, t.firm = s.anytime(level), true, s.once(level)
	case s.repeated() && !s.idle():
		t.Of, t.Head, t.Base = "repeats", int64(len(s.head.Repeats)), int64(len(s.base.Repeats))
		err = s.compare(t, level)
	case s.pairs.usable():
		s.pairs.try(t, s.rule, s.head, s.base, level)
	case s.head.Counted() && s.base.Counted():
		t.Of, t.Head, t.Base = "examples", s.head.N, s.base.N
		t.est, err = s.rates(level)
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
	if why := s.stuck(); why != "" && t.Of == "repeats" {
		t.apart, t.remedy = why, "does every step that chance has a part in take its seed from "+mlgate.SeedName+"?"
	}
	t.Method = t.est.Method
	t.Change, t.Low, t.High = mlgate.Number(t.est.Value), mlgate.Number(t.est.Interval.Low), mlgate.Number(t.est.Interval.High)
	return t
}

// rates compares counted examples.
func (s sided) rates(level float64) (stat.Estimate, error) {
	if s.crowd {
		return stat.MiettinenNurminenCC(rate(s.head), rate(s.base), level)
	}
	return stat.MiettinenNurminenExact(rate(s.head), rate(s.base), level)
}

// Repeats say something of a number that is about their mean, up to rounding, as a part of it. A change could
// keep any test undecided by repeats that lie far apart: what lies further apart than chance makes of a true
// standard deviation of so many times the baseline's excuses nothing.
const (
	aboutMean = 0.005
	noisier   = 3
)

// repeated reports whether the repeats of both sides can be compared.
func (s sided) repeated() bool {
	_, is := spread(s.head)
	_, was := spread(s.base)
	return is && was
}

// compare puts repeats under a test that a bound is kept, in which all their noise counts, and one that it is
// broken, in which that of the change counts up to a bound.
func (s sided) compare(t *tested, level float64) error {
	head, base := floats(s.head.Repeats), floats(s.base.Repeats)
	var err error
	if t.est, err = stat.CautiousWelch(head, base, level); err != nil {
		return err
	}
	firm, err := stat.FirmWelch(head, base, noisier, level)
	t.firm = &firm
	return err
}

// spread is the standard deviation of a metric's repeats; false: they are too few, or the metric is not
// their mean.
func spread(m mlgate.Metric) (float64, bool) {
	mean, deviation, err := stat.Spread(floats(m.Repeats))
	value := float64(m.Value)
	return deviation, err == nil && math.Abs(mean-value) <= aboutMean*math.Max(math.Abs(mean), math.Abs(value))
}

// untested says that a gate asked how sure the change is, and that the evidence cannot tell: then the
// numbers were compared as they are, which nobody would know otherwise. A broken limit on the number
// itself (from) needs no test.
func (s sided) untested(t *tested, from string) string {
	if t == nil && s.rule.Itself() {
		return "; not tested for chance: not all that it is computed from states hits or a standard error"
	}
	if t != nil || from != "" && !(mlgate.Limit{From: from}).OnChange() || s.rule.Confidence == 0 || !s.was {
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

func (t *tested) words() string {
	if t.Number {
		return t.numberWords()
	}
	if t.Method == mlgate.NoTest {
		return fmt.Sprintf("change %s, not tested", signed(t.Change))
	}
	within := "as far as is known any"
	if t.Low.Finite() && t.High.Finite() {
		within = fmt.Sprintf("between %s and %s, each end at %.4g %%", signed(t.Low), signed(t.High), 100*t.Confidence)
	}
	text := fmt.Sprintf("change %s, %s (%s", signed(t.Change), within, t.Method)
	switch {
	case t.Pairs > 0:
		text += fmt.Sprintf(", %d examples on both sides", t.Pairs)
		if t.Pairs < max(t.Head, t.Base) {
			text += fmt.Sprintf(" of %d", max(t.Head, t.Base))
		}
	case t.Of != "":
		text += fmt.Sprintf(", %d and %d %s", t.Base, t.Head, t.Of)
	}
	return text + ")" + t.corrected()
}

// firmly says what a bound was held to be broken by, where that is not all of the repeats.
func (t *tested) firmly() string {
	if t.firm != nil && t.anytime {
		return fmt.Sprintf("; its first run alone between %s and %s (%s)", signed(mlgate.Number(t.firm.Interval.Low)), signed(mlgate.Number(t.firm.Interval.High)), t.firm.Method)
	}
	if t.firm == nil || t.firm.Stderr >= t.est.Stderr {
		return ""
	}
	return "; its repeats lie further apart beside the baseline's than chance allows, which is no excuse for a bound that is broken"
}

func (t *tested) advice() string {
	if t.anytime && t.Needs == 0 {
		return "run for more seeds: these are too few to say how many it takes, or the change lies too near to what is allowed"
	}
	if t.Needs == 0 {
		return "measure on more, or with more seeds; the change lies too near to what is allowed to say how many"
	}
	if t.Number {
		return fmt.Sprintf("about %d %s %swould settle it, if the number is what it seems", t.Needs, t.Of, map[bool]string{true: "in each part "}[t.Groups > 0])
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
