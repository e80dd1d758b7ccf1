package report

import (
	"fmt"
	"strings"
)

// commitPaper tells the newest verdict on a commit in full, and those before in a line each.
func commitPaper(model string, c CommitAnswer) paper {
	p := paper{title: fmt.Sprintf("%s: commit %s", model, clip(c.Commit))}
	var x part
	x.fact("commit", "%s", c.Commit)
	switch {
	case c.Version == "":
		x.fact("version", "none: it was not promoted")
	case len(c.Stages) == 0:
		x.fact("version", "%s, which is in no stage now; `mlgate why %s` tells where it was", c.Version, c.Version)
	default:
		x.fact("version", "%s, in %s; `mlgate why %s` tells where it was", c.Version, strings.Join(c.Stages, ", "), c.Version)
	}
	if len(c.Verdicts) == 0 {
		x.fact("verdict", "none is recorded")
		p.parts = []part{x}
		return p
	}
	p.title += ": " + string(c.Verdicts[0].Word)
	c.Grounds.write(&x)
	p.parts = append([]part{x}, c.Grounds.numbers()...)
	before := part{heading: "Before", table: [][]string{{"when", "what", "verdict", "by"}}}
	for _, v := range c.Verdicts[1:] {
		before.table = append(before.table, []string{when(v.At), v.event(), string(v.Word) + with(": ", v.Cause), v.Actor})
	}
	if c.Older > 0 {
		before.table = append(before.table, []string{fmt.Sprintf("and %d more", c.Older), "", "", ""})
	}
	if len(c.Verdicts) > 1 {
		p.parts = append(p.parts, before)
	}
	return p
}
