package mlgate

import "context"

// Deployment is what a forge shows of one move: a version came to the environment that is named like
// the stage.
type Deployment struct {
	ID          int64 // the forge's; 0: not made yet
	Environment string
	Task        string // tells the models apart that share an environment
	Commit      string
	Version     string
	Move        string // id of the move; empty: it is not ours
	Evidence    Digest
	Text        string // for people, at most 140 characters
}

// States of a deployment. A new one has none.
const (
	DeployRunning  = "in_progress"
	DeployDone     = "success"
	DeployFailed   = "failure"
	DeployInactive = "inactive" // another version is there now
)

// Deployments keeps what the forge shows. Each deployment is made once.
type Deployments interface {
	// Deployed lists those of an environment and a task, newest first.
	Deployed(ctx context.Context, environment, task string) ([]Deployment, error)
	// Deploy makes one: nothing is merged for it, and no check of the commit is waited for. ErrForbidden
	// and ErrConflict: the forge refuses, as it does for a protected environment.
	Deploy(ctx context.Context, d Deployment) (Deployment, error)
	// State is the newest state; empty: none yet.
	State(ctx context.Context, id int64) (string, error)
	// Mark adds a state. Others stay as they are. The link is where to read more; it may be empty.
	Mark(ctx context.Context, id int64, state, text, link string) error
}
