package mlgate

// Event is why CI started.
type Event string

// The events that the stories tell apart. Everything else a CI system can start for is Other:
// judged and recorded, never promoted.
const (
	PullRequest Event = "pull_request"
	MergeGroup  Event = "merge_group" // of a merge queue: what the branch will be when the queue goes on
	Push        Event = "push"
	Schedule    Event = "schedule"
	Manual      Event = "manual"
	Local       Event = "local"
	HandedOver  Event = "handed_over" // the run of another workflow ended; who it belongs to is asked first
	Other       Event = "other"
)

// Change is the commit under judgment and why CI started. It comes from the CI's event file, or on
// a laptop from flags and HEAD; never from a bundle. All of its text is hostile.
type Change struct {
	Event      Event    `json:"event"`                    // pull_request, merge_group, push, schedule, manual, local or other
	Number     int      `json:"number,omitempty"`         // of the pull request
	Title      string   `json:"title,omitempty"`          // of the pull request
	Labels     []string `json:"-"`                        // of the pull request, when the event was made
	Head       string   `json:"head"`                     // commit id
	HeadBranch string   `json:"head_branch,omitempty"`    // short name
	BaseBranch string   `json:"base_branch,omitempty"`    // short name of the branch merged into or pushed to
	Default    string   `json:"default_branch,omitempty"` // short name of the branch that promotes
	Before     string   `json:"before,omitempty"`         // on a push: the tip before it; empty for a new branch
	Closed     bool     `json:"-"`                        // the pull request was closed, and not merged
	Fork       bool     `json:"fork,omitempty"`           // the head lives in another repository
	Actor      string   `json:"actor,omitempty"`          // login of who started it
	Repo       string   `json:"repo,omitempty"`           // owner/name at the forge
	Remote     string   `json:"-"`                        // URL or path to fetch from and push to
	Run        CIRun    `json:"run,omitzero"`             // that judges
	Handed     CIRun    `json:"-"`                        // that made the bundle, where it is of another workflow
}

// CIRun names the run of the CI system that made or judged something.
type CIRun struct {
	ID      string `json:"id,omitempty"`      // the CI system's own
	Attempt int    `json:"attempt,omitempty"` // 1, 2, …
	URL     string `json:"url,omitempty"`     // for people
}

// Proposed reports whether the change is not merged yet, and comes from whoever may propose one.
func (c Change) Proposed() bool { return c.Event == PullRequest || c.Event == MergeGroup }

// OnDefault reports whether the change is the default branch itself: pushed to, or run again.
func (c Change) OnDefault() bool {
	return c.Promoting() || (c.Event == Schedule || c.Event == Manual) && c.HeadBranch != "" && c.HeadBranch == c.Default
}

// Promoting reports whether the change is a push to the default branch: the one event on which
// mlgate moves a stage without being asked.
func (c Change) Promoting() bool {
	return c.Event == Push && c.BaseBranch != "" && c.BaseBranch == c.Default
}
