package forge

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Heads = (*GitHub)(nil)

// pull are the fields that are used.
type pull struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	State  string `json:"state"`
	User   struct {
		Login string `json:"login"`
	} `json:"user"`
	Labels []struct {
		Name string `json:"name"`
	} `json:"labels"`
	Head    pullSide  `json:"head"`
	Base    pullSide  `json:"base"`
	Created time.Time `json:"created_at"`
	Updated time.Time `json:"updated_at"`
	Closed  time.Time `json:"closed_at"`
}

type pullSide struct {
	SHA  string      `json:"sha"`
	Ref  string      `json:"ref"`
	Repo *repository `json:"repo"`
}

func handedPulls(all []pull) []mlgate.HandedPull {
	out := make([]mlgate.HandedPull, 0, len(all))
	for _, p := range all {
		var labels []string
		for _, l := range p.Labels {
			labels = append(labels, l.Name)
		}
		out = append(out, mlgate.HandedPull{
			Labels: labels, Number: p.Number, Title: p.Title, Author: p.User.Login, Open: p.State == "open",
			Head: p.Head.SHA, HeadBranch: p.Head.Ref, HeadRepo: p.Head.Repo.handed().ID, BaseBranch: p.Base.Ref, BaseRepo: p.Base.Repo.handed().ID, Created: p.Created, Closed: p.Closed,
		})
	}
	return out
}

// Pulls asks by the owner's name and the branch: forks of one owner are told apart by number.
func (g *GitHub) Pulls(ctx context.Context, owner, branch string, since time.Time) ([]mlgate.HandedPull, error) {
	from := "&per_page=100&head=" + url.QueryEscape(owner+":"+branch)
	var all, closed []pull
	resp, err := g.get(ctx, "/pulls?state=open"+from, &all)
	if err != nil {
		return nil, err
	}
	if resp.NextPage != 0 {
		return nil, errors.New("reading pull requests: more than 100 are open from one branch")
	}
	if since.IsZero() {
		return handedPulls(all), nil
	}
	if resp, err = g.get(ctx, "/pulls?state=closed&sort=updated&direction=desc"+from, &closed); err != nil {
		return nil, err
	}
	if n := len(closed); resp.NextPage != 0 && n > 0 && !closed[n-1].Updated.Before(since) { // closing is an update
		return nil, fmt.Errorf("reading pull requests: more than %d from one branch changed lately", n)
	}
	for _, p := range closed {
		if !p.Closed.Before(since) {
			all = append(all, p)
		}
	}
	return handedPulls(all), nil
}

// Retargeted looks through what happened to a pull request. When its base is merged and deleted, GitHub
// sends it to another one by itself.
// Source: docs.github.com/rest/using-the-rest-api/issue-event-types
func (g *GitHub) Retargeted(ctx context.Context, number int) (time.Time, error) {
	var at time.Time
	for e, err := range list[*github.IssueEvent](ctx, g, g.path("issues/%d/events", number), "") {
		if err != nil {
			return at, err
		}
		moved := e.GetEvent() == "base_ref_changed" || e.GetEvent() == "automatic_base_change_succeeded"
		if moved && e.GetCreatedAt().After(at) {
			at = e.GetCreatedAt().Time
		}
	}
	return at, nil
}

// PullsWith asks by the commit. It is empty for forks, and for a commit that was merged just now.
func (g *GitHub) PullsWith(ctx context.Context, commit string) ([]mlgate.HandedPull, error) {
	var all []pull
	_, err := g.get(ctx, "/commits/"+url.PathEscape(commit)+"/pulls?per_page=100", &all)
	return handedPulls(all), err
}

// Before looks through what happened to the branch lately.
func (g *GitHub) Before(ctx context.Context, branch, commit string) (string, error) {
	var all []struct {
		Before string `json:"before"`
		After  string `json:"after"`
		Ref    string `json:"ref"`
	}
	ref := "refs/heads/" + branch
	if _, err := g.get(ctx, "/activity?per_page=100&ref="+url.QueryEscape(ref), &all); err != nil {
		return "", err
	}
	for _, a := range all { // newest first
		if a.Ref == ref && a.After == commit {
			return a.Before, nil
		}
	}
	return "", fmt.Errorf("GitHub's list of pushes to %q does not name %.12s yet: %w; run again", branch, commit, mlgate.ErrNotFound)
}
