package main

import (
	"fmt"
	"strings"
)

var (
	drops      = []float64{0, 0.002, 0.01, 0.03}
	sizes      = []int{200, 500, 1000, 5000, 20_000, 100_000}
	drawnSizes = []int{200, 1000, 5000, 100_000}
	seeds      = []int{1, 2, 3, 5, 10}
	accuracies = []float64{0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99}
)

// allowed is the drop that the gate allows, and accuracy the baseline's true one, where a table has only one.
const allowed, accuracy = 0.01, 0.9

// answersTable is what the gate says with and without confidence, for a baseline of one accuracy.
func answersTable(sizes []int) string {
	rows := make([]string, 2*len(sizes))
	each(len(rows), func(i int) {
		n := sizes[i/2]
		rule, name := plainly(n), "`max_drop: 0.01`"
		if i%2 == 1 {
			rule, name = surely(n, n, allowed), "with `confidence: 0.95`"
		}
		base := newBinomial(n, accuracy)
		at := turning(rule, n, base)
		row := fmt.Sprintf("| %s | %s |", thousands(n), name)
		for _, d := range drops {
			row += " " + exactly(n, base, at, accuracy-d).cell(allowed, d) + " |"
		}
		rows[i] = row + "\n"
	})
	return "| n | gate | no change | −0.2 % | −1 % | −3 % |\n|--:|:--|--:|--:|--:|--:|\n" + strings.Join(rows, "")
}

// cell shows how often the gate fails, cannot say, and passes, the wrong answer in bold.
func (a answers) cell(margin, drop float64) string {
	fails, passes := percent(a.fails), percent(a.passes)
	if drop > margin {
		passes = "**" + passes + "**"
	} else {
		fails = "**" + fails + "**"
	}
	return fails + " · " + percent(a.open) + " · " + passes
}

func percent(share float64) string {
	switch {
	case share > 0 && share < 0.0005:
		return "<0.1"
	case share < 1 && share > 0.9995:
		return ">99.9"
	}
	return fmt.Sprintf("%.1f", 100*share)
}

func thousands(n int) string {
	if n < 10_000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// worst is the largest share of wrong answers, and the accuracy of the baseline where it is.
type worst struct{ share, at float64 }

func (w *worst) see(share, at float64) {
	if share > w.share {
		*w = worst{share, at}
	}
}

// levels are the gate's errors where its bound just holds and where it is just broken, the worst over
// accuracies: there every other drop errs less.
func levels(n int, margin float64, accuracies []float64) (fails, passes worst) {
	for _, p := range accuracies {
		base := newBinomial(n, p)
		a := exactly(n, base, turning(surely(n, n, margin), n, base), p-margin)
		fails.see(a.fails, p)
		passes.see(a.passes, p)
	}
	return fails, passes
}

func levelTable(sizes []int, accuracies []float64) string {
	margins := []float64{0, allowed}
	rows := make([]string, len(sizes))
	each(len(sizes), func(i int) {
		rows[i] = fmt.Sprintf("| %s |", thousands(sizes[i]))
		for _, m := range margins {
			fails, passes := levels(sizes[i], m, accuracies)
			rows[i] += fmt.Sprintf(" %.2f at %v | %.2f at %v |", 100*fails.share, fails.at, 100*passes.share, passes.at)
		}
		rows[i] += "\n"
	})
	return "| n | fails, `max_drop: 0` | passes | fails, `max_drop: 0.01` | passes |\n|--:|--:|--:|--:|--:|\n" + strings.Join(rows, "")
}
