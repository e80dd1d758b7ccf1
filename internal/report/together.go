package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// order is from what needs people most to what needs nobody.
var order = []mlgate.Word{
	mlgate.CouldNotDecide, mlgate.Misconfigured, mlgate.Blocked, mlgate.WaitingFor, mlgate.TooNoisy, mlgate.PassedWarnings,
	mlgate.Passed, mlgate.NotJudged, mlgate.Superseded, mlgate.NotAffected,
}

// together is the first line of a report on several models: how many, and which say what. The page of
// one model has that model's headline.
func together(outs []mlgate.Outcome) string {
	if len(outs) == 1 {
		return headline(outs[0])
	}
	byWord := map[mlgate.Word][]string{}
	for _, o := range outs {
		byWord[o.Verdict.Word] = append(byWord[o.Verdict.Word], inert.Markdown(inert.Clip(o.Model, 60)))
	}
	var parts []string
	icon := ""
	for _, word := range order {
		names := byWord[word]
		if len(names) == 0 {
			continue
		}
		icon = cmp.Or(icon, verdictIcons[word], "❓")
		slices.Sort(names)
		more := ""
		if n := len(names) - 5; n > 0 {
			names, more = names[:5], fmt.Sprintf(" and %d more", n)
		}
		parts = append(parts, fmt.Sprintf("%s: %s%s", word, strings.Join(names, ", "), more))
	}
	return fmt.Sprintf("## %s %d models · %s", icon, len(outs), strings.Join(parts, " · "))
}

// Short is all verdicts in one line of plain text: for a status beside a commit.
func Short(outs []mlgate.Outcome) string {
	byWord := map[mlgate.Word][]string{}
	for _, o := range outs {
		byWord[o.Verdict.Word] = append(byWord[o.Verdict.Word], inert.Line(inert.Clip(o.Model, 40)))
	}
	if len(outs) == 1 {
		v := outs[0].Verdict
		switch {
		case v.Cause == "":
			return string(v.Word)
		case v.Word == mlgate.Blocked:
			return inert.Line(string(v.Word) + " by " + v.Cause)
		}
		return inert.Line(string(v.Word) + ": " + v.Cause)
	}
	var parts []string
	for _, word := range order {
		names := byWord[word]
		slices.Sort(names)
		switch n := len(names); {
		case n > 3:
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		case n > 0:
			parts = append(parts, fmt.Sprintf("%s: %s", word, strings.Join(names, ", ")))
		}
	}
	return strings.Join(parts, " · ")
}

// Worth reports whether there is something to say: a verdict that people should look at, or a number
// that is another one than before.
func Worth(outs []mlgate.Outcome) bool {
	for _, o := range outs {
		if w := o.Verdict.Word; w != mlgate.Passed && w != mlgate.NotAffected && w != mlgate.NotJudged && w != mlgate.Superseded {
			return true
		}
		for _, r := range rows(o) {
			if !r.unchanged() {
				return true
			}
		}
	}
	return false
}
