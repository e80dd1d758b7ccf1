package mlgate

import (
	"context"
	"io"
	"io/fs"
	"strconv"
	"time"
)

// Tree is the content of one commit: a read-only file system of objects, never of a work tree.
// Symlinks and submodules are listed and never followed. Fs paths, forward slashes.
type Tree interface {
	fs.ReadDirFS
	fs.ReadFileFS
	// ID is the id of the tree object.
	ID() string
	// Entry is one path, a folder too: its mode and id. fs.ErrNotExist when there is none.
	Entry(name string) (TreeFile, error)
	// Files lists every blob below dir ("." is all), sorted by path.
	Files(dir string) ([]TreeFile, error)
}

// TreeFile is one entry that is not a folder: Mode is git's octal text (100644, 100755, 120000
// for a symlink, 160000 for a submodule).
type TreeFile struct {
	Path, Mode, ID string
}

// Prefetcher is a Tree that can read many blobs ahead, by id, before ReadFile asks for them. Each call
// takes the place of the one before.
type Prefetcher interface {
	Prefetch(ids []string) error
}

// Task is one step to run: Dir is a folder of this machine, Env is complete.
type Task struct {
	Name    string
	Run     string
	Dir     string
	Env     []string
	Timeout time.Duration // zero: none
	// Container is what it runs in; nil: this machine. ImageID is which image that is.
	Container *Container
	ImageID   string
}

// Images brings images to where steps run. What Prepare tells is what a task with that ImageID runs in,
// whatever the name means a moment later.
type Images interface {
	Prepare(ctx context.Context, c Container) (ImageUsed, error)
}

// Executor runs a task to its end and streams its output, already neutralised, to log. The whole
// process group is gone when it returns, also after ctx is cancelled or the timeout fires. The
// error is for "could not be run at all"; a task that failed is a StepRun.
type Executor interface {
	Run(ctx context.Context, t Task, log io.Writer) (StepRun, error)
}

// Reader turns files into numbers. It guesses nothing: what it left out is named.
type Reader interface {
	Metrics(src Source, data []byte) (Reading, error)
	// Folder reads a source that is a folder, and of it no more than its kind needs.
	Folder(src Source, folder fs.FS) (Reading, error)
	Params(file ParamFile, data []byte) ([]Param, error)
	// Limit is the largest file that is read of a source, in bytes.
	Limit(src Source) int64
	// Recognise is the kind of a file that nobody named, as its content says unmistakably; empty: none.
	Recognise(name string, data []byte) string
	// Beside lists the files beside a source that must be absent or empty when it is read.
	Beside(src Source) []string
}

// Log is the ledger of one model as it was at one moment. Records found are whole or an error.
type Log interface {
	// Head names the moment; empty: nothing was recorded yet.
	Head() string
	// Find returns the records of a kind under a key, in the order they were written (evidence: by
	// attempt; moves: by time). An empty key finds all of the kind.
	Find(ctx context.Context, kind Kind, key string) ([]Sealed, error)
	// OpenMoves returns the intents that are neither done nor lost.
	OpenMoves(ctx context.Context) ([]Sealed, error)
	// Prepare makes a write of these records that nobody sees before Commit. The
	// message is for people: a subject, and below it whatever they want to know. Attempt numbers are set here.
	Prepare(ctx context.Context, message string, records ...Sealed) (Write, error)
}

// Write is a prepared change. Commit makes it visible at once or not at all: ErrConflict when
// anybody wrote after the Log was opened, ErrForbidden when the remote refuses.
type Write interface {
	Commit(ctx context.Context) error
}

// Ledger keeps evidence, verdicts, moves and holds, append-only. Opening a ledger that was lost
// (something names it, and it is not there) is an error: nobody may start a new one over it.
type Ledger interface {
	Open(ctx context.Context, model string) (Log, error)
	// Together makes one write of several, each of another model: all become visible, or none.
	Together(writes ...Write) Write
}

// Entry is one registered version, or one assignment of a version to a stage.
type Entry struct {
	Model    string    `json:"model"`
	Version  string    `json:"version"`
	Stage    string    `json:"stage,omitempty"` // empty: the version's registration
	Commit   string    `json:"commit"`
	Revision string    `json:"revision"`          // of an assignment: its counter
	Removed  bool      `json:"removed,omitempty"` // unassigned, deregistered or deprecated by another tool
	At       time.Time `json:"at"`
	By       string    `json:"by,omitempty"`
	Ref      string    `json:"ref"`            // the tag
	Move     string    `json:"move,omitempty"` // id; empty: made by another tool
	Evidence Digest    `json:"evidence,omitempty"`
	Artifact Digest    `json:"artifact,omitempty"`
	Ledger   string    `json:"ledger,omitempty"` // head of the ledger that it was made with
}

// Counter is the number of an assignment's tag; 0: it has none.
func (e Entry) Counter() int {
	n, err := strconv.Atoi(e.Revision)
	if err != nil {
		return 0
	}
	return n
}

// Pointer is where a stage of a model points, as far as the registry's names tell.
type Pointer struct{ Model, Stage, Commit string }

// Registry says where a stage points.
type Registry interface {
	// Pointers tells it of every stage of every model, in one look.
	Pointers(ctx context.Context) ([]Pointer, error)
	// List returns everything registered and assigned for a model, oldest first.
	List(ctx context.Context, model string) ([]Entry, error)
	// Assign registers m.Version when m.Register is set and points m.Stage at it, if the stage is
	// still at m.Revision; else ErrConflict. Together with makes both visible in one write where
	// registry and ledger share a remote; where not, together is committed after the assignment.
	Assign(ctx context.Context, m Move, ledgerHead string, together Write) error
}

// Store keeps the bytes of artifacts by digest. What comes out was hashed again.
type Store interface {
	Has(ctx context.Context, model string, d Digest) (bool, error)
	// Put keeps data, which must hash to d. The same bytes twice are kept once.
	Put(ctx context.Context, model string, d Digest, data []byte) error
	// Get returns the bytes; ErrNotFound when they are not there.
	Get(ctx context.Context, model string, d Digest) ([]byte, error)
	// Prune deletes what is not in keep and was put before a moment.
	Prune(ctx context.Context, model string, keep []Digest, before time.Time) error
}

// Marks stand beside one commit, where people look and rulesets ask.
type Marks interface {
	// Marked reads all that stands there, whoever made it.
	Marked(ctx context.Context, commit string) (Marked, error)
	// SetStatus takes the place of the status of the same name.
	SetStatus(ctx context.Context, commit string, s CommitStatus) error
	// OpenCheck makes a check run, once, and returns its id.
	OpenCheck(ctx context.Context, commit string, c CheckRun) (int64, error)
	// UpdateCheck changes the check run c.ID; annotations are added to those it has.
	UpdateCheck(ctx context.Context, c CheckRun) error
}

// CommentTidier looks after single comments of ours.
type CommentTidier interface {
	// Read returns one as it is now; ErrNotFound when it is gone.
	Read(ctx context.Context, id int64) (Comment, error)
	// Delete takes one away. One that is gone already is no error.
	Delete(ctx context.Context, id int64) error
	// Hide folds comments away as outdated, those that are not yet, by Comment.Node.
	Hide(ctx context.Context, nodes []string) error
}

// Comments is one thread of a forge, by number of the pull request.
type Comments interface {
	// List returns all comments of all pages, oldest first.
	List(ctx context.Context, number int) ([]Comment, error)
	Create(ctx context.Context, number int, body string) error
	Update(ctx context.Context, id int64, body string) error
	// Self is the login that comments are made under; Comment.Author is compared with it.
	Self(ctx context.Context) (string, error)
}

// Comment is one comment. Body is hostile unless Author is Self.
type Comment struct {
	ID     int64
	Node   string // the forge's other name for it
	Author string
	Bot    bool
	Body   string
}

// Publication is a finished report on its way to the CI system: already rendered and neutralised.
type Publication struct {
	Summary     string // Markdown, at most 1 MiB
	Outputs     []ValueOut
	Annotations []Finding
}

// ValueOut is one output of a CI step.
type ValueOut struct{ Name, Value string }

// CI is the system that runs us.
type CI interface {
	// Change reads what started this run. It never reads the repository.
	Change(ctx context.Context) (Change, error)
	// Publish writes summary, outputs and annotations where the system wants them.
	Publish(ctx context.Context, p Publication) error
}
