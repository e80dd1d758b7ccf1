// Package gate judges numbers: what the change measured, against limits and against the baseline. It
// is pure.
//
// It never decides what a failed gate means for the merge.
package gate

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// tolerance is the relative error that arithmetic on doubles is allowed: a drop of exactly the
// allowed size passes, although 0.85 - 0.005 is not the double nearest to 0.845.
const tolerance = 1e-9

// Judge applies every rule to every metric that it names, rules in the order of the file; of a pattern the
// worst first, then by name. Base nil: there is no baseline. The stated rules:
//
//   - a metric that is missing, NaN or infinite here, or a rule that matches nothing: fail;
//   - the same on the baseline's side: relative bounds are inconclusive, limits still judge;
//   - fewer examples or fewer repeats than the baseline's, where both sides state them: fail;
//   - where a rule says `confidence` and both sides say how well the number is known, the bounds on the
//     change are judged by a test, which may find that too little is known: inconclusive; a side that
//     says less than the baseline's then fails;
//   - where both list their examples, these are compared one by one (Evidence.LoadExamples comes first);
//     with fewer than 80 % the same on both sides no bound counts as kept;
//   - fewer examples than `min_examples`: inconclusive; where a pattern names the metric, and the baseline
//     has as few or none of it, it is not judged and counted;
//   - "x% of baseline" of zero: inconclusive;
//   - a derived metric is computed on each side; what the baseline computed it from and this side lacks, or
//     has on less, fails, and so does what cannot be computed;
//   - for one metric an exact name beats patterns.
func Judge(rules []mlgate.GateRule, head, base *mlgate.Evidence) []mlgate.GateResult {
	return JudgeAmong(rules, head, base, nil)
}

// JudgeAmong is Judge with what the accepted versions measured, for rules that look at them: of a metric that
// none has, or of which too few have it for a band, such a rule is inconclusive.
func JudgeAmong(rules []mlgate.GateRule, head, base *mlgate.Evidence, past *mlgate.Past) []mlgate.GateResult {
	exact := map[string]bool{}
	for _, r := range rules {
		exact[r.Pattern] = r.Derived == nil
	}
	var all []measured
	beside := surroundings{past: past, crowd: crowded(rules, base)}
	groups := make([]group, 0, len(rules))
	for _, r := range rules {
		g := group{rule: r, from: len(all), to: len(all) + 1}
		if r.Derived != nil {
			all, groups = append(all, derived(r, head, base)), append(groups, g)
			continue
		}
		names := matching(r, head, base, exact)
		if len(names) == 0 {
			all = append(all, measured{result: nothing(r, head)})
		}
		for _, name := range names {
			if r.MinExamples > 0 && r.Wide() && small(r, name, head, base) {
				g.small++
				continue
			}
			all = append(all, look(r, name, head, base, beside))
		}
		g.to = len(all)
		groups = append(groups, g)
	}
	correct(all)
	out := make([]mlgate.GateResult, 0, len(all))
	for _, g := range groups {
		out = append(out, g.conclude(all[g.from:g.to], head, base)...)
	}
	return out
}

// matching lists the metrics of either side that a rule is about.
func matching(r mlgate.GateRule, head, base *mlgate.Evidence, exact map[string]bool) []string {
	var names []string
	for _, e := range []*mlgate.Evidence{head, base} {
		if e == nil {
			continue
		}
		for _, m := range e.Metrics {
			if m.Name == r.Pattern || (!exact[m.Name] && glob.Name(r.Pattern, m.Name)) {
				names = append(names, m.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func severe(r mlgate.GateRule) mlgate.Status {
	if r.Severity == mlgate.Warn {
		return mlgate.Warn
	}
	return mlgate.Fail
}

// decide says what the numbers mean for one rule.
func (m measured) decide() mlgate.GateResult {
	s, r, g, test := m.sided, m.rule, m.result, m.test
	if g.Status != mlgate.Unknown {
		return g
	}
	if !g.Head.Finite() {
		g.Status, g.Message = severe(r), fmt.Sprintf("%s is %s", g.Metric, show(*g.Head))
		g.Fix = "a training that ends in NaN or infinity has no result"
		return g
	}
	same := s.common(test)
	if l, ok := strictest(g, same.number(g), test); ok {
		g.Status = severe(r)
		g.Message = same.breach(g, l) + s.untested(test, l.From)
		if g.Less != nil {
			g.Message += "; " + shortfall(g.Metric, *g.Less)
		}
		return g
	}
	if m.enough() {
		g.Less = nil
	}
	if g.Less != nil {
		g.Status, g.Message = severe(r), shortfall(g.Metric, *g.Less)
		g.Fix = remedy(s, *g.Less)
		return g
	}
	if test != nil { // what is surely broken is no doubt, however few the examples are
		if sure := test.weigh(r, g); sure.Status != mlgate.Pass && sure.Status != mlgate.Inconclusive {
			return sure
		}
	}
	if m.short != "" {
		g.Status, g.Message, g.Fix = mlgate.Inconclusive, m.short, "it decides once more versions were accepted"
		return g
	}
	if why, fix := same.unsettled(s, g); why != "" {
		g.Status, g.Message, g.Fix = mlgate.Inconclusive, why, fix
		return g
	}
	if test != nil {
		return test.weigh(r, g)
	}
	g.Status, g.Message = mlgate.Pass, fmt.Sprintf("%s is %s", g.Metric, show(*g.Head))+s.untested(test, "")
	return g
}

// unsettled says why a rule decides nothing, and what would help.
func unsettled(s sided, g mlgate.GateResult) (why, fix string) {
	if few := scarce(s.rule, s.head); few != "" {
		return few, "measure on more examples, and write their number (`n`) beside the metric"
	}
	if why = unresolved(s.rule, g); why != "" && g.Base != nil && *g.Base == 0 {
		fix = "use an absolute limit"
	}
	return why, fix
}

// strictest is the broken limit that is hardest to meet, of those that no test judges; same is the number for
// those on the change.
func strictest(g mlgate.GateResult, same float64, test *tested) (worst mlgate.Limit, found bool) {
	for _, l := range g.Limits {
		value := float64(*g.Head)
		if l.OnChange() {
			value = same
		}
		if !broken(l, value) || test != nil && test.judges(l) {
			continue
		}
		harder := (l.Op == ">=" && l.Value > worst.Value) || (l.Op == "<=" && l.Value < worst.Value)
		if !found || harder {
			worst, found = l, true
		}
	}
	return worst, found
}

func broken(l mlgate.Limit, head float64) bool {
	limit := float64(l.Value)
	slack := tolerance * math.Max(math.Abs(limit), math.Abs(head))
	if l.Op == ">=" {
		return head < limit-slack
	}
	return head > limit+slack
}

func breach(g mlgate.GateResult, l mlgate.Limit) string {
	op := map[string]string{">=": "≥", "<=": "≤"}[l.Op]
	two := apart(*g.Head, l.Value)
	if from := recalled(g, l); from != "" {
		return fmt.Sprintf("%s is %s; allowed %s %s: %s", g.Metric, two[0], op, two[1], from)
	}
	if g.Base == nil || !g.Base.Finite() || *g.Base == *g.Head {
		return fmt.Sprintf("%s is %s; allowed %s %s", g.Metric, two[0], op, two[1])
	}
	verb := "fell"
	if *g.Head > *g.Base {
		verb = "rose"
	}
	three := apart(*g.Base, *g.Head, l.Value)
	return fmt.Sprintf("%s %s %s → %s; allowed %s %s", g.Metric, verb, three[0], three[1], op, three[2])
}

// unresolved says why a relative bound could not be applied.
func unresolved(r mlgate.GateRule, g mlgate.GateResult) string {
	for _, b := range r.OnChange() {
		switch {
		case g.Base == nil:
			return g.Metric + " has nothing to be compared with"
		case !g.Base.Finite():
			return fmt.Sprintf("%s is %s in the baseline", g.Metric, show(*g.Base))
		case b.Relative && *g.Base == 0:
			return g.Metric + " is 0 in the baseline: a share of it says nothing"
		}
	}
	return ""
}

// show writes a number with up to five significant digits, and all that stand before the point.
func show(n mlgate.Number) string { return digits(n, 5) }

// digits writes a number with at most so many significant digits, and those before the point as far as a double
// has them.
func digits(n mlgate.Number, most int) string {
	if !n.Finite() {
		return map[bool]string{true: "NaN", false: "infinite"}[math.IsNaN(float64(n))]
	}
	if whole := math.Floor(math.Log10(math.Abs(float64(n)))) + 1; whole > float64(most) && whole <= 15 {
		most = int(whole)
	}
	return fmt.Sprintf("%.*g", most, float64(n))
}

// apart writes numbers with as many digits as it takes to tell those apart that differ, twelve at most.
func apart(ns ...mlgate.Number) []string {
	for most := 5; ; most++ {
		texts, values := make([]string, len(ns)), map[string]mlgate.Number{}
		same := false
		for i, n := range ns {
			texts[i] = digits(n, most)
			other, seen := values[texts[i]]
			same = same || seen && other != n
			values[texts[i]] = n
		}
		if !same || most == 12 {
			return texts
		}
	}
}

// Direction is which way a metric gets better, as the rules say; empty: they do not.
func Direction(rules []mlgate.GateRule, metric string) mlgate.Direction {
	for _, r := range rules {
		if r.Pattern == metric {
			return r.Better
		}
	}
	for _, r := range rules {
		if glob.Name(r.Pattern, metric) {
			return r.Better
		}
	}
	return ""
}
