package mlgate

import (
	"context"
	"time"
)

// Remark is a comment on a pull request. Its body may be anything.
type Remark struct {
	ID       int64
	Number   int // of the pull request
	Author   string
	AuthorID int64
	Human    bool // written by a person's own account, not through a program
	Edited   bool
	Body     string
	Link     string
}

// Thread is a pull request as it stands now.
type Thread struct {
	Open       bool
	Head       string // commit id
	HeadBranch string
	Base       string // short name of the branch it goes to
	Fork       bool   // the head lives in another repository, or in none any more
	Merged     string // commit on the branch that it was merged as; empty: it was not
	MergedBy   string
}

// Forum is where people speak to mlgate.
type Forum interface {
	Thread(ctx context.Context, number int) (Thread, error)
	// Remark reads a comment anew; ErrNotFound when it was deleted.
	Remark(ctx context.Context, id int64) (Remark, error)
	MayWrite(ctx context.Context, login string) (bool, error)
	// React answers with one of GitHub's signs: "+1", "confused", "-1".
	React(ctx context.Context, id int64, sign string) error
	// Rerun starts the newest run of a workflow for a pull request's head again, and returns its address.
	Rerun(ctx context.Context, head, workflow string) (string, error)
	Owned(ctx context.Context, login string, owners []string) (as []string, unread []Unread, err error)
	Reviews
}

// Override lifts one rule for one commit, by a person who may.
type Override struct {
	Format int       `json:"format"` // 1
	Rule   string    `json:"rule"`
	Commit string    `json:"commit"`           // judged
	Branch string    `json:"branch"`           // that it goes to
	Pushed bool      `json:"pushed,omitempty"` // it was lifted for the push of the commit, not for its pull request
	Number int       `json:"number,omitempty"`
	By     string    `json:"by"`
	ByID   int64     `json:"by_id"`
	Reason string    `json:"reason"`
	Link   string    `json:"link"` // to the comment
	At     time.Time `json:"at"`
}
