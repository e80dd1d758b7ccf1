package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// derived reads how a gate's metric is computed, where it is.
func (p *parsed) derived(g *mlgate.GateRule, k map[string]*yaml.Node) {
	for _, kind := range []mlgate.DerivedKind{mlgate.Difference, mlgate.Ratio, mlgate.DifferenceOver, mlgate.RatioOver} {
		n := k[string(kind)]
		if n == nil {
			continue
		}
		if g.Derived != nil {
			p.problem(n, fmt.Sprintf("`%s` beside `%s`: the metric is one of them", kind, g.Derived.Kind), "write a gate for each, under names of their own")
			continue
		}
		d := &mlgate.Derived{Kind: kind}
		if kind == mlgate.Difference || kind == mlgate.Ratio {
			if d.Of = p.texts(n); !p.complained(n) && (len(d.Of) != 2 || d.Of[0] == d.Of[1]) {
				p.problem(n, fmt.Sprintf("`%s` takes two different metrics", kind), fmt.Sprintf("write %s: [train.accuracy, test.accuracy]", kind))
			}
		} else if d.Over = p.text(n); !p.complained(n) && !strings.Contains(d.Over, "*") {
			p.problem(n, fmt.Sprintf("`%s` takes a pattern", kind), fmt.Sprintf("write %s: \"selection_rate[group=*]\"", kind))
		}
		if g.Derived = d; g.Wide() {
			p.problem(n, fmt.Sprintf("`%s` under the pattern %q: what is computed is one metric", kind, g.Pattern), "give it a name without `*`")
		}
		if kind != mlgate.Difference && g.Confidence > 0 && len(g.OnChange()) > 0 {
			p.problem(k["confidence"], fmt.Sprintf("`confidence` with `%s` and a bound on the change: there is no test for how such a number changes", kind), insteadOf(kind))
		}
	}
}

// insteadOf says what can be tested in place of a change that cannot.
func insteadOf(kind mlgate.DerivedKind) string {
	if kind == mlgate.Ratio {
		return "limit the ratio itself, by min or max, or give each of the two metrics a gate with a bound on its change"
	}
	return "limit the number itself, by min or max, and give the groups a gate on their change: \"tpr[group=*]\": {max_drop: 0.02, confidence: 0.95}"
}

// complained reports whether a value, or an element of it, is known to be wrong.
func (p *parsed) complained(n *yaml.Node) bool {
	return p.bad[n] || slices.ContainsFunc(n.Content, func(e *yaml.Node) bool { return p.bad[e] })
}

// nested complains of metrics that are computed from computed ones.
func (p *parsed) nested(gates *yaml.Node) {
	computed := map[string]bool{}
	for _, g := range p.demand.Gates {
		computed[g.Pattern] = g.Derived != nil
	}
	for i, g := range pairs(gates) {
		d := p.demand.Gates[i].Derived
		if d == nil {
			continue
		}
		if at := slices.IndexFunc(d.Of, func(name string) bool { return computed[name] }); at >= 0 {
			p.problem(g.key, fmt.Sprintf("%q is computed from %q, which is computed itself", g.key.Value, d.Of[at]), "compute it from metrics that stand in the evidence")
		}
	}
}
