package main

import "fmt"

// sides are different numbers of examples of change and baseline.
var sides = [][2]int{{200, 50}, {500, 200}, {1000, 200}, {5000, 1000}, {100_000, 5000}}

// unequalTable has the level of counted hits where the sides have different numbers of examples, and how far the
// gate is behind the best valid test.
func unequalTable(sides [][2]int) string {
	rows := make([]string, len(sides))
	each(len(sides), func(i int) {
		n, m := sides[i][0], sides[i][1]
		var fails, passes, late worst
		for _, p := range accuracies {
			base := newBinomial(m, p)
			at := turning(surely(n, m, allowed), n, base)
			for _, d := range drops {
				switch a := exactly(n, base, at, p-d); {
				case d == allowed:
					fails.see(a.fails, p)
					passes.see(a.passes, p)
				case n <= countable:
					late.see(bestOfHits(n, m, p, d)-a.right(allowed, d), p)
				}
			}
		}
		behind := "–"
		if n <= countable {
			behind = fmt.Sprintf("%.1f, at %v", 100*late.share, late.at)
		}
		rows[i] = fmt.Sprintf("| %s | %s | %.2f at %v | %.2f at %v | %s |\n", thousands(n), thousands(m), 100*fails.share, fails.at, 100*passes.share, passes.at, behind)
	})
	text := "| n of the change | of the baseline | fails | passes | behind by at most |\n|--:|--:|--:|--:|--:|\n"
	for _, r := range rows {
		text += r
	}
	return text
}
