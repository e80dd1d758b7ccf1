package mlgate

import (
	"context"
	"time"
)

// HandedRun is a run of a workflow, as the forge tells of it: the one that made a bundle for another
// workflow to judge. Its texts may be anything.
type HandedRun struct {
	ID         int64
	Attempt    int    // the newest: 1, 2, …
	Workflow   string // path of the workflow's file, without a ref
	Event      string // what started it, in the forge's words
	Status     string // completed, in_progress, …
	Conclusion string // success, failure, cancelled, …
	Head       string // commit id; of a pull request its own newest commit
	HeadBranch string
	Repo       HandedRepo
	HeadRepo   HandedRepo // ID 0: it is gone
	Actor      string
	Created    time.Time // what started it happened before, and every attempt is of that
	Started    time.Time // of the newest attempt
}

// HandedRepo is a repository of the forge. Names can change hands; the ID cannot.
type HandedRepo struct {
	ID      int64
	Owner   string
	Name    string // owner/name
	Default string // short name of the default branch; empty where the forge does not tell
}

// HandedPull is a pull request, as far as a hand-over asks for it.
type HandedPull struct {
	Number     int
	Title      string
	Author     string
	Labels     []string
	Open       bool
	Head       string // commit id
	HeadBranch string
	HeadRepo   int64 // id; 0: it is gone
	BaseBranch string
	BaseRepo   int64 // id
	Created    time.Time
	Closed     time.Time // zero: it is open
}

// HandedArtifact is one archive that a run left at the forge.
type HandedArtifact struct {
	ID       int64
	Name     string
	Size     int64 // bytes of the archive, as the forge says
	Expired  bool
	Created  time.Time
	SHA256   Digest // of the archive; empty where the forge does not tell
	Run      int64
	Repo     int64
	HeadRepo int64
	Head     string // commit id
}

// Runs are what workflows left at the forge. It needs the right to read them.
type Runs interface {
	// Home is the repository that all this is about.
	Home(ctx context.Context) (HandedRepo, error)
	Run(ctx context.Context, id int64) (HandedRun, error)
	// Artifacts lists those of all attempts of a run with a name; empty: with any.
	Artifacts(ctx context.Context, run int64, name string) ([]HandedArtifact, error)
	// Archive downloads the zip of an artifact, of at most max bytes. The token goes to the forge only,
	// never to the place that the forge points to.
	Archive(ctx context.Context, id, max int64) ([]byte, error)
}

// Heads finds what a commit is the head of.
type Heads interface {
	// Pulls are the open pull requests from a branch of a repository of owner's, and those that were
	// closed at or after a moment; zero: the open ones alone.
	Pulls(ctx context.Context, owner, branch string, since time.Time) ([]HandedPull, error)
	// Retargeted is when a pull request was last sent to another base, by a person or by the forge; zero: never.
	Retargeted(ctx context.Context, number int) (time.Time, error)
	// PullsWith are pull requests that hold a commit, whatever their state. Of those from forks the
	// forge may know none: it is a help to say why, and never a proof.
	PullsWith(ctx context.Context, commit string) ([]HandedPull, error)
	// Before is where a branch stood before the push that brought it to commit; zeros for a new
	// branch; ErrNotFound when the forge does not know of such a push.
	Before(ctx context.Context, branch, commit string) (string, error)
}
