package forge

import (
	"context"
	"net/url"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Merges = (*GitHub)(nil)

// Merged asks for the pull requests of a commit.
// Source: docs.github.com/rest/commits/commits#list-pull-requests-associated-with-a-commit
func (g *GitHub) Merged(ctx context.Context, commit string) ([]mlgate.Merged, error) {
	var out []mlgate.Merged
	for p, err := range list[github.PullRequest](ctx, g, g.path("commits/%s/pulls", url.PathEscape(commit)), "") {
		if err != nil {
			return nil, err
		}
		if p.GetMergedAt().Equal(github.Timestamp{Time: time.Time{}}) {
			continue // open, or closed without a merge
		}
		m := mlgate.Merged{
			Number: p.GetNumber(), Title: p.GetTitle(), Author: p.GetUser().GetLogin(), Head: p.GetHead().GetSHA(),
			Branch: p.GetBase().GetRef(), Commit: p.GetMergeCommitSHA(),
		}
		for _, l := range p.Labels {
			m.Labels = append(m.Labels, l.GetName())
		}
		out = append(out, m)
	}
	return out, nil
}

// Head reads a pull request.
func (g *GitHub) Head(ctx context.Context, number int) (commit, branch string, err error) {
	p, resp, err := g.client.PullRequests.Get(ctx, g.owner, g.repo, number)
	if err != nil {
		return "", "", explain(resp, err)
	}
	return p.GetHead().GetSHA(), p.GetBase().GetRef(), nil
}
