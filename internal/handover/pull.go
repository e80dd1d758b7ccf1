package handover

import (
	"context"
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// ofPull: the pull request is the open one whose head is the run's, branch, repository and commit.
func (c *Case) ofPull(ctx context.Context) error {
	if c.run.HeadRepo.ID == 0 || c.run.HeadRepo.Owner == "" {
		return &mlgate.Waiting{Reason: "the repository that the change came from is gone, so nobody can say whose it is: push it to another one and open it anew"}
	}
	all, err := c.o.Heads.Pulls(ctx, c.run.HeadRepo.Owner, c.run.HeadBranch, c.run.Created.Add(-late))
	if err != nil {
		return fmt.Errorf("asking for pull requests: %w", err)
	}
	var fit, moved []mlgate.HandedPull
	for _, p := range all {
		switch {
		case !p.Open || p.Number <= 0 || p.HeadRepo != c.run.HeadRepo.ID || p.HeadBranch != c.run.HeadBranch || p.BaseRepo != c.home.ID || p.BaseBranch == "":
		case p.Head != c.run.Head:
			moved = append(moved, p)
		default:
			fit = append(fit, p)
		}
	}
	switch {
	case len(fit) > 1:
		return &mlgate.Waiting{Reason: fmt.Sprintf("%d open pull requests have this commit as their head (#%d, #%d), and a run does not say which it is of: close all but one, and run again", len(fit), fit[0].Number, fit[1].Number)}
	case len(fit) == 0 && len(moved) > 0:
		return &mlgate.Waiting{Reason: fmt.Sprintf("#%d was pushed to meanwhile: the run is of %.12s, and by now its head is %.12s, whose own run is judged", moved[0].Number, c.run.Head, inCommit(moved[0].Head))}
	case len(fit) == 0:
		return c.whyNone(ctx)
	}
	c.pull = fit[0]
	if err := c.only(all); err != nil {
		return err
	}
	c.Dependabot = c.pull.Author == dependabot && c.run.HeadRepo.ID == c.home.ID
	c.Change = mlgate.Change{
		Event: mlgate.PullRequest, Number: c.pull.Number, Title: c.pull.Title, Labels: c.pull.Labels, Head: c.run.Head, HeadBranch: c.run.HeadBranch, BaseBranch: c.pull.BaseBranch,
		Default: c.home.Default, Fork: c.run.HeadRepo.ID != c.home.ID, Actor: c.run.Actor,
	}
	return c.sameBase(ctx)
}

func inCommit(id string) string {
	if commitID.MatchString(id) {
		return id
	}
	return "another"
}

// whyNone says why no open pull request fits, as far as the forge knows.
func (c *Case) whyNone(ctx context.Context) error {
	with, err := c.o.Heads.PullsWith(ctx, c.run.Head)
	if err == nil {
		for _, p := range with {
			if !p.Open && p.Head == c.run.Head && p.BaseRepo == c.home.ID {
				return &mlgate.Waiting{Reason: fmt.Sprintf("#%d is closed: nothing is judged for it; a merge is judged by the push that it makes", p.Number)}
			}
		}
	}
	return &mlgate.Waiting{Reason: fmt.Sprintf("no open pull request has %.12s as its head: it was closed, or its branch was pushed to or deleted", c.run.Head)}
}

// Stands asks again, before anybody is told: the verdict is of this head and this base, and another
// one is not to be told that it is theirs.
func (c Case) Stands(ctx context.Context) error {
	if c.Change.Event != mlgate.PullRequest {
		return nil
	}
	open, err := c.o.Heads.Pulls(ctx, c.run.HeadRepo.Owner, c.run.HeadBranch, time.Time{})
	if err != nil {
		return fmt.Errorf("asking again for the pull request #%d: %w", c.pull.Number, err)
	}
	for _, p := range open {
		if p.Number != c.pull.Number {
			continue
		}
		switch {
		case !p.Open:
		case p.Head != c.pull.Head:
			return &mlgate.Waiting{Reason: fmt.Sprintf("#%d was pushed to while it was judged: the run of its new head is judged", p.Number)}
		case p.BaseBranch != c.pull.BaseBranch || p.BaseRepo != c.pull.BaseRepo:
			return &mlgate.Waiting{Reason: fmt.Sprintf("#%d was given another base while it was judged: run the steps again", p.Number)}
		default:
			return nil
		}
	}
	return &mlgate.Waiting{Reason: fmt.Sprintf("#%d was closed while it was judged", c.pull.Number)}
}
