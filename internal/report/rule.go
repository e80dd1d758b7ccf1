package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// rulePaper tells the newest verdict in full, with the arithmetic, and those before in a line each.
func rulePaper(model string, r RuleAnswer) paper {
	p := paper{title: fmt.Sprintf("%s: %s", model, r.Rule)}
	var x part
	for i, g := range r.Gates {
		x.fact("demanded", "%s: %s (%s at %s)", g.Pattern, demand(g), place(r.Where[i]), clip(r.Tip))
	}
	if r.Other != "" {
		x.fact("demanded", "%s (%s at %s)", r.Other, place(r.Where[len(r.Where)-1]), clip(r.Tip))
	}
	if r.Always {
		x.fact("demanded", "always: it is asked of every change, and stands in no mlops.yaml")
	} else if len(x.facts) == 0 {
		x.fact("demanded", "not any more by the tip of the default branch")
	}
	switch {
	case len(r.Judgments) > 0:
		p.title += ": " + r.Judgments[0].status().String()
	case r.Other != "" || r.Always:
		x.fact("said", "nothing: it objected in no verdict on %s", r.Looked)
	default:
		x.fact("said", "nothing yet: no verdict on %s judged it", r.Looked)
	}
	if len(r.Judgments) == 0 {
		x.fact("", "`mlgate review` on a laptop records nothing; pull requests and pushes that CI judged are in the ledger")
	}
	if n := len(r.Trail); n > 1 {
		x.fact("trail", "%s", r.trail())
	}
	p.parts = append(p.parts, x)
	for i, j := range r.Judgments {
		if i == 0 {
			p.parts = append(p.parts, j.full(r.Gates)...)
		}
	}
	if len(r.Judgments) > 1 {
		p.parts = append(p.parts, olderPart(r))
	}
	return p
}

// trail draws what was measured over time.
func (r RuleAnswer) trail() string {
	xs := make([]float64, len(r.Trail))
	for i, t := range r.Trail {
		xs[i] = float64(t.Value)
	}
	low, high := mlgate.Number(slices.Min(xs)), mlgate.Number(slices.Max(xs))
	digits := digitsFor(&low, &high)
	return fmt.Sprintf("%s from %s to %s in %d judgments, the newest last", sparkline(xs), value(&low, digits), value(&high, digits), len(xs))
}

// status is the worst that the rule said in a verdict.
func (j Judgment) status() mlgate.Status {
	worst := mlgate.Pass
	for _, g := range j.Gates {
		worst = min(worst, g.Status)
	}
	for _, f := range j.Findings {
		worst = min(worst, f.Status)
	}
	return worst
}

// maxParts metrics of one gate are told in full, the worst first.
const maxParts = 20

func (j Judgment) full(rules []mlgate.GateRule) []part {
	first := part{heading: fmt.Sprintf("Newest: %s on %s, %s", j.event(), clip(j.Commit), when(j.At))}
	first.fact("verdict", "%s%s%s", j.Word, with(": ", j.Cause), with("; by ", j.Actor))
	first.fact("evidence", "%s", j.Evidence.Short())
	j.rules(&first)
	if j.Silent {
		first.fact("said", "nothing: it was asked, and did not object")
	}
	out := []part{first}
	for _, g := range j.Gates[:min(len(j.Gates), maxParts)] {
		out = append(out, j.gatePart(g, rules))
	}
	if n := len(j.Gates) - maxParts; n > 0 {
		out = append(out, part{heading: fmt.Sprintf("And %d more; --format json has them", n)})
	}
	for _, f := range j.Findings {
		var x part
		x.heading = f.Rule
		x.fact("status", "%s: %s", f.Status, f.Message)
		x.fact("waived", "%s", strings.TrimPrefix(excuse(f), "waived "))
		x.fact("to do", "%s", f.Fix)
		out = append(out, x)
	}
	return out
}

func (j Judgment) gatePart(g mlgate.GateResult, rules []mlgate.GateRule) part {
	x := part{heading: g.Metric}
	if g.Slices != nil {
		x.fact("status", "%s: %s", g.Status, g.Message)
		x.fact("waived", "%s", strings.TrimPrefix(excuse(g.Finding), "waived "))
		x.fact("to do", "%s", g.Fix)
		return x
	}
	base, head, change := Number(g.Base, g.Head, g.Unit)
	x.fact("was", "%s%s", cmp.Or(base, "nothing: no baseline had it"), data(j.Base, g.Metric))
	x.fact("is", "%s%s%s", cmp.Or(head, "missing"), data(j.Head, g.Metric), with("; change ", change+trendWord(trend(g.Base, g.Head, g.Better))))
	for _, how := range arithmetic(g, rules) {
		x.fact("allowed", "%s", how)
	}
	for _, how := range trial(g.Test) {
		x.fact("tested", "%s", how)
	}
	x.fact("status", "%s: %s", g.Status, g.Message)
	x.fact("waived", "%s", strings.TrimPrefix(excuse(g.Finding), "waived "))
	x.fact("to do", "%s", g.Fix)
	if drawn, ok := pictureOf(g, j.Head, j.Base); ok {
		x.drawing = drawn.lines()
	}
	return x
}

// maxData repeats of a side are listed.
const maxData = 20

// data is what a side states of how well a metric is known, its repeats one by one.
func data(e *mlgate.Evidence, metric string) string {
	if e == nil {
		return ""
	}
	m, ok := e.Metric(metric)
	if !ok {
		return ""
	}
	text := certainty(m)
	if m.Counted() {
		text += fmt.Sprintf(", %d hits", *m.Hits)
	}
	var each []string
	for i, r := range m.Repeats {
		if i == maxData {
			each = append(each, fmt.Sprintf("and %d more", len(m.Repeats)-i))
			break
		}
		each = append(each, minus(strconv.FormatFloat(float64(r), 'g', 6, 64)))
	}
	return text + with(": ", strings.Join(each, " "))
}

// trial shows what a test was given and what came out.
func trial(t *mlgate.Test) []string {
	if t == nil {
		return nil
	}
	if t.Method == mlgate.NoTest {
		return []string{"none could be made: nothing is shown, neither way"}
	}
	digits := max(testDigits(t), decimals(float64(t.Change), 3))
	if t.Number {
		return numberTrial(t, digits)
	}
	data := ""
	switch {
	case t.Pairs > 0:
		data = fmt.Sprintf(" of %d examples on both sides", t.Pairs)
	case t.Of != "":
		data = fmt.Sprintf(" of %d and %d %s", t.Base, t.Head, t.Of)
	}
	out := []string{fmt.Sprintf("%s%s: the change is %s, between %s and %s", t.Method, data, signed(float64(t.Change), digits), signed(float64(t.Low), digits), signed(float64(t.High), digits))}
	out = append(out, shown(t)...)
	if t.Needs > 0 {
		out = append(out, fmt.Sprintf("about %d %s on each side would decide it in four of five cases, if the change is what it seems", t.Needs, t.Of))
	}
	return out
}

// numberTrial is trial of a test of the number itself.
func numberTrial(t *mlgate.Test, digits int) []string {
	data, each := fmt.Sprintf(" of %d %s", t.Head, t.Of), ""
	if t.Groups > 0 {
		data, each = fmt.Sprintf(" of %d parts with %d examples or more each", t.Groups, t.Head), " in each part"
	}
	out := []string{fmt.Sprintf("%s%s: the number is %s, between %s and %s", t.Method, data, value(&t.Change, digits), value(&t.Low, digits), value(&t.High, digits))}
	if t.Groups > 2 {
		out = append(out, "that all parts lie within the limit is shown where it is of each two of them; that some do not where it is of any two, with a p times the number of pairs")
	}
	out = append(out, shown(t)...)
	if t.Needs > 0 {
		out = append(out, fmt.Sprintf("about %d %s%s would decide it in four of five cases, if the number is what it seems", t.Needs, t.Of, each))
	}
	return out
}

// shown is what a test says of each bound, and what that means.
func shown(t *mlgate.Test) []string {
	var out []string
	for _, b := range t.Bounds {
		out = append(out, boundWords(b, t))
	}
	return append(out, fmt.Sprintf("what has a p of at most %s is shown, with %s%% confidence; where neither has, the bound is not decided", plain(1-t.Confidence), plain(100*t.Confidence)))
}

// boundWords shows both p-values of a bound.
func boundWords(b mlgate.TestedBound, t *mlgate.Test) string {
	text := fmt.Sprintf("%s: broken with p = %.3g", b.From, b.Broken)
	if t.Correction != "" {
		text += fmt.Sprintf(", by %s over %s %.3g", t.Correction, mlgate.Counted(t.Tests, "test"), b.Adjusted)
	}
	return text + fmt.Sprintf("; kept with p = %.3g", b.Kept)
}

func olderPart(r RuleAnswer) part {
	x := part{heading: "Before", table: [][]string{{"", "when", "what", "verdict", "it said"}}}
	for _, j := range r.Judgments[1:] {
		said := few(j.Gates)
		for _, f := range j.Findings {
			said = append(said, f.Message)
		}
		if j.Silent {
			said = []string{"nothing"}
		}
		x.table = append(x.table, []string{marks[j.status()], when(j.At), j.event() + " " + clip(j.Commit), string(j.Word), strings.Join(said, "; ")})
	}
	if r.Older > 0 {
		x.table = append(x.table, []string{"", fmt.Sprintf("and %d more", r.Older), "", "", ""})
	}
	return x
}
