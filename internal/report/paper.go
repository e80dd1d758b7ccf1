package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/inert"
)

// paper is an answer before it is text or Markdown: foreign strings stand in it as they are, and are
// neutralised when it is written.
type paper struct {
	title string
	parts []part
}

// part is a heading with labelled facts, then a drawing, then a table whose first line is its head.
type part struct {
	heading string
	facts   [][2]string
	drawing []string // of numbers and our own words alone
	table   [][]string
	right   []int // columns of numbers
}

func (p *part) fact(label, format string, args ...any) {
	if text := fmt.Sprintf(format, args...); strings.TrimSpace(text) != "" {
		p.facts = append(p.facts, [2]string{label, text})
	}
}

// text is for a terminal.
func (p paper) text() string {
	var b strings.Builder
	fmt.Fprintln(&b, inert.Line(p.title))
	width := 0
	for _, x := range p.parts {
		for _, f := range x.facts {
			width = max(width, utf8.RuneCountInString(f[0]))
		}
	}
	for _, x := range p.parts {
		if x.heading != "" {
			fmt.Fprintln(&b, "\n"+inert.Line(x.heading))
		}
		for _, f := range x.facts {
			fmt.Fprintf(&b, "  %s%s  %s\n", f[0], strings.Repeat(" ", width-utf8.RuneCountInString(f[0])), inert.Line(inert.Clip(f[1], 600)))
		}
		for i, l := range x.drawing {
			if i == 0 {
				fmt.Fprintln(&b)
			}
			fmt.Fprintln(&b, "    "+l)
		}
		if len(x.table) > 1 {
			lines := make([][]string, len(x.table))
			for i, l := range x.table {
				for _, c := range l {
					lines[i] = append(lines[i], inert.Line(inert.Clip(c, 120)))
				}
			}
			grid(&b, lines, x.right...)
		}
	}
	return b.String()
}

// markdown is for a wiki, an issue or a job's summary.
func (p paper) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n", inert.Markdown(inert.Clip(p.title, 300)))
	for _, x := range p.parts {
		if x.heading != "" {
			fmt.Fprintf(&b, "\n**%s**\n", inert.Markdown(inert.Clip(x.heading, 300)))
		}
		if len(x.facts) > 0 {
			b.WriteString("\n")
		}
		for _, f := range x.facts {
			fmt.Fprintf(&b, "%s%s<br>\n", strings.TrimPrefix("**"+inert.Markdown(f[0])+"** ", "**** "), inert.Markdown(inert.Clip(f[1], 600)))
		}
		if len(x.drawing) > 0 {
			fmt.Fprintf(&b, "\n```text\n%s\n```\n", strings.Join(x.drawing, "\n"))
		}
		if len(x.table) > 1 {
			x.markdownTable(&b)
		}
	}
	return clock.ReplaceAllString(b.String(), "$1:$2:$3 UTC")
}

// clock is a time of day as inert.Markdown writes it: two colons in digits mean nothing, and a time is
// easier to read with them.
var clock = regexp.MustCompile(`\b([0-9]{2})&#58;([0-9]{2})&#58;([0-9]{2}) UTC`)

func (p part) markdownTable(b *strings.Builder) {
	rule := make([]string, len(p.table[0]))
	for i := range rule {
		rule[i] = ":--"
	}
	for _, i := range p.right {
		rule[i] = "--:"
	}
	b.WriteString("\n")
	for i, l := range p.table {
		cells := make([]string, len(l))
		for j, c := range l {
			cells[j] = name(c)
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			fmt.Fprintf(b, "|%s|\n", strings.Join(rule, "|"))
		}
	}
}

// document writes one value under a name, with the format's number.
func document(name string, v any) ([]byte, error) {
	data, err := json.MarshalIndent(map[string]any{"format": 1, name: v}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return append(unmarked(data, jsonHash), '\n'), nil
}
