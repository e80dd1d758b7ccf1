package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// row is one metric as a table shows it.
type row struct {
	icon, mark, metric, base, head, change, allowed string
	pattern                                         string // of the gate, where it is not the metric's name
	status                                          mlgate.Status
	gated                                           bool
	trend                                           int // 1 better, -1 worse, 0 unchanged or unknown
	said                                            mlgate.Finding
}

// rows puts the worst first: failing, inconclusive, warned, better, worse, unchanged; metrics without
// a gate come after those with one.
func rows(o mlgate.Outcome) []row {
	all := make([]row, 0, len(o.Gates))
	gated := map[string]bool{}
	for _, g := range o.Gates {
		all = append(all, weighed(gateRow(g), o))
		gated[g.Metric] = true
	}
	for _, name := range ungated(o, gated) {
		all = append(all, weighed(plainRow(o, name), o))
	}
	slices.SortStableFunc(all, func(a, b row) int { return a.rank() - b.rank() })
	return all
}

func (r row) rank() int {
	switch {
	case r.gated && r.status < mlgate.Pass:
		return int(r.status)
	case r.gated && r.trend != 0:
		return 10 - r.trend
	case r.gated:
		return 12
	case r.trend != 0 || (r.change != "" && r.change != "="):
		return 13
	}
	return 14
}

// unchanged rows are folded away.
func (r row) unchanged() bool {
	return (!r.gated || r.status == mlgate.Pass) && (r.change == "=" || (!r.gated && r.change == ""))
}

var icons = map[mlgate.Status]string{mlgate.Unknown: "❓", mlgate.Fail: "❌", mlgate.Inconclusive: "❔", mlgate.Warn: "⚠️", mlgate.Pass: "✅"}

func gateRow(g mlgate.GateResult) row {
	r := row{icon: icon(g.Finding), mark: mark(g.Finding), metric: g.Metric, pattern: g.Pattern, status: g.Status, gated: true, said: g.Finding}
	r.base, r.head, r.change = Number(g.Base, g.Head, inert.Line(g.Unit))
	if g.Slices != nil {
		r.allowed = strings.TrimPrefix(strings.TrimPrefix(g.Message, g.Metric+": "), g.Metric+" ")
		return r
	}
	if g.Head == nil {
		r.head = "missing"
	}
	r.trend = trend(g.Base, g.Head, g.Better)
	r.change += trendWord(r.trend)
	var limits []string
	for _, l := range g.Limits {
		op := "≥ "
		if l.Op == "<=" {
			op = "≤ "
		}
		limits = append(limits, op+value(&l.Value, max(digitsFor(g.Base, g.Head), decimals(float64(l.Value), 4))))
	}
	if g.Less != nil {
		limits = append(limits, fmt.Sprintf("≥ %d %s", g.Less.Base, inert.Line(g.Less.What)))
	}
	if g.How != "" {
		limits = []string{strings.TrimPrefix(strings.Join(limits, ", ")+"; "+g.How, "; ")}
	}
	r.allowed = strings.Join(limits, ", ")
	switch t := g.Test; {
	case t == nil || t.Method == mlgate.NoTest:
	case t.Number:
		r.head += fmt.Sprintf(", %s … %s", value(&t.Low, testDigits(t)), value(&t.High, testDigits(t)))
	default:
		r.change += fmt.Sprintf(", %s … %s", signed(float64(t.Low), testDigits(t)), signed(float64(t.High), testDigits(t)))
	}
	if g.Status == mlgate.Inconclusive && g.Test != nil {
		r.allowed = strings.Join(append(limits, "too little data to say; "+g.Fix), "; ")
	} else if g.Status == mlgate.Inconclusive {
		r.allowed = strings.Join(append(limits, strings.TrimPrefix(g.Message, g.Metric+" ")), "; ")
	}
	if why := excuse(g.Finding); why != "" {
		r.allowed += "; " + why
	}
	return r
}

// testDigits shows two significant digits of how wide an interval is. An end that would be 0 with these gets up
// to two more.
func testDigits(t *mlgate.Test) int {
	width := max(1, decimals(float64(t.High-t.Low), 2))
	digits := width
	for _, end := range []mlgate.Number{t.Low, t.High} {
		if n := decimals(float64(end), 1); end.Finite() && n <= width+2 && math.Abs(float64(end))*math.Pow10(width) < 0.5 {
			digits = max(digits, n)
		}
	}
	return digits
}

func trend(a, b *mlgate.Number, better mlgate.Direction) int {
	if a == nil || b == nil || better == "" || *a == *b || !a.Finite() || !b.Finite() {
		return 0
	}
	if (*b > *a) == (better == mlgate.Higher) {
		return 1
	}
	return -1
}

func trendWord(t int) string {
	return map[int]string{1: " better", -1: " worse"}[t]
}

// ungated lists the metrics of either side that no gate is about.
func ungated(o mlgate.Outcome, gated map[string]bool) []string {
	var names, wide []string
	for _, g := range o.Gates {
		if g.Slices != nil {
			wide = append(wide, g.Metric)
		}
	}
	counted := func(name string) bool { // among the metrics of a pattern that are not given by name
		return slices.ContainsFunc(wide, func(p string) bool { return glob.Name(p, name) })
	}
	for _, e := range []*mlgate.Evidence{o.Evidence, o.BaseEvidence} {
		if e == nil {
			continue
		}
		for _, m := range e.Metrics {
			if !gated[m.Name] && !counted(m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func plainRow(o mlgate.Outcome, name string) row {
	var a, b *mlgate.Number
	unit := ""
	if o.BaseEvidence != nil {
		if m, ok := o.BaseEvidence.Metric(name); ok {
			a = &m.Value
		}
	}
	if m, ok := o.Evidence.Metric(name); ok {
		b, unit = &m.Value, m.Unit
	}
	r := row{metric: name, status: mlgate.Pass}
	r.base, r.head, r.change = Number(a, b, inert.Line(unit))
	switch {
	case b == nil:
		r.head, r.change = "missing", "gone"
	case a == nil && o.BaseEvidence != nil:
		r.change = "new"
	}
	return r
}

// changes between the two sides: params, then inputs.
func changes(o mlgate.Outcome) []string {
	if o.Evidence == nil || o.BaseEvidence == nil {
		return nil
	}
	old, now := map[string]string{}, map[string]string{}
	var inputs [2][]mlgate.File
	inputs[0], inputs[1] = differing(o.BaseEvidence.Inputs, o.Evidence.Inputs)
	for i, e := range []*mlgate.Evidence{o.BaseEvidence, o.Evidence} {
		m := []map[string]string{old, now}[i]
		for _, p := range e.Params {
			m["p:"+p.Name] = p.Value
		}
		for _, f := range inputs[i] {
			m["f:"+f.Path] = size(f.Size) + " (" + string(f.SHA256[:min(4, len(f.SHA256))]) + "…)"
		}
	}
	var names []string
	for _, m := range []map[string]string{old, now} {
		for name := range m {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { // params before files
		if a[0] != b[0] {
			return int(b[0]) - int(a[0])
		}
		return strings.Compare(a, b)
	})
	var out []string
	for _, name := range slices.Compact(names) {
		if old[name] != now[name] {
			out = append(out, name[2:]+"\x00"+old[name]+"\x00"+now[name])
		}
	}
	return out
}

// differing leaves out of two lists, both sorted by path, what stands in both: often all of it, a
// hundred thousand files.
func differing(a, b []mlgate.File) (onlyA, onlyB []mlgate.File) {
	for len(a) > 0 && len(b) > 0 {
		switch order := strings.Compare(a[0].Path, b[0].Path); {
		case order < 0:
			onlyA, a = append(onlyA, a[0]), a[1:]
		case order > 0:
			onlyB, b = append(onlyB, b[0]), b[1:]
		default:
			if a[0] != b[0] {
				onlyA, onlyB = append(onlyA, a[0]), append(onlyB, b[0])
			}
			a, b = a[1:], b[1:]
		}
	}
	return append(onlyA, a...), append(onlyB, b...)
}
