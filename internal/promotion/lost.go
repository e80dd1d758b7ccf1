package promotion

import (
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Lost is the newest move of a stage, as the ledger has it, when its tag was deleted. With Version the
// stage's tag is there, and that of the version which it brought is gone, or Moved to another commit.
type Lost struct {
	Move              mlgate.Move
	Version           bool
	Moved             string // with Version: the commit that the version's tag names now; empty: it is gone
	Left, LeftVersion string // the stage's newest tag that is there, and its version; empty: none
}

// Name is what a person accepts who lets automation go on without the tag.
func (l Lost) Name() string { return l.Left + " without " + l.Move.ID }

// Missing tells, in words, what tag of a stage was deleted, and what to do; empty: none, or a person
// accepted that.
func (f Facts) Missing(stage string) string {
	l, is := f.Lost[stage]
	if !is || f.Holds[stage].Adopted == l.Name() {
		return ""
	}
	m := l.Move
	if l.Moved != "" {
		return fmt.Sprintf("%s is at %s, made of %.7s, and the tag of that version was moved to %.7s; push it as it was from a clone that has it, or `mlgate unhold %s --reason …` goes on with it moved", stage, m.Version, m.Commit, l.Moved, stage)
	}
	if l.Version {
		return fmt.Sprintf("%s is at %s, and the tag of that version is gone; push it again from a clone that has it, or `mlgate unhold %s --reason …` goes on without it", stage, m.Version, stage)
	}
	left := "nothing is left there"
	if l.Left != "" {
		left = fmt.Sprintf("what is left is %s (tag %s)", l.LeftVersion, l.Left)
	}
	by := ""
	if m.By != "" {
		by = " by " + m.By
	}
	return fmt.Sprintf("the tag of %s → %s is gone, which the ledger has for done (%s%s, %s); %s; push it again from a clone that has it, or `mlgate unhold %s --reason …` goes on from what is left",
		m.Version, stage, m.Why, by, m.At.UTC().Format("2006-01-02 15:04 UTC"), left, stage)
}

// sure is an error when nobody can say where a stage points, or the one that it takes versions from.
func (f Facts) sure(rule mlgate.StageRule) error {
	for _, r := range f.Stages {
		if r.To != rule.To && r.To != rule.From || r.OnForeignMove == Adopt {
			continue
		}
		if why := f.Missing(r.To); why != "" {
			return &mlgate.Waiting{Reason: fmt.Sprintf("promoting to %s: %s", rule.To, why)}
		}
	}
	return nil
}
