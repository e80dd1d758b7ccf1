package gate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxNamed is how many results of one pattern are given by name, the worst first; the rest is counted.
const maxNamed = 1000

// fewSlices are so few that a report shows them all.
const fewSlices = 10

// group is a rule with what it is about: a range of all that is measured.
type group struct {
	rule     mlgate.GateRule
	from, to int
	small    int // metrics that are too small to be judged
}

// small reports whether a metric has, here and in the baseline, fewer examples than the rule asks for, and
// says so. One that is missing here is small when it was; one that had enough, or did not say, is judged,
// so that nobody makes a slice small in order not to have it judged.
func small(r mlgate.GateRule, name string, head, base *mlgate.Evidence) bool {
	few := func(m mlgate.Metric) bool { return m.N > 0 && m.N < r.MinExamples }
	h, here := head.Metric(name)
	var b mlgate.Metric
	was := false
	if base != nil {
		b, was = base.Metric(name)
	}
	return (!here || few(h)) && (!was || few(b))
}

// conclude decides all metrics of a rule. Of a pattern it puts the worst first, says of those that are
// broken what the metric did as a whole, and adds a result for all of them where there is more to say.
func (g group) conclude(all []measured, head, base *mlgate.Evidence) []mlgate.GateResult {
	out := make([]mlgate.GateResult, 0, len(all)+1)
	for _, m := range all {
		out = append(out, explained(m.decide()))
	}
	if !g.rule.Wide() {
		return out
	}
	for i := range out {
		if out[i].Status <= mlgate.Warn {
			out[i].Message += against(out[i], head, base)
		}
	}
	slices.SortStableFunc(out, func(a, b mlgate.GateResult) int {
		return cmp.Or(int(a.Status)-int(b.Status), cmp.Compare(room(a), room(b)))
	})
	if whole, ok := g.whole(out, head, base); ok {
		out = append(out[:min(len(out), maxNamed)], whole)
	}
	return out
}

// room is how far a number is from the nearest of its limits; negative beyond it.
func room(g mlgate.GateResult) float64 {
	least := math.Inf(1)
	for _, l := range g.Limits {
		if g.Head == nil || !g.Head.Finite() {
			return math.Inf(-1)
		}
		d := float64(*g.Head - l.Value)
		if l.Op == "<=" {
			d = -d
		}
		least = min(least, d)
	}
	return least
}

// whole is the result that speaks for all metrics of a pattern; false: there is nothing that theirs do not
// say.
func (g group) whole(out []mlgate.GateResult, head, base *mlgate.Evidence) (mlgate.GateResult, bool) {
	s := &mlgate.Slices{Judged: len(out), Small: g.small, Folded: max(0, len(out)-maxNamed)}
	w := mlgate.GateResult{Metric: g.rule.Pattern, Better: g.rule.Better, Slices: s}
	w.Rule, w.Pos, w.Status = "gate/"+g.rule.Pattern, g.rule.Pos, mlgate.Pass
	for i, r := range out {
		if r.Status == mlgate.Fail || r.Status == mlgate.Warn {
			s.Broken++
		}
		if i >= maxNamed {
			w.Status = min(w.Status, r.Status)
		}
	}
	said := []string{fmt.Sprintf("%d judged", s.Judged)}
	if s.Broken > 0 {
		said = append(said, fmt.Sprintf("%d of them broken", s.Broken))
	}
	if s.Folded > 0 {
		said = append(said, fmt.Sprintf("the %d worst by name", maxNamed))
	}
	if s.Small > 0 {
		said = append(said, fmt.Sprintf("%d not judged for fewer than %d examples", s.Small, g.rule.MinExamples))
	}
	w.Message = g.rule.Pattern + ": " + strings.Join(said, ", ")
	if s.Judged == 0 {
		w.Status, w.Fix = mlgate.Inconclusive, "measure on more examples, or ask for fewer"
		w.Message = fmt.Sprintf("%s: nothing could be judged: %s with fewer than %d examples", g.rule.Pattern, mlgate.Counted(s.Small, "metric"), g.rule.MinExamples)
	}
	turned := reversals(out, head, base)
	w.Message += turned
	return w, s.Small > 0 || s.Judged > fewSlices || turned != ""
}

// part splits a slice's name into the metric as a whole and the keys of the slice: "recall[age=30,region=eu]"
// is "recall" and "age, region". False: it is no slice.
func part(name string) (whole, keys string, ok bool) {
	inner, ends := strings.CutSuffix(name, "]")
	whole, inner, found := strings.Cut(inner, "[")
	if !ends || !found || whole == "" {
		return "", "", false
	}
	var ks []string
	for kv := range strings.SplitSeq(inner, ",") {
		k, _, _ := strings.Cut(kv, "=")
		ks = append(ks, k)
	}
	return whole, strings.Join(ks, ", "), true
}

// moved is the sign of a metric's change: 0 where a side does not have it, or it did not move.
func moved(name string, head, base *mlgate.Evidence) (sign int, from, to mlgate.Number) {
	if base == nil {
		return 0, 0, 0
	}
	h, here := head.Metric(name)
	b, was := base.Metric(name)
	if !here || !was || !h.Value.Finite() || !b.Value.Finite() {
		return 0, 0, 0
	}
	if math.Abs(float64(h.Value-b.Value)) <= tolerance*math.Max(math.Abs(float64(h.Value)), math.Abs(float64(b.Value))) {
		return 0, b.Value, h.Value
	}
	return cmp.Compare(h.Value, b.Value), b.Value, h.Value
}

// against says that a slice is broken while the metric as a whole went the other way; empty: it did not.
func against(g mlgate.GateResult, head, base *mlgate.Evidence) string {
	whole, _, ok := part(g.Metric)
	if !ok {
		return ""
	}
	here, _, _ := moved(g.Metric, head, base)
	all, from, to := moved(whole, head, base)
	if here*all >= 0 {
		return ""
	}
	return fmt.Sprintf("; %s as a whole %s, %s → %s", whole, way(all, g.Better), show(from), show(to))
}

// way says which way a metric went, by whether that is better where it is known.
func way(sign int, better mlgate.Direction) string {
	switch {
	case better == "" && sign > 0:
		return "rose"
	case better == "":
		return "fell"
	case (sign > 0) == (better == mlgate.Higher):
		return "is better"
	}
	return "is worse"
}

// reversals says of which metrics every slice went one way and the whole went the other (Simpson's
// reversal): the slices have other shares of the data than before.
func reversals(out []mlgate.GateResult, head, base *mlgate.Evidence) string {
	type split struct{ whole, keys string }
	count, sum := map[split]int{}, map[split]int{}
	better := map[split]mlgate.Direction{}
	for _, g := range out {
		whole, keys, ok := part(g.Metric)
		if !ok {
			continue
		}
		sign, _, _ := moved(g.Metric, head, base)
		s := split{whole, keys}
		count[s]++
		sum[s] += sign
		better[s] = g.Better
	}
	var said []string
	for s, n := range count {
		all, from, to := moved(s.whole, head, base)
		if n > 1 && all != 0 && sum[s] == -all*n {
			said = append(said, fmt.Sprintf("; %s as a whole %s, %s → %s, and in each of its %d slices by %s it %s: their shares of the data changed (Simpson's reversal)",
				s.whole, way(all, better[s]), show(from), show(to), n, s.keys, way(-all, better[s])))
		}
	}
	slices.Sort(said)
	return strings.Join(said[:min(len(said), 3)], "")
}
