package report

import (
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// icon is a finding's mark in Markdown; what is waived shows so.
func icon(f mlgate.Finding) string {
	if f.Waived != nil {
		return "🏳️"
	}
	return icons[f.Status]
}

// mark is the same for a terminal.
func mark(f mlgate.Finding) string {
	if f.Waived != nil {
		return "waived"
	}
	return marks[f.Status]
}

// excuse tells why a finding does not count; empty: it counts.
func excuse(f mlgate.Finding) string {
	w := f.Waived
	if w == nil {
		return ""
	}
	if w.Until.IsZero() {
		return fmt.Sprintf("lifted for this commit by %s: %s (%s)", w.Owner, w.Reason, w.Link)
	}
	return fmt.Sprintf("waived until %s by %s: %s (%s)", w.Until.UTC().Format("2006-01-02"), w.Owner, w.Reason, w.Link)
}
