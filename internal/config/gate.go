package config

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// gates reads all of them, and how their tests are corrected for being many.
func (p *parsed) gates(gates, correction *yaml.Node) {
	for _, g := range pairs(gates) {
		p.gate(g.key, fields(g.value))
	}
	p.nested(gates)
	c := mlgate.Correction(p.text(correction))
	if c == "" || c == noCorrection {
		return
	}
	tested := false
	for i := range p.demand.Gates {
		p.demand.Gates[i].Correction = c
		tested = tested || p.demand.Gates[i].Confidence > 0
	}
	if !tested {
		p.problem(correction, "`correction` without a gate that has `confidence`: no gate is tested", "give gates a confidence, or take `correction` out")
	}
}

// How often a test may draw again.
const (
	minResamples = 100
	maxResamples = 1_000_000
)

// noCorrection is the word for leaving p-values as they are.
const noCorrection = "none"

// gate reads one gate. A limit implies the direction: what has a min, may drop only so far or must rise
// is better when higher; what has a max, may rise only so far or must drop, when lower.
func (p *parsed) gate(name *yaml.Node, k map[string]*yaml.Node) {
	g := mlgate.GateRule{Pattern: name.Value, Severity: mlgate.Fail, Pos: p.pos(name), Better: mlgate.Direction(p.text(k["better"]))}
	g.Min, g.Max = p.number(k["min"]), p.number(k["max"])
	g.MaxDrop, g.MaxRise = p.bound(k[mlgate.MaxDropKey]), p.bound(k[mlgate.MaxRiseKey])
	g.MinDrop, g.MinRise, g.MaxChange = p.bound(k[mlgate.MinDropKey]), p.bound(k[mlgate.MinRiseKey]), p.bound(k[mlgate.MaxChangeKey])
	g.MinExamples = int64(p.count(k["min_examples"]))
	g.Resamples, g.Seed = p.count(k["resamples"]), uint64(p.count(k["seed"]))
	if g.Resamples != 0 && (g.Resamples < minResamples || g.Resamples > maxResamples) {
		p.problem(k["resamples"], fmt.Sprintf("%d resamples", g.Resamples), fmt.Sprintf("write %d to %d", minResamples, maxResamples))
	}
	if c := p.number(k["confidence"]); c != nil {
		g.Confidence = *c
	}
	if p.text(k["severity"]) == "warn" {
		g.Severity = mlgate.Warn
	}
	p.derived(&g, k)
	p.ofPast(&g, k)
	if g.Better == "" {
		g.Better = implied(g)
	}
	p.impossible(g, k)
	if g.Ratchet != nil && g.Better == "" {
		p.problem(k[mlgate.RatchetKey], "`ratchet` without a direction: which value is the best?", "write better: higher, or better: lower")
	}
	p.demand.Gates = append(p.demand.Gates, g)
}

// implied is which way a metric gets better, as far as its limits agree on one.
func implied(g mlgate.GateRule) mlgate.Direction {
	up := g.Min != nil || g.MaxDrop != nil || g.MinRise != nil || g.MaxTotalDrop != nil
	down := g.Max != nil || g.MaxRise != nil || g.MinDrop != nil || g.MaxTotalRise != nil
	switch {
	case up && !down:
		return mlgate.Higher
	case down && !up:
		return mlgate.Lower
	}
	return ""
}

// impossible complains of what no number could fulfil.
func (p *parsed) impossible(g mlgate.GateRule, k map[string]*yaml.Node) {
	if g.Min != nil && g.Max != nil && *g.Min > *g.Max {
		p.problem(k["min"], "min is above max: nothing could pass", "make min the smaller one")
	}
	if g.MinRise != nil && g.MinDrop != nil {
		p.problem(k[mlgate.MinDropKey], "`min_drop` beside `min_rise`: nothing both falls and rises", "keep the one that is better for this metric")
	}
	for _, c := range []struct {
		least, most       *mlgate.Bound
		leastKey, mostKey string
	}{
		{g.MinRise, g.MaxRise, mlgate.MinRiseKey, mlgate.MaxRiseKey}, {g.MinDrop, g.MaxDrop, mlgate.MinDropKey, mlgate.MaxDropKey},
		{g.MinRise, g.MaxChange, mlgate.MinRiseKey, mlgate.MaxChangeKey}, {g.MinDrop, g.MaxChange, mlgate.MinDropKey, mlgate.MaxChangeKey},
	} {
		if c.least != nil && c.most != nil && c.least.Relative == c.most.Relative && c.least.Value > c.most.Value {
			p.problem(k[c.leastKey], fmt.Sprintf("%s is above %s: nothing could pass", c.leastKey, c.mostKey), "make "+c.leastKey+" the smaller one")
		}
	}
	switch {
	case g.Confidence == 0:
	case g.Itself() && (g.Min != nil || g.Max != nil):
	case len(g.OnChange()) == 0:
		p.problem(k["confidence"], "`confidence` without a bound on the change: min and max are limits on the number as it is", "give the gate a max_drop, max_rise, min_drop, min_rise or max_change, or take `confidence` out")
	case g.MaxChange != nil && g.MaxChange.Value == 0:
		p.problem(k[mlgate.MaxChangeKey], "`max_change: 0` with `confidence`: no number of examples shows that nothing at all has changed", "say how much may change, or take `confidence` out")
	}
}

// bound is a number in the metric's unit, or "N% of baseline".
func (p *parsed) bound(n *yaml.Node) *mlgate.Bound {
	if f := p.number(n); f != nil {
		return &mlgate.Bound{Value: *f}
	}
	percent, _, isPercent := strings.Cut(p.text(n), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(percent), 64)
	if !isPercent || err != nil {
		return nil
	}
	return &mlgate.Bound{Value: f / 100, Relative: true}
}
