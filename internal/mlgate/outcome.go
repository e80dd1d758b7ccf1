package mlgate

import "time"

// Baseline is what a change is compared with, where it came from, how old it is, and why other
// places were passed over.
type Baseline struct {
	Evidence   *Evidence     `json:"-"`
	Digest     Digest        `json:"evidence,omitempty"`   // of Evidence; empty: there is none
	Source     string        `json:"source,omitempty"`     // "merge-base", "stage:production"
	Label      string        `json:"label,omitempty"`      // for people: "main", "production v1.3.0"
	Commit     string        `json:"commit,omitempty"`     // it was measured at
	Age        time.Duration `json:"age_ns,omitempty"`     // in nanoseconds
	Skipped    []Skip        `json:"skipped,omitempty"`    // places passed over
	Attempts   int           `json:"attempts,omitempty"`   // complete attempts at that recipe; the first counts
	Unrecorded bool          `json:"unrecorded,omitempty"` // read by a review from the files of the commit; the ledger knows nothing of it
}

// Skip says why a place was passed over.
type Skip struct {
	Source string `json:"source"` // the place
	Why    string `json:"why"`    // it was passed over
}

// Verdict is all findings together; the worst decides.
type Verdict struct {
	Word   Word   `json:"word"`
	Status Status `json:"status"`
	Cause  string `json:"cause,omitempty"` // what decided, in a few words: "recall", "no baseline yet"
}

// Planned is what merging, or having merged, does to one stage.
type Planned struct {
	Stage   string `json:"stage"`
	Action  string `json:"action"`            // "move", "manual", "held", "blocked", "none"
	Version string `json:"version,omitempty"` // that the stage will point at
	From    string `json:"from,omitempty"`    // that it points at now
	Why     string `json:"why,omitempty"`
	Note    string `json:"note,omitempty"` // what went wrong beside a move that was made
	Tag     string `json:"-"`              // of the version, where a release of it is asked for
}

// Outcome is everything that a report needs to know about one judged model.
type Outcome struct {
	Model          string        `json:"model"`
	Path           string        `json:"path"` // of mlops.yaml
	Change         Change        `json:"change"`
	Commit         string        `json:"commit"` // judged: the head, or the pushed tip
	Tree           string        `json:"tree"`   // judged tree
	Recipe         Digest        `json:"recipe"`
	DemandsFrom    string        `json:"demands_from"` // "main@4f0c21a", or "this change: it is judged by itself"
	DemandsDigest  []Digest      `json:"demands_digest,omitempty"`
	Evidence       *Evidence     `json:"evidence,omitempty"`
	EvidenceDigest Digest        `json:"evidence_digest,omitempty"`
	Unused         string        `json:"unused,omitempty"` // why more repeats, which this run made, do not count
	Baseline       Baseline      `json:"baseline"`
	BaseEvidence   *Evidence     `json:"base_evidence,omitempty"`
	Reference      Reference     `json:"reference,omitzero"`
	Origin         Origin        `json:"origin,omitzero"` // of a push: which pull request brought it
	Steps          []StepRun     `json:"steps,omitempty"`
	Gates          []GateResult  `json:"gates"`
	Findings       []Finding     `json:"findings"` // all that is not a gate's
	DemandChanges  []ValueChange `json:"demand_changes,omitempty"`
	Files          []string      `json:"files,omitempty"`   // touched: part of the recipe, or deciding how numbers are made and judged
	Rules          []RuleSet     `json:"rules,omitempty"`   // that judged
	Preview        string        `json:"preview,omitempty"` // with the change's own rules: which verdict
	WarnOnly       bool          `json:"warn_only,omitempty"`
	Comment        string        `json:"-"` // what report.comment demands
	Split          bool          `json:"-"` // report.split: a comment of its own
	Verdict        Verdict       `json:"verdict"`
	Plan           []Planned     `json:"plan,omitempty"`
	Stage          string        `json:"stage,omitempty"` // that a person asked for
	Moved          []Planned     `json:"moved,omitempty"` // what promotion did
	Advice         []string      `json:"advice,omitempty"`
	Judged         time.Time     `json:"judged_at"`
	Version        string        `json:"mlgate"`
}

// RuleSet says whose demands judged, so that they can be found again.
type RuleSet struct {
	Commit   string   `json:"commit"` // whose mlops.yaml and policies they are
	Label    string   `json:"label"`  // "main@4f0c21a"
	Digest   Digest   `json:"digest"`
	Policies []string `json:"policies,omitempty"` // rules that were asked, also those that said nothing
}

// Reference is P: the newest accepted push before this one, whose demands must hold too.
type Reference struct {
	Commit  string `json:"commit,omitempty"`
	Why     string `json:"why,omitempty"` // how it was found
	Skipped []Skip `json:"skipped,omitempty"`
}
