package mlgate

import "errors"

// ErrTooLong: what was to be written is longer than the other side takes.
var ErrTooLong = errors.New("it is too long")

// CommitStatus is one status on a commit. By is the login of who set it.
type CommitStatus struct {
	Context     string // its name
	State       string // pending, success, failure or error
	Description string // at most 140 characters
	URL         string // where people read more
	By          string
}

// CheckRun is one check on a commit. By is the login of the App that made it.
type CheckRun struct {
	ID          int64
	Name        string
	External    string // our own key, the same on every commit
	Completed   bool
	Conclusion  string // of a completed one: success, failure, neutral, skipped, cancelled or action_required
	Title       string
	Summary     string // Markdown
	Text        string // Markdown
	URL         string // where people read more
	Annotations []Finding
	By          string
}

// Marked is everything that stands beside one commit. Statuses are the newest of each name.
type Marked struct {
	Self     string // login that we write under
	Statuses []CommitStatus
	Checks   []CheckRun // without Text and Annotations
}
