package promotion

import (
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Approving are the approvals of a move that count, without those of who asks for it. A yes was said to
// this evidence, and to this step from what the stage has: after another move, and one back, it is not a yes any more.
func Approving(all []mlgate.StageApproval, m mlgate.Move, asks string) []mlgate.StageApproval {
	var out []mlgate.StageApproval
	for _, a := range all {
		same := a.Stage == m.Stage && a.Version == m.Version && a.Evidence == m.Evidence && a.From == m.From && a.Revision == m.Revision
		if by := strings.TrimSpace(a.By); same && by != "" && !strings.EqualFold(by, strings.TrimSpace(asks)) {
			out = append(out, a)
		}
	}
	return out
}

// approved are the people whose approvals of a move count, each once.
func (f Facts) approved(m mlgate.Move) []string {
	var who []string
	for _, a := range Approving(f.Approvals, m, f.By) {
		who = append(who, strings.ToLower(strings.TrimSpace(a.By)))
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
