package report

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// columns of a strip: with label and number beside it a line fits into a comment.
const columns = 44

var heights = []rune(" ▁▂▃▄▅▆▇█")

// lines draws a picture in text: a strip for each side, for the change and for what is allowed, over one
// axis. Repeats are dots, a digit where several fall together; else the height is how likely a value is.
func (p picture) lines() []string {
	rows := [][3]string{
		{"baseline", p.strip(p.base), p.show(p.base.value) + p.base.beside},
		{"this change", p.strip(p.head), p.show(p.head.value) + p.head.beside},
	}
	if t := p.change; t != nil && t.Low.Finite() && t.High.Finite() {
		digits := max(p.digits(), testDigits(t))
		text := fmt.Sprintf("%s … %s from the baseline, each end at %s %%", signed(float64(t.Low), digits), signed(float64(t.High), digits), plain(100*t.Confidence))
		rows = append(rows, [3]string{"the change", p.bar(float64(t.Low), float64(t.Change), float64(t.High)), text})
	}
	if said := p.allowed(); said != "" {
		rows = append(rows, [3]string{"allowed", p.within(), said})
	}
	low, high := p.show(p.low), p.show(p.high)
	out := []string{strings.Repeat(" ", 13) + low + strings.Repeat(" ", max(1, columns-utf8.RuneCountInString(low+high))) + high}
	for _, r := range rows {
		out = append(out, strings.TrimRight(fmt.Sprintf("%-11s  %s  %s", r[0], r[1], r[2]), " "))
	}
	return out
}

// column is where a value falls, from 0 to columns-1.
func (p picture) column(x float64) int {
	c := math.Round((x - p.low) / (p.high - p.low) * (columns - 1))
	return int(math.Max(0, math.Min(columns-1, c)))
}

func (p picture) strip(k known) string {
	out := []rune(strings.Repeat(" ", columns))
	switch {
	case len(k.repeats) > 0:
		count := make([]int, columns)
		for _, r := range k.repeats {
			count[p.column(r)]++
		}
		for c, n := range count {
			out[c] = []rune(" •23456789+")[min(n, 10)]
		}
	case k.stderr > 0:
		for c := range out {
			out[c] = heights[int(math.Round(p.likely(k, c, columns)*float64(len(heights)-1)))]
		}
		out[p.column(k.value)] = '█'
	default:
		out[p.column(k.value)] = '◆'
	}
	return string(out)
}

// likely is the height of the normal curve in one of so many columns, 1 at its top.
func (p picture) likely(k known, c, of int) float64 {
	z := (p.low + (p.high-p.low)*float64(c)/float64(of-1) - k.value) / k.stderr
	return math.Exp(-z * z / 2)
}

// bar is an interval of the change, laid from the baseline on.
func (p picture) bar(low, at, high float64) string {
	out := []rune(strings.Repeat(" ", columns))
	from, to := p.column(p.base.value+low), p.column(p.base.value+high)
	for c := from; c <= to; c++ {
		out[c] = '─'
	}
	out[from], out[to] = '├', '┤'
	out[p.column(p.base.value+at)] = '●'
	return string(out)
}

// within is the part of the axis that is allowed.
func (p picture) within() string {
	out := []rune(strings.Repeat(" ", columns))
	from, to := 0, columns-1
	open, ends := '◀', '▶'
	if p.from >= p.low {
		from, open = p.column(p.from), '|'
	}
	if p.to <= p.high {
		to, ends = p.column(p.to), '|'
	}
	if p.from > p.high || p.to < p.low || from > to {
		return string(out)
	}
	for c := from; c <= to; c++ {
		out[c] = '─'
	}
	out[from], out[to] = open, ends
	return string(out)
}

// sparkline shows numbers in their order, by height between the smallest and the largest.
func sparkline(xs []float64) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range xs {
		low, high = math.Min(low, x), math.Max(high, x)
	}
	var b strings.Builder
	for _, x := range xs {
		height := 0.5
		if high > low {
			height = (x - low) / (high - low)
		}
		b.WriteRune(heights[1+int(math.Round(height*float64(len(heights)-2)))])
	}
	return b.String()
}
