// Package report turns outcomes into text, Markdown and JSON. It is pure: the same outcome gives the
// same bytes. Every foreign string goes through package inert.
//
// It never decides anything, and it never posts anything.
package report

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Options of a Markdown report.
type Options struct {
	Limit int    // UTF-16 code units, as GitHub counts; 0: none
	Link  string // to the run
}

// pictured is the level with pictures, of so many gates at most in one report.
const (
	pictured    = 1 << 30
	maxPictures = 3
)

// levels of leaving things out, tried in order until a report fits.
var levels = []int{pictured, pictured - 1, 500, 100, 20, 0}

// Markdown is the comment and the job summary. When it would be too long, rows are left out from the
// end, with a count; never in the middle of a table.
func Markdown(outs []mlgate.Outcome, o Options) string {
	var text string
	all := make([]parted, len(outs))
	left := maxPictures
	for i, out := range outs {
		all[i].open, all[i].folded = fold(rows(out))
		all[i].pictures = pictures(out, left)
		left -= len(all[i].pictures)
	}
	for _, level := range levels {
		if o.Limit > 0 && leastOf(all, level) > o.Limit {
			continue
		}
		var b strings.Builder
		if len(outs) > 1 {
			b.WriteString(together(outs) + "\n\n")
		}
		for i, out := range outs {
			if i > 0 {
				b.WriteString("\n---\n\n")
			}
			page{&b, out, all[i], level, o.Link}.write()
		}
		text = b.String()
		if o.Limit == 0 || len(utf16.Encode([]rune(text))) <= o.Limit {
			return text
		}
	}
	return together(outs) + "\n\nThe report is too long for this place; it is in the job summary.\n"
}

// page writes one outcome.
type page struct {
	*strings.Builder
	o     mlgate.Outcome
	rows  parted
	level int // rows of each kind that are shown
	link  string
}

func (p page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p page) write() {
	p.line("%s", headline(p.o))
	p.cause()
	p.demandChanges()
	p.metrics()
	p.pictures()
	p.findings()
	p.context()
	p.footer()
}

var verdictIcons = map[mlgate.Word]string{
	mlgate.Passed: "✅", mlgate.PassedWarnings: "⚠️", mlgate.Blocked: "❌", mlgate.TooNoisy: "❔", mlgate.WaitingFor: "⏳",
	mlgate.NotAffected: "➖", mlgate.NotJudged: "➖", mlgate.Superseded: "➖", mlgate.CouldNotDecide: "❓",
}

// headline is the comment's first line: the verdict in words, with the cause.
func headline(o mlgate.Outcome) string {
	s := fmt.Sprintf("### %s %s: %s", cmp.Or(verdictIcons[o.Verdict.Word], "❓"), inert.Markdown(o.Model), o.Verdict.Word)
	if c := o.Verdict.Cause; c != "" {
		by := ": "
		if o.Verdict.Word == mlgate.Blocked {
			by = " by "
		}
		s += by + inert.Markdown(c)
	}
	if o.WarnOnly && o.Verdict.Word == mlgate.Blocked {
		s += " (`enforce: warn`: nothing is blocked)"
	}
	return s + counts(o)
}

func counts(o mlgate.Outcome) string {
	n, waived, young, all := map[mlgate.Status]int{}, 0, 0, 0
	for _, g := range o.Gates {
		if g.Slices != nil && g.Status == mlgate.Pass { // its metrics are counted
			n[mlgate.Pass], all = n[mlgate.Pass]+g.Slices.Folded, all+g.Slices.Folded
			continue
		}
		all++
		if g.Waived != nil {
			waived++
			continue
		}
		if g.Status == mlgate.Inconclusive && g.Past != nil && g.Past.Needs > 0 {
			young++
			continue
		}
		n[g.Status]++
	}
	if all == 0 {
		return ""
	}
	noun := "gates"
	if all == 1 {
		noun = "gate"
	}
	s := fmt.Sprintf(" · %d of %d %s pass", n[mlgate.Pass], all, noun)
	if waived > 0 {
		s += fmt.Sprintf(", %d waived", waived)
	}
	if young > 0 && o.BaseEvidence != nil {
		s += fmt.Sprintf(", %d short of versions", young)
	}
	if k := n[mlgate.Inconclusive]; k > 0 && o.BaseEvidence != nil {
		s += fmt.Sprintf(", %d too noisy to call", k)
	}
	return s
}

// cause says the worst thing in a sentence, and what to do.
func (p page) cause() {
	all := worst(p.o)
	if len(all) == 0 {
		return
	}
	p.line("**%s.**", inert.Markdown(strings.TrimRight(all[0].Message, ".")))
	if f := all[0].Fix; f != "" {
		p.line("To do: %s.", inert.Markdown(strings.TrimRight(f, ".")))
	}
}

// worst are the findings that made the verdict.
func worst(o mlgate.Outcome) []mlgate.Finding {
	var out []mlgate.Finding
	for _, g := range o.Gates {
		if g.Waived == nil && g.Status <= mlgate.Fail && g.Status == o.Verdict.Status {
			out = append(out, g.Finding)
		}
	}
	for _, f := range o.Findings {
		if f.Waived == nil && f.Status <= mlgate.Fail && f.Status == o.Verdict.Status {
			out = append(out, f)
		}
	}
	return out
}

func (p page) demandChanges() {
	if len(p.o.DemandChanges) == 0 {
		return
	}
	p.line("\n**This change edits its own rules.** It is judged by the rules of %s.", inert.Markdown(p.o.DemandsFrom))
	if p.o.Preview != "" {
		p.line("With this change's own rules: %s.", inert.Markdown(p.o.Preview))
	}
	p.line("\n| rule | before | this change |\n|:--|--:|--:|")
	shown := p.o.DemandChanges[:min(len(p.o.DemandChanges), max(p.level, 5))]
	for _, c := range shown {
		p.line("| %s | %s | %s |", name(c.Name), cmp.Or(name(c.Old), "none"), cmp.Or(name(c.New), "removed"))
	}
	p.leftOut(len(p.o.DemandChanges) - len(shown))
}

func (p page) leftOut(n int) {
	if n > 0 {
		p.line("\n%d more are left out here.", n)
	}
}

// name is foreign text in a table.
func name(s string) string { return inert.Markdown(inert.Clip(s, 120)) }

// code is a name as inline code; one that holds Markdown's own characters is spelt out instead, so
// that not even its source looks like something.
func code(s string) string {
	if s = inert.Clip(s, 120); strings.ContainsAny(s, "<>@[]`|") {
		return inert.Markdown(s)
	}
	return inert.Code(s)
}

const tableHead = "\n| | metric | %s | this change | change | allowed |\n|:-:|:--|--:|--:|:--|:--|"

func (p page) metrics() {
	open, folded := p.rows.open, p.rows.folded
	if len(open) == 0 {
		return
	}
	p.table(open)
	if len(folded) == 0 {
		return
	}
	p.line("\n<details><summary>%d more: %s</summary>", len(folded), folds(folded))
	p.table(folded)
	p.line("\n</details>")
}

func (p page) table(rs []row) {
	shown := rs[:min(len(rs), p.level)]
	if len(shown) > 0 {
		p.line(tableHead, cmp.Or(inert.Markdown(p.o.Baseline.Label), "baseline"))
	}
	for _, r := range shown {
		p.line("| %s | %s | %s | %s | %s | %s |", r.icon, name(r.metric), r.base, r.head, change(r), name(r.allowed))
	}
	p.leftOut(len(rs) - len(shown))
}

// change holds the unit, which is foreign.
func change(r row) string {
	if r.change == "=" {
		return r.change
	}
	return inert.Markdown(r.change)
}

func (p page) findings() {
	if len(p.o.Findings) == 0 {
		return
	}
	p.line("")
	shown := p.o.Findings[:min(len(p.o.Findings), max(p.level, 3))]
	for _, f := range shown {
		p.line("- %s %s: %s%s", icon(f), code(f.Rule), inert.Markdown(inert.Clip(f.Message, 600)), fix(cmp.Or(excuse(f), f.Fix)))
	}
	p.leftOut(len(p.o.Findings) - len(shown))
}

func fix(s string) string {
	if s == "" {
		return ""
	}
	return ". _" + inert.Markdown(inert.Clip(s, 300)) + "_"
}

// context is what was compared, where it comes from, what happens next.
func (p page) context() {
	o := p.o
	p.line("")
	if cs := changes(o); len(cs) > 0 {
		var parts []string
		for _, c := range cs[:min(len(cs), 8)] {
			f := strings.Split(c, "\x00")
			parts = append(parts, fmt.Sprintf("%s %s → %s", code(f[0]), cmp.Or(name(f[1]), "(none)"), cmp.Or(name(f[2]), "(none)")))
		}
		if n := len(cs) - 8; n > 0 {
			parts = append(parts, fmt.Sprintf("%d more", n))
		}
		p.line("**Changed** %s<br>", strings.Join(parts, " · "))
	}
	for _, l := range facts(o) {
		p.line("**%s** %s<br>", l[0], inert.Markdown(l[1]))
	}
}

func (p page) footer() {
	o := p.o
	parts := []string{fmt.Sprintf("%.7s", o.Commit), "rules from " + inert.Markdown(o.DemandsFrom), "mlgate " + inert.Markdown(o.Version), o.Judged.UTC().Format("2006-01-02 15:04 UTC")}
	if p.link != "" && !strings.ContainsAny(p.link, "<>()[] \n") {
		parts = append(parts, "[run]("+p.link+")")
	}
	p.line("<sub>%s</sub>", strings.Join(parts, " · "))
}

// Problem is a report without a verdict: what could not be found out, and why.
func Problem(title, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### ❓ %s\n\n", inert.Markdown(inert.Clip(title, 200)))
	for line := range strings.SplitSeq(inert.Clip(text, 4000), "\n") {
		fmt.Fprintf(&b, "    %s\n", inert.Line(line))
	}
	return b.String()
}
