package main

import (
	"fmt"
	"math"
)

// countable is up to how many examples the best valid test is computed from all counts; beyond, it is z's.
const countable = 5000

// best bounds how often a valid test of hits can be right.
func best(n int, p, drop float64) float64 {
	if n <= countable {
		return bestOfHits(n, n, p, drop)
	}
	stderr := func(d float64) float64 { return math.Sqrt((p*(1-p) + (p-d)*(1-p+d)) / float64(n)) }
	return normally(stderr(allowed), stderr(drop), drop)
}

// short is by how much the gate is right less often than the best valid test on counted hits, at most over
// accuracies and drops that are not the bound itself.
func short(n int, accuracies []float64) worst {
	var w worst
	for _, p := range accuracies {
		base := newBinomial(n, p)
		at := turning(surely(n, n, allowed), n, base)
		for _, d := range drops {
			if d != allowed {
				w.see(best(n, p, d)-exactly(n, base, at, p-d).right(allowed, d), p)
			}
		}
	}
	return w
}

// powerTable says how far the gate is behind the best test, in percentage points.
func powerTable() string {
	text := "| test | data | behind by at most |\n|:--|:--|--:|\n"
	rows := make([]string, len(sizes))
	each(len(sizes), func(i int) {
		w := short(sizes[i], accuracies)
		rows[i] = fmt.Sprintf("| counted hits | n %s | %.1f, at %v |\n", thousands(sizes[i]), 100*w.share, w.at)
	})
	for _, r := range rows {
		text += r
	}
	return text
}
