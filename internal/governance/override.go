package governance

import (
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Override marks what people lifted for this very commit. What could not be decided stays, and so does
// what governance says: that takes approvals.
func Override(gates []mlgate.GateResult, findings []mlgate.Finding, all []mlgate.Override) {
	for _, o := range all {
		if kind, _, _ := strings.Cut(o.Rule, "/"); kind != "gate" && kind != "check" && kind != "policy" {
			continue
		}
		use(&mlgate.Waiver{Rule: o.Rule, Reason: o.Reason, Owner: "@" + o.By, Link: o.Link}, gates, findings)
	}
}

// MayDecide says why a person may not decide alone on a change; empty: an owner may, who neither opened,
// wrote nor pushed any of it. As are the owners that this person is; unread those that nobody could tell.
func MayDecide(login string, owners, as []string, unread []mlgate.Unread, p mlgate.People) string {
	f := Facts{People: p}
	switch {
	case len(owners) == 0:
		return "mlops.yaml of the base branch names no `owners`, and this is theirs to decide"
	case len(as) == 0 && len(unread) > 0:
		return "it cannot be told whether @" + login + " is an owner: " + unread[0].Why
	case len(as) == 0:
		return "@" + login + " is no owner (" + list(owners) + ")"
	case f.made(login):
		return "@" + login + " had a hand in this change"
	case len(p.Makers) == 0 || len(p.Unknown) > 0:
		return "it is not known who made this change" + unknown(p.Unknown)
	}
	return ""
}
