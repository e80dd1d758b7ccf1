package report

import (
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// parted are the rows that people must see, and those that are folded away, with pictures of the worst.
type parted struct {
	open, folded []row
	pictures     []picture
}

// A gate with a pattern may be about thousands of slices, the worst first: so many that are not well stay
// open, and so many that are.
const (
	openBad  = 20
	openGood = 5
)

// maxBare is how many metrics without a gate a text shows, those that changed first.
const maxBare = 200

// crowded parts the rows of patterns that are more than people look at from all others.
func crowded(all []row) (kept, more []row) {
	type kind struct {
		pattern string
		good    bool
	}
	seen := map[kind]int{}
	kept = make([]row, 0, len(all))
	for _, r := range all {
		k := kind{r.pattern, r.status == mlgate.Pass}
		if r.pattern == "" {
			kept = append(kept, r)
			continue
		}
		if seen[k]++; seen[k] > openBad || k.good && seen[k] > openGood {
			more = append(more, r)
		} else {
			kept = append(kept, r)
		}
	}
	return kept, more
}

// bare cuts the rows of metrics without a gate, which come last, to those that a text shows, and counts the others.
func bare(all []row) (kept []row, more []string) {
	gated := slices.IndexFunc(all, func(r row) bool { return !r.gated })
	if gated < 0 || len(all)-gated <= maxBare {
		return all, nil
	}
	return all[:gated+maxBare], []string{fmt.Sprintf("%d more without a gate; --format json has them", len(all)-gated-maxBare)}
}

// fold parts the rows that people must see from those that are folded away.
func fold(all []row) (open, folded []row) {
	all, more := crowded(all)
	open, folded = make([]row, 0, len(all)), make([]row, 0, len(all)+len(more))
	for _, r := range all {
		if r.unchanged() || (!r.gated && len(open) >= 12) {
			folded = append(folded, r)
		} else {
			open = append(open, r)
		}
	}
	folded = append(folded, more...)
	if len(open) == 0 {
		return folded, nil
	}
	return open, folded
}

// folds says why rows are folded away.
func folds(rs []row) string {
	if slices.ContainsFunc(rs, func(r row) bool { return r.pattern != "" && !r.unchanged() }) {
		return "unchanged, without a gate, or not among the worst of their gate"
	}
	return "unchanged, or without a gate"
}

// others counts rows that are left out, by their pattern, in the order of the first of each.
func others(more []row) []string {
	count, order := map[string]int{}, []string{}
	for _, r := range more {
		if count[r.pattern]++; count[r.pattern] == 1 {
			order = append(order, r.pattern)
		}
	}
	out := make([]string, 0, len(order))
	for _, p := range order {
		out = append(out, fmt.Sprintf("%d more of %s; --format json has them", count[p], p))
	}
	return out
}

// leastOf is what the tables' borders alone take at a level: a report that cannot fit need not be
// written to be counted.
func leastOf(all []parted, level int) int {
	n := 0
	for _, rs := range all {
		n += min(len(rs.open), level) + min(len(rs.folded), level)
	}
	return n * len("|  |  |  |  |  |  |\n")
}
