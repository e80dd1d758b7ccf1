package gate

import (
	"math"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// measured is one metric under one rule, tested and not decided yet: how much a test must show hangs on
// how many there are.
type measured struct {
	sided
	result mlgate.GateResult // with a status: it is decided
	test   *tested           // nil: nothing is tested
}

// look puts a metric under its rule.
func look(r mlgate.GateRule, name string, head, base *mlgate.Evidence) measured {
	g := measure(r, name, head, base)
	if g.Head == nil {
		return measured{result: missing(r, g, head, base)}
	}
	m := measured{sided: sides(r, name, head, base), result: g}
	m.result.Less = less(m.sided)
	if m.test = m.sided.test(); m.test != nil {
		m.test.put(m.result)
	}
	return m
}

// sides puts a metric of both sides under its rule.
func sides(r mlgate.GateRule, name string, head, base *mlgate.Evidence) sided {
	s := sided{rule: r}
	s.head, _ = head.Metric(name)
	if base == nil {
		return s
	}
	var there bool
	if s.base, there = base.Metric(name); there && r.Confidence > 0 {
		s.listed = [2]bool{head.Lists(s.head), base.Lists(s.base)}
		s.pairs = join(s.head, s.base, head, base)
	}
	return s
}

// measure puts both numbers side by side and resolves the bounds to limits in the metric's unit.
func measure(r mlgate.GateRule, name string, head, base *mlgate.Evidence) mlgate.GateResult {
	g := mlgate.GateResult{Metric: name, Better: r.Better}
	g.Rule, g.Pos = "gate/"+name, r.Pos
	if name != r.Pattern {
		g.Pattern = r.Pattern
	}
	if m, ok := head.Metric(name); ok {
		g.Head, g.Unit = &m.Value, m.Unit
	}
	if base != nil {
		if m, ok := base.Metric(name); ok {
			g.Base = &m.Value
		}
	}
	if r.Min != nil {
		g.Limits = append(g.Limits, mlgate.Limit{Op: ">=", Value: mlgate.Number(*r.Min), From: "min"})
	}
	if r.Max != nil {
		g.Limits = append(g.Limits, mlgate.Limit{Op: "<=", Value: mlgate.Number(*r.Max), From: "max"})
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
