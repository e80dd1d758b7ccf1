package mlgate

import "context"

// Filed is a record where it stands in a ledger.
type Filed struct {
	Path string
	Sealed
}

// Broken is something that is not as mlgate wrote it, and what to do.
type Broken struct {
	At  string `json:"at"` // path of a record, commit of the ledger, or tag
	Why string `json:"why"`
	Fix string `json:"fix"`
}

// LedgerFix is what to do about a ledger of which something is broken.
const LedgerFix = "find out who pushed it; put the ledger back from a clone, mirror or backup in which `mlgate verify` finds it whole, and let nothing move before"

// Chain is one ledger as a whole: its head, and how it came to be.
type Chain struct {
	Head    string   // empty: there is none
	Commits []string // from the head to the first, along first parents
	Done    []string // ids of moves, in the order in which they were written down as done
	Broken  []Broken // what is no record, or is none any more; what changed or went after it was written
}

// Auditor looks through ledgers as a whole, where Log stops at the first thing that is wrong.
type Auditor interface {
	// Models are those that have a ledger, sorted.
	Models(ctx context.Context) ([]string, error)
	// Audit reads the whole history and every record of a model's ledger, and hands on those that are whole, in
	// the order of their paths. What is wrong is in the Chain; the error is for what could not be looked at.
	Audit(ctx context.Context, model string, each func(Filed) error) (Chain, error)
}

// Count is a number of things of one kind.
type Count struct {
	What string `json:"what"`
	N    int    `json:"n"`
}

// Verified is what became of looking through one model's ledger and tags.
type Verified struct {
	Model    string   `json:"model"`
	Head     string   `json:"ledger,omitempty"` // empty: there is none
	Commits  int      `json:"commits"`
	Records  []Count  `json:"records"`
	Tags     int      `json:"tags"`                        // that name moves
	Foreign  int      `json:"foreign_tags"`                // of other tools: nothing is known of them
	OnStages []string `json:"foreign_on_stages,omitempty"` // those of other tools that put a version on a stage, or take one from it
	Open     []string `json:"open,omitempty"`              // moves that are neither done nor lost: the next promotion closes them
	Broken   []Broken `json:"broken"`
}
