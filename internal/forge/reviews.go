package forge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Reviews = (*GitHub)(nil)

// maxCommits of a pull request are listed by GitHub.
const maxCommits = 250

// People reads who made and who approved a pull request: its commits, the pushes of its branch, its
// reviews, and of teams those who matter here.
func (g *GitHub) People(ctx context.Context, number int, owners []string) (mlgate.People, error) {
	var p mlgate.People
	pull, resp, err := g.client.PullRequests.Get(ctx, g.owner, g.repo, number)
	if err != nil {
		return p, explain(resp, err)
	}
	p.Head = pull.GetHead().GetSHA()
	if opener := pull.GetUser().GetLogin(); opener != "" {
		p.Makers, p.Proven = []string{opener}, []string{opener}
	}
	commits, err := g.commits(ctx, pull, &p)
	if err != nil {
		return p, err
	}
	if err := g.pushers(ctx, pull, commits, &p); err != nil {
		return p, err
	}
	if p.Approvals, err = g.approvals(ctx, pull); err != nil {
		return p, err
	}
	if p.Unread, err = g.unreadable(ctx, owners); err != nil { // told before anybody is asked in vain
		return p, err
	}
	for i := range p.Approvals {
		if a := &p.Approvals[i]; a.Void == "" && a.Commit == p.Head {
			if a.As, err = g.belongs(ctx, a.By, owners, &p.Unread); err != nil {
				return p, err
			}
		}
	}
	p.Makers, p.Proven = distinct(p.Makers), distinct(p.Proven)
	return p, nil
}

// commits adds authors, committers and co-authors; it returns the ids.
func (g *GitHub) commits(ctx context.Context, pull *github.PullRequest, p *mlgate.People) ([]string, error) {
	if pull.GetCommits() > maxCommits {
		p.Unknown = append(p.Unknown, fmt.Sprintf("of %d commits GitHub lists %d", pull.GetCommits(), maxCommits))
	}
	var ids []string
	book := accounts{}
	var trailers []coAuthor
	for c, err := range list[*github.RepositoryCommit](ctx, g, g.path("pulls/%d/commits", pull.GetNumber()), "") {
		if err != nil {
			return nil, err
		}
		ids = append(ids, c.GetSHA())
		book.hand(p, c, c.GetAuthor(), c.GetCommit().GetAuthor())
		book.hand(p, c, c.GetCommitter(), c.GetCommit().GetCommitter())
		for _, email := range coAuthors(c.GetCommit().GetMessage()) {
			trailers = append(trailers, coAuthor{c.GetSHA(), email})
		}
	}
	return ids, g.resolve(ctx, trailers, book, p)
}

// distinct logins, sorted.
func distinct(logins []string) []string {
	slices.SortFunc(logins, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return slices.CompactFunc(logins, strings.EqualFold)
}

// approvals are the newest word of each person who said yes or no: a mere comment takes nothing back.
func (g *GitHub) approvals(ctx context.Context, pull *github.PullRequest) ([]mlgate.Approval, error) {
	var order []string
	newest := map[string]*github.PullRequestReview{}
	for r, err := range list[*github.PullRequestReview](ctx, g, g.path("pulls/%d/reviews", pull.GetNumber()), "") {
		if err != nil {
			return nil, err
		}
		who := strings.ToLower(r.GetUser().GetLogin())
		switch r.GetState() {
		case "APPROVED", "CHANGES_REQUESTED", "DISMISSED":
			if who == "" { // the account is gone
				continue
			}
			if newest[who] == nil {
				order = append(order, who)
			}
			newest[who] = r
		}
	}
	var all []mlgate.Approval
	fresh := false
	for _, who := range order {
		r := newest[who]
		a := mlgate.Approval{By: r.GetUser().GetLogin(), Commit: r.GetCommitID(), Base: pull.GetBase().GetRef(), At: r.GetSubmittedAt().UTC()}
		switch {
		case r.GetState() == "DISMISSED":
			a.Void = "was dismissed"
		case r.GetState() != "APPROVED":
			continue
		case r.GetUser().GetType() != "User":
			a.Void = "is a program's"
		case a.Commit == pull.GetHead().GetSHA():
			fresh = true
		}
		all = append(all, a)
	}
	if !fresh {
		return all, nil
	}
	return all, g.retargeted(ctx, pull.GetNumber(), all)
}

// retargeted voids what was said before the pull request was sent to another branch.
func (g *GitHub) retargeted(ctx context.Context, number int, all []mlgate.Approval) error {
	at, err := g.Retargeted(ctx, number)
	if err != nil {
		return err
	}
	for i := range all {
		if !at.IsZero() && !all[i].At.After(at) && all[i].Void == "" {
			all[i].Void = "was given before it was sent to another branch"
		}
	}
	return nil
}

// hand notes one who wrote or committed a commit; an account that GitHub does not know is unknown.
func (b accounts) hand(p *mlgate.People, c *github.RepositoryCommit, who *github.User, said *github.CommitAuthor) {
	if login := who.GetLogin(); login != "" {
		p.Makers = append(p.Makers, login)
		if email := strings.ToLower(said.GetEmail()); email != "" {
			b[email] = login
		}
		return
	}
	unknown := fmt.Sprintf("the account of %s in %.7s", inert.Line(inert.Clip(said.GetEmail(), 100)), c.GetSHA())
	if !slices.Contains(p.Unknown, unknown) && len(p.Unknown) < 20 {
		p.Unknown = append(p.Unknown, unknown)
	}
}

// missing reports whether an answer says that something is not there, or not for this token.
func missing(err error) bool {
	return errors.Is(err, mlgate.ErrNotFound) || errors.Is(err, mlgate.ErrForbidden)
}
