package gate

import (
	"cmp"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// fewest is how many accepted versions a band rests on at least: of fewer the deviation says nothing.
const fewest = 4

// recall adds the limits that the accepted versions give, and says what they cannot tell.
func (s sided) recall(g *mlgate.GateResult, past *mlgate.Past) (short string) {
	if !s.rule.OfPast() {
		return ""
	}
	if past == nil {
		past = &mlgate.Past{}
	}
	known := remember(g.Metric, past)
	g.Past = &mlgate.GatePast{Stage: past.Stage, Count: known.Count, Without: counting(past) - known.Count}
	if known.Count == 0 {
		g.Past.Needs = 1
		if s.rule.Band != nil {
			g.Past.Needs = fewest
		}
		return "no accepted version has " + g.Metric + " yet"
	}
	g.Past.Ever = &known.Ever
	if r := s.rule.Ratchet; r != nil {
		g.Limits = append(g.Limits, below(best(*g.Past.Ever, s.rule.Better), *r, s.rule.Better, mlgate.RatchetKey))
	}
	s.total(g, known)
	if s.rule.Band != nil {
		return s.band(g, past)
	}
	return ""
}

func best(of mlgate.PastSpan, better mlgate.Direction) mlgate.Number {
	if better == mlgate.Lower {
		return of.Lowest
	}
	return of.Highest
}

// below is the limit that lies by so much on the worse side of a value.
func below(value mlgate.Number, by float64, better mlgate.Direction, key string) mlgate.Limit {
	if better == mlgate.Lower {
		return mlgate.Limit{Op: "<=", Value: value + mlgate.Number(by), From: key}
	}
	return mlgate.Limit{Op: ">=", Value: value - mlgate.Number(by), From: key}
}

// total adds up small allowed changes: the limit counts from the best value since an owner last accepted a
// version that this gate had failed, or since the first.
func (s sided) total(g *mlgate.GateResult, known mlgate.PastMetric) {
	if s.rule.MaxTotalDrop == nil && s.rule.MaxTotalRise == nil {
		return
	}
	g.Past.Total = cmp.Or(known.Since, g.Past.Ever)
	if d := s.rule.MaxTotalDrop; d != nil {
		g.Limits = append(g.Limits, below(g.Past.Total.Highest, *d, mlgate.Higher, mlgate.MaxTotalDropKey))
	}
	if d := s.rule.MaxTotalRise; d != nil {
		g.Limits = append(g.Limits, below(g.Past.Total.Lowest, *d, mlgate.Lower, mlgate.MaxTotalRiseKey))
	}
}

// band adds the limits of a band around the last values; of a metric whose direction is known only that on
// the worse side.
func (s sided) band(g *mlgate.GateResult, past *mlgate.Past) (short string) {
	b := s.rule.Band
	g.Past.Versions, g.Past.Values = newest(g.Metric, past, b.Over)
	values := floats(g.Past.Values)
	if len(values) < fewest {
		g.Past.Needs = fewest
		return fmt.Sprintf("%s is in %d of the accepted versions; a band needs %d", g.Metric, len(values), fewest)
	}
	center, spread, err := stat.MAD(values)
	if err == nil && b.Weight > 0 {
		center, _, err = stat.EWMA(values, b.Weight)
	}
	if err != nil {
		return fmt.Sprintf("the values of %s in accepted versions give no band", g.Metric)
	}
	c, d := mlgate.Number(center), mlgate.Number(spread)
	g.Past.Center, g.Past.Spread = &c, &d
	if spread == 0 {
		if g.Head != nil && *g.Head != c && (s.rule.Better == "" || broken(below(c, 0, s.rule.Better, mlgate.BandKey), float64(*g.Head))) {
			return fmt.Sprintf("more than half of the last %d accepted versions have the same %s: there is no deviation to go by", len(values), g.Metric)
		}
		return ""
	}
	for _, way := range []mlgate.Direction{mlgate.Higher, mlgate.Lower} {
		if s.rule.Better == "" || s.rule.Better == way {
			g.Limits = append(g.Limits, below(c, b.Deviations*spread, way, mlgate.BandKey))
		}
	}
	return ""
}

// recalled says what of the accepted versions a limit rests on; empty: it rests on none of them.
func recalled(g mlgate.GateResult, l mlgate.Limit) string {
	switch p := g.Past; l.From {
	case mlgate.RatchetKey:
		value, at := p.Ever.Highest, p.Ever.HighestAt
		if g.Better == mlgate.Lower {
			value, at = p.Ever.Lowest, p.Ever.LowestAt
		}
		return fmt.Sprintf("the best of %d accepted versions, %s, has %s", p.Count, at, show(value))
	case mlgate.MaxTotalDropKey:
		return fmt.Sprintf("since %s the best accepted version, %s, has %s, and drops add up", p.Total.From, p.Total.HighestAt, show(p.Total.Highest))
	case mlgate.MaxTotalRiseKey:
		return fmt.Sprintf("since %s the best accepted version, %s, has %s, and rises add up", p.Total.From, p.Total.LowestAt, show(p.Total.Lowest))
	case mlgate.BandKey:
		return fmt.Sprintf("the last accepted versions lie around %s, with a deviation of %s", show(*p.Center), show(*p.Spread))
	}
	return ""
}
