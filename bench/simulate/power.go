package main

import (
	"fmt"
	"math"
)

// oracle is how often a z-test is right that knows both true accuracies, and so the standard error, and
// only has to judge their difference: no test can do much better.
func oracle(n int, p, margin, drop float64) answers {
	spread := func(d float64) float64 { return math.Sqrt((p*(1-p) + (p-d)*(1-p+d)) / float64(n)) }
	upper := func(x float64) float64 { return math.Erfc(x/math.Sqrt2) / 2 }
	limit := zOf * spread(margin)
	return answers{fails: upper((limit - (drop - margin)) / spread(drop)), passes: upper((limit + (drop - margin)) / spread(drop))}
}

// short is by how much the gate is right less often than the oracle on counted hits, at most over accuracies
// and drops that are not the bound itself.
func short(n int, accuracies []float64) worst {
	var w worst
	for _, p := range accuracies {
		base := newBinomial(n, p)
		at := turning(sure(allowed), n, base)
		for _, d := range drops {
			if d != allowed {
				w.see(oracle(n, p, allowed, d).right(allowed, d)-exactly(n, base, at, p-d).right(allowed, d), p)
			}
		}
	}
	return w
}

// powerTable says how far the gate is behind the best test, in percentage points.
func powerTable(all []place, found [][]said) string {
	text := "| test | compared with | data | behind by at most |\n|:--|:--|:--|--:|\n"
	rows := make([]string, len(sizes))
	each(len(sizes), func(i int) {
		w := short(sizes[i], accuracies)
		rows[i] = fmt.Sprintf("| counted hits | z that knows the true error | n %s | %.1f, at %v |\n", thousands(sizes[i]), 100*w.share, w.at)
	})
	for _, r := range rows {
		text += r
	}
	for _, k := range seeds[1:] {
		text += fmt.Sprintf("| repeats: Welch's t | t of equal variances | %d seeds | %.1f |\n", k, 100*behind(all, found)[k])
	}
	return text
}
