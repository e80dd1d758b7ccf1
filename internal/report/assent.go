package report

import (
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Assent is who said yes to a move beside who asked for it.
type Assent struct {
	Approved   []mlgate.StageApproval `json:"approved,omitempty"`   // of a move by hand: those that counted, the oldest first
	Reviewed   []string               `json:"reviewed,omitempty"`   // who let its run go on at the forge
	Overridden []mlgate.Override      `json:"overridden,omitempty"` // rules that a person lifted for the push
}

// words is empty where nobody did.
func (a Assent) words() string {
	var parts []string
	if len(a.Approved) > 0 {
		var who []string
		for _, s := range a.Approved {
			if !slices.Contains(who, s.By) { // twice is once
				who = append(who, s.By)
			}
		}
		parts = append(parts, "approved by "+strings.Join(who, ", "))
	}
	if len(a.Reviewed) > 0 {
		parts = append(parts, "run let go on by "+strings.Join(a.Reviewed, ", "))
	}
	for _, o := range a.Overridden {
		parts = append(parts, o.Rule+" lifted by "+o.By+with(": ", o.Reason))
	}
	return strings.Join(parts, "; ")
}
