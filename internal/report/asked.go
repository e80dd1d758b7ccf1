package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// demand is a gate as it stands in mlops.yaml.
func demand(g mlgate.GateRule) string {
	parts := computed(g.Derived)
	number := func(key string, f *float64) {
		if f != nil {
			parts = append(parts, key+" "+plain(*f))
		}
	}
	bound := func(key string, b *mlgate.Bound) {
		switch {
		case b.Relative:
			parts = append(parts, fmt.Sprintf("%s %s%% of baseline", key, plain(b.Value*100)))
		default:
			parts = append(parts, key+" "+plain(b.Value))
		}
	}
	number("min", g.Min)
	number("max", g.Max)
	for _, b := range g.OnChange() {
		bound(b.Key, b.Bound)
	}
	number(mlgate.RatchetKey, g.Ratchet)
	number(mlgate.MaxTotalDropKey, g.MaxTotalDrop)
	number(mlgate.MaxTotalRiseKey, g.MaxTotalRise)
	if b := g.Band; b != nil {
		parts = append(parts, fmt.Sprintf("band of %s deviations over %d versions", plain(b.Deviations), b.Over))
	}
	if g.Confidence > 0 {
		parts = append(parts, "confidence "+plain(g.Confidence))
	}
	if g.MinExamples > 0 {
		parts = append(parts, fmt.Sprintf("min_examples %d", g.MinExamples))
	}
	if g.Severity == mlgate.Warn {
		parts = append(parts, "severity warn")
	}
	if g.Correction != "" {
		parts = append(parts, "correction "+string(g.Correction))
	}
	return strings.Join(parts, ", ")
}

// plain writes a number that a person wrote: 15 digits lose nothing of it, and hide what doubles add.
func plain(f float64) string { return strconv.FormatFloat(f, 'g', 15, 64) }

// arithmetic shows how each limit was computed. A limit that rests on the baseline is the baseline less
// or plus what was allowed; where a rule that still stands says a share and gives just that, the share
// is named.
func arithmetic(g mlgate.GateResult, rules []mlgate.GateRule) []string {
	var out []string
	for _, l := range g.Limits {
		sign, op := "−", "≥ "
		if l.Op == "<=" {
			op = "≤ "
		}
		if l.From == mlgate.MinRiseKey || l.Op == "<=" && l.From != mlgate.MinDropKey {
			sign = "+"
		}
		digits := max(digitsFor(g.Base, g.Head), decimals(float64(l.Value), 5))
		if !l.OnChange() || g.Base == nil {
			out = append(out, op+value(&l.Value, digits)+" ("+l.From+")")
			continue
		}
		allowed := mlgate.Number(math.Abs(float64(l.Value - *g.Base)))
		digits = max(digits, decimals(float64(allowed), 4))
		how := l.From
		if share, ok := shareOf(l.From, g, allowed, rules); ok {
			how = fmt.Sprintf("%s, %s%% of the baseline", l.From, plain(share*100))
		}
		out = append(out, fmt.Sprintf("%s%s = %s %s %s (%s)", op, value(&l.Value, digits), value(g.Base, digits), sign, value(&allowed, digits), how))
	}
	return out
}

func shareOf(key string, g mlgate.GateResult, allowed mlgate.Number, rules []mlgate.GateRule) (float64, bool) {
	for _, r := range rules {
		for _, b := range r.OnChange() {
			want := b.Value * math.Abs(float64(*g.Base))
			if b.Key == key && b.Relative && math.Abs(want-float64(allowed)) <= 1e-9*math.Max(1, want) {
				return b.Value, true
			}
		}
	}
	return 0, false
}

// place is where something stands in a file.
func place(p mlgate.Pos) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }
