package mlgate

import (
	"context"
	"time"
)

// Approval is one person's yes to one commit on its way into one branch.
type Approval struct {
	By     string    `json:"by"` // login, without @
	Commit string    `json:"commit"`
	Base   string    `json:"base,omitempty"` // branch; empty: the forge does not tell
	As     []string  `json:"as,omitempty"`   // the owners, as asked for, that this person is or belongs to
	Void   string    `json:"void,omitempty"` // why the forge says that it cannot count: "was dismissed"; empty: it may
	At     time.Time `json:"at,omitzero"`
}

// People is what a forge knows of those who made a change and of those who approved it.
type People struct {
	Head      string     `json:"head,omitempty"`    // that it stood at when it was asked; empty: not told
	Makers    []string   `json:"makers,omitempty"`  // logins of author, pusher, committers and co-authors of the head
	Proven    []string   `json:"proven,omitempty"`  // those of them whom the forge itself saw: who opened it, who pushed it
	Unknown   []string   `json:"unknown,omitempty"` // makers whom the forge knows no login of
	Approvals []Approval `json:"approvals,omitempty"`
	Unread    []Unread   `json:"unread,omitempty"`
}

// Unread is an owner whose members the forge did not tell: no yes and no "no".
type Unread struct {
	Owner string `json:"owner"` // as asked for
	Why   string `json:"why"`
}

// Reviews tells who made and who approved a pull request.
type Reviews interface {
	// People reads them anew. Owners are those that mlops.yaml names: "@login" or "@org/team".
	People(ctx context.Context, number int, owners []string) (People, error)
}

// Waiver is a dated exception to one literal rule.
type Waiver struct {
	Rule   string    `json:"rule"`   // "gate/accuracy", "policy/mlgate/model-card"
	Reason string    `json:"reason"` // why
	Owner  string    `json:"owner"`  // who answers for it
	Link   string    `json:"link"`   // where it was decided
	Until  time.Time `json:"until"`  // the last day, UTC
	Pos    Pos       `json:"-"`
}
