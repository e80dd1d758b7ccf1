package gate

import (
	"math"
	"slices"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// measured is one metric under one rule, tested and not decided yet: how much a test must show hangs on
// how many there are.
type measured struct {
	sided
	result mlgate.GateResult // with a status: it is decided
	test   *tested           // nil: nothing is tested
	short  string            // what the accepted versions cannot tell yet
}

// surroundings are what a rule goes by beside the two sides.
type surroundings struct {
	past  *mlgate.Past
	crowd bool // more metrics are tested than exact sums can be made for
}

// manyTested is for how many metrics of a judgment exact sums are made, which take 10 to 45 milliseconds each. For
// more there are the tests with a continuity correction, which hold their level too, see a little less, and take a
// thousandth of the time.
const manyTested = 100

// crowded reports whether the baseline has more metrics with counts than manyTested under rules that test them.
// The baseline's: a change has no say in which test it gets.
func crowded(rules []mlgate.GateRule, base *mlgate.Evidence) bool {
	tests := slices.DeleteFunc(slices.Clone(rules), func(r mlgate.GateRule) bool { return r.Confidence == 0 })
	if base == nil || len(tests) == 0 {
		return false
	}
	n := 0
	for _, m := range base.Metrics {
		if (m.Counted() || base.Lists(m)) && slices.ContainsFunc(tests, func(r mlgate.GateRule) bool { return glob.Name(r.Pattern, m.Name) }) {
			n++
		}
		if n > manyTested {
			return true
		}
	}
	return false
}

// look puts a metric under its rule.
func look(r mlgate.GateRule, name string, head, base *mlgate.Evidence, in surroundings) measured {
	s := sides(r, name, head, base)
	s.past, s.crowd = in.past, in.crowd
	if s.pairs != nil {
		s.pairs.crowd = in.crowd
	}
	if !s.here {
		return measured{result: missing(r, s.measure(name), head, base)}
	}
	return s.weighed(name)
}

// weighed measures and tests what is here.
func (s sided) weighed(name string) measured {
	m := measured{sided: s, result: s.measure(name)}
	m.short = s.recall(&m.result, s.past)
	m.result.Less = less(s)
	if m.test = s.test(); m.test != nil {
		m.test.put(m.result)
	}
	return m
}

// sides puts a metric of both sides under its rule.
func sides(r mlgate.GateRule, name string, head, base *mlgate.Evidence) sided {
	s := sided{rule: r}
	s.head, s.here = head.Metric(name)
	if base == nil {
		return s
	}
	if s.base, s.was = base.Metric(name); s.was {
		s.listed = [2]bool{head.Lists(s.head), base.Lists(s.base)}
		s.pairs = join(s.head, s.base, head, base)
	}
	return s
}

// measure puts both numbers side by side and resolves the bounds to limits in the metric's unit.
func (s sided) measure(name string) mlgate.GateResult {
	r := s.rule
	g := mlgate.GateResult{Metric: name, Better: r.Better}
	g.Rule, g.Pos = "gate/"+name, r.Pos
	if name != r.Pattern {
		g.Pattern = r.Pattern
	}
	if s.here {
		g.Head, g.Unit = &s.head.Value, s.head.Unit
	}
	if s.was {
		g.Base = &s.base.Value
	}
	if r.Min != nil {
		g.Limits = append(g.Limits, mlgate.Limit{Op: ">=", Value: mlgate.Number(*r.Min), From: mlgate.MinKey})
	}
	if r.Max != nil {
		g.Limits = append(g.Limits, mlgate.Limit{Op: "<=", Value: mlgate.Number(*r.Max), From: mlgate.MaxKey})
	}
	for _, b := range r.OnChange() {
		if v, ok := resolve(b.Bound, g.Base); ok {
			g.Limits = append(g.Limits, around(b.Key, *g.Base, v)...)
		}
	}
	return g
}

// around gives the limits that a change of v from the baseline stands for.
func around(key string, base, v mlgate.Number) []mlgate.Limit {
	low, high := mlgate.Limit{Op: ">=", Value: base - v, From: key}, mlgate.Limit{Op: "<=", Value: base + v, From: key}
	switch key {
	case mlgate.MaxDropKey:
		return []mlgate.Limit{low}
	case mlgate.MaxRiseKey:
		return []mlgate.Limit{high}
	case mlgate.MinDropKey:
		return []mlgate.Limit{{Op: "<=", Value: base - v, From: key}}
	case mlgate.MinRiseKey:
		return []mlgate.Limit{{Op: ">=", Value: base + v, From: key}}
	default:
		return []mlgate.Limit{low, high}
	}
}

// resolve gives a bound on the change in the metric's unit, if the baseline allows one.
func resolve(b *mlgate.Bound, base *mlgate.Number) (mlgate.Number, bool) {
	if b == nil || base == nil || !base.Finite() || (b.Relative && *base == 0) {
		return 0, false
	}
	if b.Relative {
		return mlgate.Number(b.Value * math.Abs(float64(*base))), true
	}
	return mlgate.Number(b.Value), true
}
