package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// TextOptions of a report for a terminal.
type TextOptions struct{ Color bool }

var colors = map[mlgate.Word]string{mlgate.Passed: "32", mlgate.Blocked: "31", mlgate.PassedWarnings: "33", mlgate.TooNoisy: "33", mlgate.CouldNotDecide: "31"}

var marks = map[mlgate.Status]string{mlgate.Unknown: "?", mlgate.Fail: "FAIL", mlgate.Inconclusive: "?", mlgate.Warn: "warn", mlgate.Pass: "ok"}

// Text is the report for a terminal or a CI log.
func Text(outs []mlgate.Outcome, o TextOptions) string {
	var b strings.Builder
	for _, out := range outs {
		text(&b, out, o)
	}
	return b.String()
}

func text(b *strings.Builder, o mlgate.Outcome, opt TextOptions) {
	head := inert.Line(fmt.Sprintf("%s: %s", o.Model, o.Verdict.Word))
	if o.Verdict.Cause != "" {
		head += inert.Line(" (" + o.Verdict.Cause + ")")
	}
	if o.WarnOnly && o.Verdict.Word == mlgate.Blocked {
		head += " (enforce: warn, nothing is blocked)"
	}
	if c := colors[o.Verdict.Word]; opt.Color && c != "" {
		head = "\x1b[1;" + c + "m" + head + "\x1b[0m"
	}
	fmt.Fprintln(b, head)
	if all := worst(o); len(all) > 0 {
		f := all[0]
		fmt.Fprintln(b, "  "+inert.Line(f.Message))
		if f.Fix != "" && strings.HasPrefix(f.Rule, "gate/") { // that of others stands beside them
			fmt.Fprintln(b, "    "+inert.Line(f.Fix))
		}
	}
	var table [][]string
	kept, more := crowded(rows(o))
	kept, without := bare(kept)
	for _, r := range kept {
		mark := ""
		if r.gated {
			mark = r.mark
		}
		table = append(table, []string{mark, middle(inert.Line(r.metric)), r.base, r.head, r.change, inert.Line(r.allowed)})
	}
	if len(table) > 0 {
		grid(b, append([][]string{{"", "metric", inert.Clip(inert.Line(o.Baseline.Label), 20), "this change", "change", "allowed"}}, table...), 2, 3)
	}
	for _, l := range slices.Concat(others(more), without) {
		fmt.Fprintln(b, "  "+inert.Line(l))
	}
	for _, c := range o.DemandChanges {
		fmt.Fprintln(b, "  rule changed: "+inert.Line(fmt.Sprintf("%s: %s → %s", c.Name, cmp.Or(c.Old, "none"), cmp.Or(c.New, "removed"))))
	}
	if o.Preview != "" {
		fmt.Fprintln(b, "  with this change's own rules: "+inert.Line(o.Preview))
	}
	findings(b, o.Findings)
	for _, l := range facts(o) {
		fmt.Fprintln(b, "  "+inert.Line(fmt.Sprintf("%s: %s", strings.ToLower(l[0]), l[1])))
	}
	fmt.Fprintln(b, "  "+inert.Line(fmt.Sprintf("rules from %s, commit %.7s", o.DemandsFrom, o.Commit)))
}

// A policy may find something in every line of a file: so many of one rule and one status are shown.
const maxOfRule = 20

func findings(b *strings.Builder, all []mlgate.Finding) {
	type kind struct {
		rule   string
		status mlgate.Status
	}
	kindOf := func(f mlgate.Finding) kind {
		if strings.HasPrefix(f.Rule, "check/") { // each check is a rule of its own
			return kind{"check", f.Status}
		}
		return kind{f.Rule, f.Status}
	}
	seen, shown := map[kind]int{}, map[kind]int{}
	for _, f := range all {
		seen[kindOf(f)]++
	}
	for _, f := range all {
		k := kindOf(f)
		if shown[k]++; shown[k] == maxOfRule+1 {
			fmt.Fprintln(b, "  "+inert.Line(fmt.Sprintf("%s and %d more of %s; --format json has them all", mark(f), seen[k]-maxOfRule, k.rule)))
		}
		if shown[k] > maxOfRule {
			continue
		}
		fmt.Fprintln(b, "  "+inert.Line(fmt.Sprintf("%s %s: %s", mark(f), f.Rule, f.Message)))
		if f.Fix != "" {
			fmt.Fprintln(b, "    "+inert.Line(f.Fix))
		}
		if why := excuse(f); why != "" {
			fmt.Fprintln(b, "    "+inert.Line(why))
		}
	}
}

// Said is what policies said of one document.
func Said(name string, all []mlgate.Finding) string {
	var b strings.Builder
	if len(all) == 0 {
		return inert.Line(name) + ": nothing to say\n"
	}
	fmt.Fprintln(&b, inert.Line(name)+":")
	findings(&b, all)
	return b.String()
}

// grid aligns columns, those named to the right.
func grid(b *strings.Builder, lines [][]string, right ...int) {
	width := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, c := range l {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	for _, l := range lines {
		var s strings.Builder
		s.WriteString(" ")
		for i, c := range l {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			if slices.Contains(right, i) {
				s.WriteString(" " + pad + c + " ")
			} else {
				s.WriteString(" " + c + pad + " ")
			}
		}
		fmt.Fprintln(b, strings.TrimRight(s.String(), " "))
	}
}

// JSON is {"format":1,"outcomes":[…]}; numbers that are not finite are strings.
func JSON(outs []mlgate.Outcome) ([]byte, error) {
	data, err := json.MarshalIndent(struct {
		Format   int              `json:"format"`
		Outcomes []mlgate.Outcome `json:"outcomes"`
	}{1, outs}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return append(unmarked(data, jsonHash), '\n'), nil
}

// HistoryRow is one assignment of a version to a stage, or a word on holding one.
type HistoryRow struct {
	At       time.Time    `json:"at"`
	What     string       `json:"-"` // in words
	Version  string       `json:"version"`
	Stage    string       `json:"stage"`
	Removed  bool         `json:"removed,omitempty"` // the version was taken out of the stage
	Why      string       `json:"why,omitempty"`     // merge, manual, rollback
	By       string       `json:"by,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	Commit   string       `json:"commit"`
	Evidence string       `json:"evidence,omitempty"`
	Move     string       `json:"move,omitempty"`
	Ref      string       `json:"tag"`
	Foreign  bool         `json:"foreign,omitempty"`  // made by another tool
	Untagged bool         `json:"untagged,omitempty"` // done, says the ledger, and its tag is gone
	Hold     *mlgate.Hold `json:"-"`                  // a word on holding the stage, and no assignment
	Assent
}

// who is who moved it, and who said yes.
func (r HistoryRow) who() string { return strings.TrimPrefix(r.By+with("; ", r.words()), "; ") }

// History lists assignments, in the order given.
func History(model string, all []HistoryRow) string {
	if len(all) == 0 {
		return inert.Line(model) + ": nothing was promoted yet\n"
	}
	table := [][]string{{"when", "what", "", "commit", "why", "by"}}
	for _, r := range all {
		table = append(table, []string{when(r.At), inert.Line(r.What), "", fmt.Sprintf("%.7s", r.Commit), inert.Clip(inert.Line(r.why()), 80), inert.Clip(inert.Line(r.who()), 160)})
	}
	var b strings.Builder
	fmt.Fprintln(&b, inert.Line(model)+", newest first")
	grid(&b, table, 2, 3)
	return b.String()
}

// Plan lists stages and what the next promotion would do to each.
func Plan(model string, plan []mlgate.Planned) string {
	var b strings.Builder
	fmt.Fprintln(&b, inert.Line(model))
	for _, m := range plan {
		s := move(m, false)
		if m.Action == "manual" && m.Version != "" {
			s = fmt.Sprintf("%s: %s → %s (now %s)", m.Stage, m.Why, m.Version, orNothing(m.From))
		}
		fmt.Fprintln(&b, "  "+inert.Line(s))
	}
	if len(plan) == 0 {
		fmt.Fprintln(&b, "  no stage under `promote`")
	}
	return b.String()
}
