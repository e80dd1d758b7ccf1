package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Colours of what is drawn, that can be told apart on light and dark ground.
const mermaidHead = "%%{init: {\"xyChart\": {\"height\": 260}, \"themeVariables\": {\"xyChart\": {\"plotColorPalette\": \"#8c959f, #0969da, #cf222e\"}}}}%%\nxychart-beta\n"

// points of a curve.
const points = 41

// mermaid draws a picture as a chart that GitHub and GitLab show themselves, and says what is what; empty:
// its numbers cannot be written as the chart's grammar wants them.
func (p picture) mermaid() (chart, legend string) {
	if biggest := math.Max(math.Abs(p.low), math.Abs(p.high)); biggest >= 1e9 || p.high-p.low < 1e-8 {
		return "", ""
	}
	if len(p.base.repeats) > 0 && len(p.head.repeats) > 0 {
		return p.mermaidRepeats(), "Each repeat, sorted. Grey: baseline; blue: this change; red: limit."
	}
	if p.base.stderr > 0 && p.head.stderr > 0 {
		return p.mermaidCurves(), "How likely each value is, beside the likeliest. Grey: baseline; blue: this change; red: high where it is allowed."
	}
	return "", ""
}

func (p picture) mermaidRepeats() string {
	base, head := slices.Sorted(slices.Values(p.base.repeats)), slices.Sorted(slices.Values(p.head.repeats))
	k := max(len(base), len(head))
	var b strings.Builder
	b.WriteString(mermaidHead)
	order := make([]string, min(k, maxDots))
	for i := range order {
		order[i] = fmt.Sprint(i + 1)
	}
	fmt.Fprintf(&b, "    x-axis [%s]\n    y-axis %s --> %s\n", strings.Join(order, ", "), p.number(p.low), p.number(p.high))
	fmt.Fprintf(&b, "    line [%s]\n    line [%s]\n", p.numbers(thinned(base)), p.numbers(thinned(head)))
	for _, l := range p.limits() {
		fmt.Fprintf(&b, "    line [%s]\n", p.numbers(slices.Repeat([]float64{l}, len(order))))
	}
	return b.String()
}

// maxDots is how many of a side's sorted repeats are drawn; of more every so many.
const maxDots = 40

func thinned(xs []float64) []float64 {
	if len(xs) <= maxDots {
		return xs
	}
	out := make([]float64, maxDots)
	for i := range out {
		out[i] = xs[i*(len(xs)-1)/(maxDots-1)]
	}
	return out
}

func (p picture) mermaidCurves() string {
	var b strings.Builder
	b.WriteString(mermaidHead)
	fmt.Fprintf(&b, "    x-axis %s --> %s\n    y-axis \"how likely, %%\" 0 --> 100\n", p.number(p.low), p.number(p.high))
	for _, k := range []known{p.base, p.head} {
		tops := make([]string, points)
		for i := range tops {
			tops[i] = fmt.Sprint(math.Round(100 * p.likely(k, i, points)))
		}
		fmt.Fprintf(&b, "    line [%s]\n", strings.Join(tops, ", "))
	}
	if len(p.limits()) > 0 {
		tops := make([]string, points)
		for i := range tops {
			tops[i] = "0"
			if x := p.low + (p.high-p.low)*float64(i)/(points-1); p.from <= x && x <= p.to {
				tops[i] = "100"
			}
		}
		fmt.Fprintf(&b, "    line [%s]\n", strings.Join(tops, ", "))
	}
	return b.String()
}

// limits that lie on the axis.
func (p picture) limits() []float64 {
	var out []float64
	for _, l := range []float64{p.from, p.to} {
		if p.low <= l && l <= p.high {
			out = append(out, l)
		}
	}
	return out
}

// number is written without an exponent, which the chart's grammar does not know.
func (p picture) number(f float64) string {
	return strconv.FormatFloat(f, 'f', p.digits(), 64)
}

func (p picture) numbers(fs []float64) string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = p.number(f)
	}
	return strings.Join(out, ", ")
}
