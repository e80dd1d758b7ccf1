package promotion

import (
	"slices"
	"strings"
)

// approved are the people who said yes to a version for a stage, each once, without who asks for the
// move.
func (f Facts) approved(stage, version string) []string {
	var who []string
	for _, a := range f.Approvals {
		if a.Stage == stage && a.Version == version && a.By != "" && !strings.EqualFold(a.By, f.By) {
			who = append(who, strings.ToLower(a.By))
		}
	}
	slices.Sort(who)
	return slices.Compact(who)
}

func by(who []string) string {
	if len(who) == 0 {
		return ""
	}
	return " (" + strings.Join(who, ", ") + ")"
}
