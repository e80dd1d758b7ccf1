package forge

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// activity is one change of a ref. Source: the schema "activity" of GitHub's REST description.
type activity struct {
	After string       `json:"after"`
	Ref   string       `json:"ref"`
	Actor *github.User `json:"actor"`
}

// maxPushes of a branch are looked through, newest first.
const maxPushes = 1000

var fullName = pattern.Lazy(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$`)

// pushers adds those who pushed commits of a pull request to its branch. Who pushed the head must be
// among them, else they are unknown: nobody's approval can be told from the pusher's own.
func (g *GitHub) pushers(ctx context.Context, pull *github.PullRequest, commits []string, p *mlgate.People) error {
	head := pull.GetHead()
	unknown := func(why string) {
		p.Unknown = append(p.Unknown, fmt.Sprintf("who pushed %.7s: %s", head.GetSHA(), why))
	}
	from := head.GetRepo().GetFullName()
	if from == "" {
		unknown("the fork is gone")
		return nil
	}
	if !fullName().MatchString(from) {
		return fmt.Errorf("asking who pushed #%d: its repository is called %q", pull.GetNumber(), from)
	}
	ref := "refs/heads/" + head.GetRef()
	seen, found := 0, false
	for a, err := range list[activity](ctx, g, "repos/"+from+"/activity?ref="+url.QueryEscape(ref), "") {
		if missing(err) {
			unknown("the token may not read the activity of " + from)
			return nil
		}
		if err != nil {
			return fmt.Errorf("asking who pushed #%d: %w", pull.GetNumber(), err)
		}
		if seen++; seen > maxPushes {
			break
		}
		isHead := a.After == head.GetSHA()
		login := a.Actor.GetLogin()
		if a.Ref != ref || (!isHead && !slices.Contains(commits, a.After)) {
			continue
		}
		if login == "" {
			unknown("the account is gone")
			continue
		}
		found = found || isHead
		p.Makers, p.Proven = append(p.Makers, login), append(p.Proven, login)
	}
	if !found {
		unknown("GitHub's activity of " + strings.TrimPrefix(ref, "refs/heads/") + " does not say")
	}
	return nil
}
