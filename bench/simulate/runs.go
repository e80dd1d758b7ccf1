package main

import (
	"fmt"
	"math"
	"strings"
)

// places is the grid of drawn histories.
func places() []place {
	var all []place
	for _, n := range drawnSizes {
		for _, k := range seeds {
			all = append(all, place{n, k})
		}
	}
	return all
}

// drawAll simulates every place.
func drawAll(all []place, histories int, seed uint64) [][]said {
	out := make([][]said, len(all))
	each(len(all), func(i int) { out[i] = all[i].simulate(histories, seed) })
	return out
}

// seedsTable is what the gate with confidence says.
func seedsTable(all []place, found [][]said) string {
	text := "| n | seeds | no change | −0.2 % | −1 % | −3 % |\n|--:|--:|--:|--:|--:|--:|\n"
	for i, p := range all {
		text += fmt.Sprintf("| %s | %d |", thousands(p.n), p.seeds)
		for j, d := range drops {
			text += " " + found[i][j].sure.cell(allowed, d) + " |"
		}
		text += "\n"
	}
	return text
}

// rulesTable puts the rules side by side: what they block of changes that do nothing, and what they let
// pass of losses of three times the allowed size.
func rulesTable(all []place, found [][]said) string {
	names := []string{"`max_drop`", "ratio", "z", "t", "IQR", "with `confidence`"}
	text := "| n | seeds |"
	for _, n := range names {
		text += " " + n + " |"
	}
	text += "\n|--:|--:|" + strings.Repeat("--:|", len(names)) + "\n"
	for i, p := range all {
		none, loss := found[i][0], found[i][len(drops)-1]
		text += fmt.Sprintf("| %s | %d |", thousands(p.n), p.seeds)
		for _, pair := range [][2]float64{
			{none.plain.fails, loss.plain.passes}, {none.ratio, 1 - loss.ratio}, {none.z, 1 - loss.z}, {none.t, 1 - loss.t},
			{none.iqrs, 1 - loss.iqrs}, {none.sure.fails, loss.sure.passes},
		} {
			text += " " + percent(pair[0]) + " · " + percent(pair[1]) + " |"
		}
		text += "\n"
	}
	return text
}

// broken lists where the gate with confidence is wrong more often than it says, beyond four standard errors of so
// many histories. One seed is left out: there the gate's answer is about two models and not about
// what trained them.
func broken(all []place, found [][]said, histories int) []string {
	level := 1 - confidence
	limit := level + 4*math.Sqrt(level*confidence/float64(histories))
	var out []string
	for i, p := range all {
		for j, d := range drops {
			a := found[i][j].sure
			if p.seeds > 1 && (d <= allowed && a.fails > limit || d >= allowed && a.passes > limit) {
				out = append(out, fmt.Sprintf("n %d, %d seeds, drop %v: fails %.4f, passes %.4f", p.n, p.seeds, d, a.fails, a.passes))
			}
		}
	}
	return out
}
