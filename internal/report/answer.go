package report

import (
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Answer says why something is as it is, from ledger and tags. One of Rule, Stage, Version and Commit is
// set.
type Answer struct {
	Model   string         `json:"model"`
	Asked   string         `json:"asked"`
	Rule    *RuleAnswer    `json:"rule,omitempty"`
	Stage   *StageAnswer   `json:"stage,omitempty"`
	Version *VersionAnswer `json:"version,omitempty"`
	Commit  *CommitAnswer  `json:"commit,omitempty"`
	Notes   []string       `json:"notes,omitempty"` // what could not be read, and what that means
	Now     time.Time      `json:"at"`
}

// RuleAnswer is what one rule said, newest verdict first.
type RuleAnswer struct {
	Rule      string            `json:"rule"`             // as asked for: "accuracy", "gate/accuracy", "recall.*"
	Gates     []mlgate.GateRule `json:"demanded"`         // as the tip of the default branch demands it now; empty: it does not
	Where     []mlgate.Pos      `json:"where"`            // of each, in mlops.yaml at the tip
	Tip       string            `json:"tip,omitempty"`    // that commit
	Judgments []Judgment        `json:"judgments"`        // newest first
	Older     int               `json:"older,omitempty"`  // more of them, not listed
	Looked    string            `json:"looked,omitempty"` // where verdicts were looked for
	Always    bool              `json:"always,omitempty"` // governance asks it of every change, and mlops.yaml does not name it
	Other     string            `json:"other,omitempty"`  // the policy or step that the rule is, when it is one
	Trail     []Point           `json:"trail,omitempty"`  // what was measured of the metric of that name, oldest first
}

// Point is a metric's value in one evidence that was judged.
type Point struct {
	At     time.Time     `json:"at"`
	Commit string        `json:"commit"`
	Value  mlgate.Number `json:"value"`
}

// Judgment is one verdict as far as a rule is concerned.
type Judgment struct {
	VerdictLine
	Gates    []mlgate.GateResult `json:"gates,omitempty"`
	Findings []mlgate.Finding    `json:"findings,omitempty"`
	Silent   bool                `json:"silent,omitempty"` // the rule was asked, and said nothing

	Head, Base *mlgate.Evidence `json:"-"` // of the newest judgment of gates; nil: there is none
}

// VerdictLine is a recorded verdict without what its rules said.
type VerdictLine struct {
	Word     mlgate.Word      `json:"word"`
	Cause    string           `json:"cause,omitempty"`
	At       time.Time        `json:"at"`
	Event    mlgate.Event     `json:"event"`
	Number   int              `json:"number,omitempty"` // of the pull request
	Stage    string           `json:"stage,omitempty"`  // asked for by hand
	Commit   string           `json:"commit"`
	Actor    string           `json:"actor,omitempty"`
	Rules    []mlgate.RuleSet `json:"rules,omitempty"` // that judged
	Evidence mlgate.Digest    `json:"evidence,omitempty"`
	Baseline mlgate.Baseline  `json:"baseline,omitzero"`
	Waivers  []mlgate.Waiver  `json:"waivers,omitempty"`
	Record   mlgate.Digest    `json:"record"` // of the verdict itself
}

// StageAnswer says why a stage points where it does. An empty Version: nothing is there.
type StageAnswer struct {
	Stage   string       `json:"stage"`
	When    string       `json:"when,omitempty"` // as the tip demands: merge or manual; empty: it is not under promote
	Version string       `json:"version,omitempty"`
	Commit  string       `json:"commit,omitempty"`
	Ref     string       `json:"tag,omitempty"`
	Since   time.Time    `json:"since,omitzero"`
	By      string       `json:"by,omitempty"`
	Why     string       `json:"why,omitempty"` // merge, manual, rollback; empty: not by mlgate
	Reason  string       `json:"reason,omitempty"`
	From    string       `json:"from,omitempty"`
	Move    string       `json:"move,omitempty"`
	Ended   string       `json:"ended,omitempty"` // of the move: done, lost, or empty while it is open
	Ledger  string       `json:"ledger,omitempty"`
	Grounds Grounds      `json:"grounds,omitzero"`
	Hold    *mlgate.Hold `json:"hold,omitempty"`
	Lifted  *mlgate.Hold `json:"lifted,omitempty"`   // the end of a hold, since when the stage did not move
	Gone    string       `json:"tag_gone,omitempty"` // the tag of its newest move was deleted: which, and what to do
	Past    bool         `json:"past,omitempty"`     // asked was an assignment that is not the stage's newest
	Until   time.Time    `json:"until,omitzero"`     // of such
	Before  []HistoryRow `json:"before,omitempty"`   // earlier moves, newest first
	Assent
}

// VersionAnswer is what is known of one registered version.
type VersionAnswer struct {
	Version string    `json:"version"`
	Commit  string    `json:"commit"`
	Ref     string    `json:"tag"`
	At      time.Time `json:"registered"`
	By      string    `json:"by,omitempty"`
	Removed bool      `json:"removed,omitempty"`
	Gone    bool      `json:"tag_gone,omitempty"` // the ledger knows the version, and its tag was deleted
	Made    string    `json:"made_of,omitempty"`  // the commit that the ledger has for it, when its tag was moved to another
	Move    string    `json:"move,omitempty"`     // that brought it
	Ledger  string    `json:"ledger,omitempty"`
	Grounds Grounds   `json:"grounds,omitzero"`
	Stays   []Stay    `json:"stays"`
}

// Stay is the time that a version was in a stage; a zero Until: it still is.
type Stay struct {
	Stage  string    `json:"stage"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
	Why    string    `json:"why,omitempty"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by,omitempty"`
	Gone   bool      `json:"tag_gone,omitempty"`
	Assent
}

// CommitAnswer is what was judged on one commit, and what became of it.
type CommitAnswer struct {
	Commit   string        `json:"commit"`
	Version  string        `json:"version,omitempty"`
	Stages   []string      `json:"stages"`   // that point at it now
	Verdicts []VerdictLine `json:"verdicts"` // newest first
	Older    int           `json:"older,omitempty"`
	Grounds  Grounds       `json:"grounds,omitzero"` // of the newest verdict
}

// Grounds are the evidence and the verdict that a version stands on.
type Grounds struct {
	Digest   mlgate.Digest       `json:"evidence,omitempty"`
	Evidence *mlgate.Evidence    `json:"content,omitempty"` // nil: the ledger has none of that digest
	Missing  string              `json:"missing,omitempty"` // why
	Verdict  *VerdictLine        `json:"verdict,omitempty"` // nil: none was recorded
	Gates    []mlgate.GateResult `json:"gates,omitempty"`
	Findings []mlgate.Finding    `json:"findings,omitempty"`
}

// Status is where the stages of a model point, beside where its branch is.
type Status struct {
	Model  string        `json:"model"`
	Branch string        `json:"branch"`
	Tip    string        `json:"tip"`
	Newest *VerdictLine  `json:"verdict,omitempty"` // newest of the branch; nil: none
	Behind int           `json:"verdict_behind"`    // commits that came after it
	Stages []StageStatus `json:"stages"`
	Open   []OpenMove    `json:"open"`
	Notes  []string      `json:"notes,omitempty"`
	Now    time.Time     `json:"at"`
}

// StageStatus is one stage beside the branch's tip.
type StageStatus struct {
	Stage   string       `json:"stage"`
	When    string       `json:"when,omitempty"`
	Version string       `json:"version,omitempty"`
	Commit  string       `json:"commit,omitempty"`
	Since   time.Time    `json:"since,omitzero"`
	By      string       `json:"by,omitempty"`
	Why     string       `json:"why,omitempty"`
	Foreign bool         `json:"foreign,omitempty"`
	Hold    *mlgate.Hold `json:"hold,omitempty"`
	Lifted  *mlgate.Hold `json:"lifted,omitempty"` // the end of a hold, since when the stage did not move
	Tip     string       `json:"tip,omitempty"`    // beside the stage's commit: same, ahead, or apart (it does not come from it)
	Ahead   int          `json:"ahead,omitempty"`  // commits on the branch after the stage's; 0: none, or not counted
	Recipe  string       `json:"recipe,omitempty"` // of the tip beside the stage's: same or other; empty: unknown
}

// OpenMove is an intent that is neither done nor lost.
type OpenMove struct {
	ID      string    `json:"id"`
	Stage   string    `json:"stage"`
	Version string    `json:"version"`
	Why     string    `json:"why"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at"`
}
