package report

// parted are the rows that people must see, and those that are folded away.
type parted struct{ open, folded []row }

// fold parts the rows that people must see from those that are folded away.
func fold(all []row) (open, folded []row) {
	open, folded = make([]row, 0, len(all)), make([]row, 0, len(all))
	for _, r := range all {
		if r.unchanged() || (!r.gated && len(open) >= 12) {
			folded = append(folded, r)
		} else {
			open = append(open, r)
		}
	}
	if len(open) == 0 {
		return folded, nil
	}
	return open, folded
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
