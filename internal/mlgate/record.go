package mlgate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Kind is what a ledger record is about.
type Kind string

// The kinds of records, and by which key each is found.
const (
	KindEvidence Kind = "evidence" // key: recipe
	KindVerdict  Kind = "verdict"  // key: judged commit
	KindMove     Kind = "move"     // key: move id; Envelope.Part is intent, done or lost
	KindHold     Kind = "hold"     // key: stage; the newest one counts
	KindHeld     Kind = "held"     // key: stage; every hold and its end, which the ledger keeps of KindHold
	KindApproval Kind = "approval" // key: stage
	KindOverride Kind = "override" // key: judged commit
	KindPosition Kind = "position" // key: stage; the newest one counts
)

// Sealed is a record as bytes: its body is encoded once, here, and only ever decoded afterwards.
// Digest is the sha256 of Body.
type Sealed struct {
	Kind     Kind
	Digest   Digest
	Body     []byte
	Envelope Envelope
	// Beside brings what lies beside the record: of evidence the lists of inputs and of examples. Nil:
	// nothing does.
	Beside func(context.Context) (Files, error)
}

// Envelope is what is known about a record but not part of it: written by whoever records.
type Envelope struct {
	Key      string    `json:"key"`
	Part     string    `json:"part,omitempty"`     // of a move: intent, done, lost
	Attempt  int       `json:"attempt,omitempty"`  // of evidence: 1, 2, …; set by the ledger
	Scope    string    `json:"scope,omitempty"`    // of evidence: ScopeBranch or ScopeChange
	Reusable bool      `json:"reusable,omitempty"` // of evidence of scope change: the judged tree agreed with the base tip on every protected path
	Base     string    `json:"base,omitempty"`     // of evidence of scope change: the branch that it goes to
	Commit   string    `json:"commit,omitempty"`
	Tree     string    `json:"tree,omitempty"`
	Folder   string    `json:"folder,omitempty"` // id of the model's folder in the judged tree
	Run      CIRun     `json:"run,omitzero"`
	At       time.Time `json:"at"`
	Version  string    `json:"mlgate"`
}

// Where evidence was made.
const (
	ScopeBranch = "branch" // on the promoting branch
	ScopeChange = "change" // on a pull request
)

// VerdictRecord is what the ledger keeps of a judgment.
type VerdictRecord struct {
	Format    int          `json:"format"` // 1
	Model     string       `json:"model"`
	Event     Event        `json:"event"`
	Commit    string       `json:"commit"`
	Tree      string       `json:"tree"`
	Recipe    Digest       `json:"recipe"`
	Branch    string       `json:"branch,omitempty"`    // pushed to, or merged into
	Number    int          `json:"number,omitempty"`    // of the pull request
	Stage     string       `json:"stage,omitempty"`     // that was asked for by hand
	Reference string       `json:"reference,omitempty"` // base tip, or P
	Rules     []RuleSet    `json:"rules,omitempty"`
	Evidence  Digest       `json:"evidence,omitempty"`
	Baseline  Baseline     `json:"baseline,omitzero"` // what it was compared with, and why
	Waivers   []Waiver     `json:"waivers,omitempty"` // that were in force
	Verdict   Verdict      `json:"verdict"`
	Gates     []GateResult `json:"gates,omitempty"`
	Findings  []Finding    `json:"findings,omitempty"`
	Past      []PastRecord `json:"past,omitempty"` // of the versions accepted before, where a gate looks at them
	Actor     string       `json:"actor,omitempty"`
	At        time.Time    `json:"at"`
}

// Move brings one version to one stage. It is written down as an intent before the registry is
// touched; the registry's entry carries its ID, so that a crash in between can be told.
type Move struct {
	ID       string    `json:"-"`      // first 16 characters of the intent's digest
	Format   int       `json:"format"` // 1
	Model    string    `json:"model"`
	Stage    string    `json:"stage"`
	Version  string    `json:"version"`            // "v0.2.0"
	Commit   string    `json:"commit"`             // of the version
	Register bool      `json:"register,omitempty"` // the version is new with this move
	From     string    `json:"from,omitempty"`     // version the stage pointed at; empty: none
	Revision string    `json:"revision,omitempty"` // of the pointer seen; compare-and-set
	Recipe   Digest    `json:"recipe,omitempty"`
	Evidence Digest    `json:"evidence,omitempty"`
	Artifact Digest    `json:"artifact,omitempty"` // empty: source-only
	Verdict  Digest    `json:"verdict,omitempty"`  // the record that let it move; empty on a rollback
	Origin   Origin    `json:"origin,omitzero"`    // of Commit, on a merge
	Why      string    `json:"why"`                // "merge", "manual", "rollback"
	Reason   string    `json:"reason,omitempty"`
	By       string    `json:"by,omitempty"`
	Reviewed []string  `json:"reviewed,omitempty"` // who let the run go on at the forge; they are no approvals
	At       time.Time `json:"at"`
}

// MoveEnd is the record that closes an intent: part "done" or "lost".
type MoveEnd struct {
	Format int       `json:"format"` // 1
	Move   string    `json:"move"`   // id
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// Hold pins a stage: automation leaves it alone until a person lifts it.
type Hold struct {
	Format int    `json:"format"` // 1
	Stage  string `json:"stage"`
	Held   bool   `json:"held"`
	By     string `json:"by,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Adopted names what a person accepted, so that automation goes on from it: the tag of another tool's
	// move, or the newest tag that is left "without" the move whose tag is gone.
	Adopted string    `json:"adopted,omitempty"`
	At      time.Time `json:"at"`
}

// Position is the newest move of a stage that was done, written together with "done". The tags alone say
// where a stage points; by this one sees, without reading all moves, that the newest of them is gone.
type Position struct {
	Format  int       `json:"format"` // 1
	Stage   string    `json:"stage"`
	Move    string    `json:"move"` // id
	Version string    `json:"version"`
	At      time.Time `json:"at"` // of the move
}

// StageApproval is one person's yes to bringing one version, by its evidence, to one stage that points
// where it did then.
type StageApproval struct {
	Format   int       `json:"format"` // 1
	Stage    string    `json:"stage"`
	Version  string    `json:"version"`
	Evidence Digest    `json:"evidence,omitempty"`
	From     string    `json:"from,omitempty"`     // version in the stage; empty: none
	Revision string    `json:"revision,omitempty"` // of the stage's pointer: it grows with each move
	By       string    `json:"by"`
	Reason   string    `json:"reason,omitempty"`
	At       time.Time `json:"at"`
}

// Seal encodes v as ASCII JSON, once.
func Seal(kind Kind, v any, env Envelope) (Sealed, error) {
	var body []byte
	var err error
	if e, ok := v.(Evidence); ok {
		body, err = e.encode()
	} else {
		body, err = json.Marshal(v)
	}
	if err != nil {
		return Sealed{}, fmt.Errorf("sealing a record of kind %s: %w", kind, err)
	}
	body = ASCII(body)
	return Sealed{Kind: kind, Digest: DigestOf(body), Body: body, Envelope: env}, nil
}

// DigestOf is the sha256 of b.
func DigestOf(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest(hex.EncodeToString(sum[:]))
}

// Decode reads a sealed body into v: unknown fields are ignored, so that an older mlgate reads
// what a newer one wrote; the digest is compared first.
func (s Sealed) Decode(v any) error {
	if got := DigestOf(s.Body); got != s.Digest {
		return fmt.Errorf("reading a record of kind %s: its digest is %s, its name says %s", s.Kind, got.Short(), s.Digest.Short())
	}
	e, ok := v.(*Evidence)
	var err error
	if ok {
		*e, err = ParseEvidence(s.Body, json.Unmarshal)
	} else {
		err = json.Unmarshal(s.Body, v)
	}
	if err != nil {
		return fmt.Errorf("reading a record of kind %s (%s): %w", s.Kind, s.Digest.Short(), err)
	}
	if !ok {
		return nil
	}
	if e.InputList != nil {
		if e.Inputs != nil {
			return fmt.Errorf("reading a record of kind %s (%s): its inputs stand in it and beside it", s.Kind, s.Digest.Short())
		}
		e.InputList.fetch = s.besideOf(inputsFile)
	}
	for i := range e.Examples {
		e.Examples[i].fetch = s.besideOf(e.Examples[i].Name())
	}
	return nil
}

// ASCII makes JSON of JSON: it writes every character outside ASCII as \uXXXX, so that records look the same in every
// terminal and carry no invisible characters.
func ASCII(b []byte) []byte {
	if !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x7f }) {
		return b
	}
	var out bytes.Buffer
	out.Grow(len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == 0x7f:
			out.WriteString(`\u007f`)
		case r < utf8.RuneSelf:
			out.WriteByte(b[0])
		case r >= 0x10000:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out.Bytes()
}
