package gate

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// derived computes the metric of a rule from others, on both sides.
func derived(r mlgate.GateRule, head, base *mlgate.Evidence) measured {
	s := sided{rule: r, here: true}
	if lost, found := s.lost(head, base); found {
		return measured{result: lost}
	}
	d := derive(r, head, func(name string) bool { return small(r, name, head, base) })
	if base != nil {
		b := derive(r, base, func(name string) bool { return small(r, name, base, nil) })
		s.base, s.was = b.metric, b.why == ""
	}
	if d.why != "" {
		s.here = false
		g := s.measure(r.Pattern)
		g.Status, g.Fix = severe(r), "write what it is computed from, each as a number"
		if d.few {
			g.Status, g.Fix = mlgate.Inconclusive, "measure at least two groups, each on enough examples"
		}
		g.Message = fmt.Sprintf("%s cannot be computed: %s", r.Pattern, d.why)
		return measured{result: g}
	}
	s.head = d.metric
	m := s.weighed(r.Pattern)
	if r.Itself() {
		if m.test = s.itself(d.of); m.test != nil {
			m.test.put(m.result)
		}
	}
	m.result.How, m.result.Less = d.how, nil // what it is computed from was compared above
	return m
}

// explained adds what a derived metric was computed from.
func explained(g mlgate.GateResult) mlgate.GateResult {
	if g.How != "" {
		g.Message += " (" + g.How + ")"
	}
	return g
}

// lost is the result where the evidence itself has a metric of that name, or something that the baseline
// computed it from is missing, or rests on less.
func (s sided) lost(head, base *mlgate.Evidence) (mlgate.GateResult, bool) {
	r := s.rule
	s.here = false
	g := s.measure(r.Pattern)
	g.Status = severe(r)
	if _, twice := head.Metric(r.Pattern); twice {
		g.Message, g.Fix = r.Pattern+" stands in the evidence, and the gate computes a metric of that name: nobody can tell which is meant", "give one of them another name"
		return g, true
	}
	if base == nil {
		return g, false
	}
	for _, name := range parts(r, base) {
		if r.Derived.Over != "" && small(r, name, head, base) {
			continue
		}
		p := sides(r, name, head, base)
		if !p.here {
			g.Message, g.Fix = fmt.Sprintf("%s cannot be computed: %s is missing, the baseline has it", r.Pattern, name), "measure it again: less evidence than the baseline's is no way around a gate"
			return g, true
		}
		if g.Less = less(p); g.Less != nil {
			g.Message, g.Fix = fmt.Sprintf("%s: %s", r.Pattern, shortfall(name, *g.Less)), "measure on as much as the baseline did"
			return g, true
		}
	}
	return g, false
}

// parts lists the metrics of one side that the rule's is computed from.
func parts(r mlgate.GateRule, e *mlgate.Evidence) []string {
	var out []string
	for _, m := range e.Metrics {
		if slices.Contains(r.Derived.Of, m.Name) || r.Derived.Over != "" && glob.Name(r.Derived.Over, m.Name) {
			out = append(out, m.Name)
		}
	}
	return out
}

// derivation is a computed metric, or why there is none.
type derivation struct {
	metric   mlgate.Metric
	of       []mlgate.Metric // that it was computed from
	how, why string
	few      bool // why is that there are too few groups
}

// derive computes a rule's metric on one side. Small groups are left out.
func derive(r mlgate.GateRule, e *mlgate.Evidence, small func(name string) bool) derivation {
	if r.Derived.Over != "" {
		return deriveOver(r, e, small)
	}
	var of [2]mlgate.Metric
	for i, name := range r.Derived.Of {
		m, ok := e.Metric(name)
		if why := e.Why(name); !ok && why != "" {
			return derivation{why: name + " is " + why}
		} else if !ok {
			return derivation{why: "no metric is called " + name}
		}
		of[i] = m
	}
	return deriveTwo(r, of[0], of[1])
}

// deriveTwo is the difference or the ratio of two metrics. A number of examples that one of them does not
// state is none.
func deriveTwo(r mlgate.GateRule, a, b mlgate.Metric) derivation {
	d := derivation{metric: mlgate.Metric{Name: r.Pattern, N: min(a.N, b.N)}, of: []mlgate.Metric{a, b}}
	if r.Derived.Kind == mlgate.Ratio {
		switch {
		case b.Value == 0:
			return derivation{why: b.Name + " is 0, and nothing is divided by it"}
		case !b.Value.Finite(): // by infinity everything is 0, which looks like a number
			return derivation{why: fmt.Sprintf("%s is %s", b.Name, show(b.Value))}
		}
		d.metric.Value, d.how = a.Value/b.Value, fmt.Sprintf("%s %s / %s %s", a.Name, show(a.Value), b.Name, show(b.Value))
		return d
	}
	d.metric.Value, d.how = a.Value-b.Value, fmt.Sprintf("%s %s − %s %s", a.Name, show(a.Value), b.Name, show(b.Value))
	if a.Unit == b.Unit {
		d.metric.Unit = a.Unit
	}
	if aErr, bErr := errorOf(a), errorOf(b); aErr != nil && bErr != nil { // of two independent test sets
		e := mlgate.Number(math.Hypot(*aErr, *bErr))
		d.metric.Stderr = &e
	}
	if d.metric.Repeats = repeatsOf(a, b); d.metric.Repeats != nil {
		d.metric.Runs = a.Runs
	}
	return d
}

// deriveOver compares the largest of a pattern's metrics with the smallest.
func deriveOver(r mlgate.GateRule, e *mlgate.Evidence, small func(name string) bool) derivation {
	var all []mlgate.Metric
	left := 0
	for _, name := range parts(r, e) {
		m, _ := e.Metric(name)
		switch {
		case small(name):
			left++
		case !m.Value.Finite():
			return derivation{why: fmt.Sprintf("%s is %s", name, show(m.Value))}
		default:
			all = append(all, m)
		}
	}
	without := ""
	if left > 0 {
		without = fmt.Sprintf("; %d left out for fewer than %d examples", left, r.MinExamples)
	}
	if len(all) < 2 {
		return derivation{few: len(all)+left > 0, why: fmt.Sprintf("%s gives %s, and two are compared%s", r.Derived.Over, mlgate.Counted(len(all), "metric"), without)}
	}
	low, high, n := all[0], all[0], all[0].N
	for _, m := range all[1:] {
		if m.Value < low.Value {
			low = m
		}
		if m.Value > high.Value {
			high = m
		}
		n = min(n, m.N)
	}
	d := derivation{metric: mlgate.Metric{Name: r.Pattern, Value: high.Value - low.Value, Unit: high.Unit, N: n}, of: all}
	if r.Derived.Kind == mlgate.RatioOver {
		if low.Value < 0 || high.Value == 0 {
			return derivation{why: fmt.Sprintf("the smallest is %s and the largest %s: their ratio says nothing", show(low.Value), show(high.Value))}
		}
		d.metric.Value, d.metric.Unit = low.Value/high.Value, ""
	}
	d.how = fmt.Sprintf("largest %s, %s; smallest %s, %s; of %d%s", show(high.Value), high.Name, show(low.Value), low.Name, len(all), without)
	return d
}
