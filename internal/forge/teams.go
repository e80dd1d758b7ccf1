package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Owned are those of the owners that a login is or belongs to, and those that GitHub does not tell of.
func (g *GitHub) Owned(ctx context.Context, login string, owners []string) (as []string, unread []mlgate.Unread, err error) {
	if unread, err = g.unreadable(ctx, owners); err == nil {
		as, err = g.belongs(ctx, login, owners, &unread)
	}
	return as, unread, err
}

// teamPath is where the API has a team; empty: an owner is none.
func teamPath(owner string) string {
	org, team, isTeam := strings.Cut(strings.TrimPrefix(owner, "@"), "/")
	if !isTeam {
		return ""
	}
	return fmt.Sprintf("orgs/%s/teams/%s", url.PathEscape(org), url.PathEscape(strings.ToLower(team)))
}

// unreadable finds the owners whom nobody can be compared with: addresses, and teams that the token may
// not see, which look to GitHub like teams that are not there. That is never a "no".
func (g *GitHub) unreadable(ctx context.Context, owners []string) ([]mlgate.Unread, error) {
	var out []mlgate.Unread
	for _, o := range owners {
		at := teamPath(o)
		switch {
		case !strings.HasPrefix(o, "@"):
			out = append(out, mlgate.Unread{Owner: o, Why: "GitHub does not tell whose address " + o + " is"})
		case at != "":
			err := g.read(ctx, at, &struct{}{})
			if missing(err) {
				out = append(out, mlgate.Unread{Owner: o, Why: "cannot read the team " + o + ": it is not there, or the token may not see it (GITHUB_TOKEN never may)"})
			} else if err != nil {
				return nil, fmt.Errorf("reading the team %s: %w", o, err)
			}
		}
	}
	return out, nil
}

// belongs asks only for teams that can be read.
func (g *GitHub) belongs(ctx context.Context, login string, owners []string, unread *[]mlgate.Unread) ([]string, error) {
	var as []string
	for _, o := range owners {
		at := teamPath(o)
		switch {
		case at == "" && strings.EqualFold(o, "@"+login):
			as = append(as, o)
		case at == "" || slices.ContainsFunc(*unread, func(u mlgate.Unread) bool { return u.Owner == o }):
		default:
			var is struct{ State string }
			err := g.read(ctx, at+"/memberships/"+url.PathEscape(login), &is)
			switch {
			case errors.Is(err, mlgate.ErrForbidden):
				*unread = append(*unread, mlgate.Unread{Owner: o, Why: "cannot read who is in the team " + o + ": " + err.Error()})
			case err != nil && !errors.Is(err, mlgate.ErrNotFound):
				return as, fmt.Errorf("asking whether @%s is in %s: %w", login, o, err)
			case err == nil && is.State == "active":
				as = append(as, o)
			}
		}
	}
	return as, nil
}

// read gets one thing of the API.
func (g *GitHub) read(ctx context.Context, path string, into any) error {
	req, err := g.client.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return fmt.Errorf("asking GitHub for %s: %w", path, err)
	}
	resp, err := g.client.Do(ctx, req, into)
	return explain(resp, err)
}
