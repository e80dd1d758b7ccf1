package mlgate

import (
	"context"
	"fmt"
)

// Merged is a pull request that was merged, as the forge tells of it. Its texts may be anything.
type Merged struct {
	Number int
	Title  string
	Author string
	Head   string   // commit id: its own newest commit
	Branch string   // short name of the branch it was merged into
	Commit string   // that the merge left as the newest on the branch
	Labels []string // as they are now
}

// Merges finds what brought a commit to a branch.
type Merges interface {
	// Merged lists the merged pull requests that the forge knows a commit of, by whichever way they were
	// merged. Just after a merge it may know none yet.
	Merged(ctx context.Context, commit string) ([]Merged, error)
	// Head is the newest commit of a pull request, and the short name of the branch it goes to.
	Head(ctx context.Context, number int) (commit, branch string, err error)
}

// Origin is how a commit came to the branch that promotes. The zero value: nobody was asked.
type Origin struct {
	Pull   int      `json:"pull,omitempty"`   // number of the pull request
	Title  string   `json:"title,omitempty"`  // of the pull request
	Author string   `json:"author,omitempty"` // login
	Head   string   `json:"head,omitempty"`   // newest commit of the pull request
	Labels []string `json:"labels,omitempty"` // of the pull request
	// Direct are the commits of this push that no pull request brought, as far as they are named.
	Direct  []string `json:"direct,omitempty"`
	Picked  string   `json:"picked_from,omitempty"` // commit that its message says it was picked from
	Reverts string   `json:"reverts,omitempty"`     // commit that its message says it takes back
	Unasked string   `json:"unasked,omitempty"`     // why the forge did not tell
}

// String names the pull request; empty: none, or nobody was asked. Of foreign text it holds the login
// alone.
func (o Origin) String() string {
	if o.Pull == 0 {
		return ""
	}
	return fmt.Sprintf("#%d by %s (%.12s)", o.Pull, o.Author, o.Head)
}
