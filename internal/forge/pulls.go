package forge

import (
	"context"
	"errors"
	"fmt"
	"net/url"

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
	Head pullSide `json:"head"`
	Base pullSide `json:"base"`
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
			Head: p.Head.SHA, HeadBranch: p.Head.Ref, HeadRepo: p.Head.Repo.handed().ID, BaseBranch: p.Base.Ref, BaseRepo: p.Base.Repo.handed().ID,
		})
	}
	return out
}

// OpenPulls asks by the owner's name and the branch: forks of one owner are told apart by number.
func (g *GitHub) OpenPulls(ctx context.Context, owner, branch string) ([]mlgate.HandedPull, error) {
	var all []pull
	resp, err := g.get(ctx, "/pulls?state=open&per_page=100&head="+url.QueryEscape(owner+":"+branch), &all)
	if err != nil {
		return nil, err
	}
	if resp.NextPage != 0 {
		return nil, errors.New("reading pull requests: more than 100 are open from one branch")
	}
	return handedPulls(all), nil
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
