package promotion

import (
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// approved are the people who said yes to a move, each once, without who asks for it. A yes was said to
// this evidence, and to this step from what the stage has: after another move, and one back, it is not a yes any more.
func (f Facts) approved(m mlgate.Move) []string {
	var who []string
	for _, a := range f.Approvals {
		same := a.Stage == m.Stage && a.Version == m.Version && a.Evidence == m.Evidence && a.From == m.From && a.Revision == m.Revision
		if by := strings.TrimSpace(a.By); same && by != "" && !strings.EqualFold(by, strings.TrimSpace(f.By)) {
			who = append(who, strings.ToLower(by))
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
