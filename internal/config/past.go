package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// ofPast reads the limits that accepted versions give.
func (p *parsed) ofPast(g *mlgate.GateRule, k map[string]*yaml.Node) {
	g.Ratchet, g.MaxTotalDrop, g.MaxTotalRise = p.number(k[mlgate.RatchetKey]), p.number(k[mlgate.MaxTotalDropKey]), p.number(k[mlgate.MaxTotalRiseKey])
	if n := k[mlgate.BandKey]; n != nil {
		b := fields(n)
		g.Band = &mlgate.Band{Over: p.count(b["over"])}
		if d := p.number(b["deviations"]); d != nil {
			g.Band.Deviations = *d
		}
		if w := p.number(b["weight"]); w != nil {
			g.Band.Weight = *w
		}
		switch {
		case g.Band.Over < fewestInBand || g.Band.Over > mlgate.MaxBand:
			p.problem(n, fmt.Sprintf("a band over %d versions", g.Band.Over), fmt.Sprintf("write %d to %d", fewestInBand, mlgate.MaxBand))
		case g.Band.Deviations <= 0:
			p.problem(n, "a band of no width", "write deviations: 3")
		case b["weight"] != nil && (g.Band.Weight <= 0 || g.Band.Weight > 1):
			p.problem(b["weight"], "the weight of the newest version is above 0 and at most 1", "write weight: 0.3")
		}
	}
	for _, key := range []string{mlgate.RatchetKey, mlgate.MaxTotalDropKey, mlgate.MaxTotalRiseKey} {
		if f := p.number(k[key]); f != nil && *f < 0 {
			p.problem(k[key], fmt.Sprintf("`%s` is below 0", key), "write how far it may be worse: 0.01, or 0")
		}
	}
	if g.OfPast() && g.Derived != nil {
		p.problem(k[g.PastKey()], fmt.Sprintf("`%s` on a computed metric: accepted versions have none", g.PastKey()), "give the limit to the metrics that it is computed from")
	}
}

// fewestInBand is how many versions a band rests on at least.
const fewestInBand = 4
