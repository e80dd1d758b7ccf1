package main

import (
	"fmt"
	"math"
	"strings"
)

// line is one rule in a chart: its name, colour, and a share for each size.
type line struct {
	name, colour string
	shares       []float64
}

// chart draws both errors over the number of examples, for runs of so many seeds.
func chart(all []place, found [][]said, ofSeeds int) string {
	blocked := []line{{"max_drop alone", "#c2410c", nil}, {"z over 20 runs", "#7c3aed", nil}, {"ratio of 200 %", "#6b7280", nil}, {"with confidence", "#047857", nil}}
	passed := make([]line, len(blocked))
	copy(passed, blocked)
	for i, p := range all {
		if p.seeds != ofSeeds {
			continue
		}
		none, loss := found[i][0], found[i][len(drops)-1]
		for j, v := range []float64{none.plain.fails, none.z, none.ratio, none.sure.fails} {
			blocked[j].shares = append(blocked[j].shares, v)
		}
		for j, v := range []float64{loss.plain.passes, 1 - loss.z, 1 - loss.ratio, loss.sure.passes} {
			passed[j].shares = append(passed[j].shares, v)
		}
	}
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 330" font-family="sans-serif" font-size="13" fill="#111827">` + "\n")
	b.WriteString(`<rect width="760" height="330" fill="#ffffff"/>` + "\n")
	panel(&b, 50, "Blocked, although nothing changed", blocked, 0.4)
	panel(&b, 430, "Passed, although 3 % were lost", passed, 1)
	for i, l := range blocked {
		x := 50 + 180*i
		fmt.Fprintf(&b, `<line x1="%d" y1="312" x2="%d" y2="312" stroke="%s" stroke-width="3"/><text x="%d" y="316">%s</text>`+"\n", x, x+24, l.colour, x+30, l.name)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

const panelWidth, panelTop, panelBottom = 290, 45, 255

// panel draws one error; most is the share at its upper edge.
func panel(b *strings.Builder, left int, title string, lines []line, most float64) {
	high := func(share float64) float64 { return panelBottom - (panelBottom-panelTop)*share/most }
	fmt.Fprintf(b, `<text x="%d" y="25" font-size="15" font-weight="bold">%s</text>`+"\n", left, title)
	for i := range 5 {
		share := most * float64(i) / 4
		fmt.Fprintf(b, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#e5e7eb"/><text x="%d" y="%.1f" text-anchor="end">%.0f %%</text>`+"\n",
			left, high(share), left+panelWidth, high(share), left-6, high(share)+4, 100*share)
	}
	fmt.Fprintf(b, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#111827" stroke-dasharray="4 4"/>`+"\n", left, high(0.05), left+panelWidth, high(0.05))
	for _, n := range drawnSizes {
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", across(left, n), panelBottom+18, thousands(n))
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle">examples for each seed</text>`+"\n", left+panelWidth/2, panelBottom+36)
	for _, l := range lines {
		var at []string
		for i, s := range l.shares {
			at = append(at, fmt.Sprintf("%.1f,%.1f", across(left, drawnSizes[i]), high(s)))
		}
		fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="3"/>`+"\n", strings.Join(at, " "), l.colour)
	}
}

// across is where a number of examples stands, by its logarithm.
func across(left, n int) float64 {
	first, last := float64(drawnSizes[0]), float64(drawnSizes[len(drawnSizes)-1])
	return float64(left) + 15 + (panelWidth-30)*math.Log(float64(n)/first)/math.Log(last/first)
}
