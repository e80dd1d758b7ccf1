package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func (a *app) promoteByHand(ctx context.Context, ask flow.HandAsk, said output) error {
	outs, err := a.byHand(ctx, ask)
	return a.ended(outs, err, said)
}

// byHand moves a stage as a person asked, and shows what moved.
func (a *app) byHand(ctx context.Context, ask flow.HandAsk) ([]mlgate.Outcome, error) {
	o, change, err := a.openForHand(ctx)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	if ci.Detect(a.Getenv) != "" {
		ask.Started = a.Getenv("GITHUB_SHA")
		ask.Reviewed = a.reviewers(ctx, change, ask.Stage)
	}
	ask.Ask = flow.Ask{Change: change, Config: a.config}
	out, err := o.PromoteByHand(ctx, ask)
	outs := []mlgate.Outcome{out}
	a.release(ctx, outs)
	return outs, err
}

// reviewers are those who let this run go on to the environment that is named like a stage. A token that may
// not ask, and a run that has no such reviews, tell of nobody: none of them is needed.
func (a *app) reviewers(ctx context.Context, change mlgate.Change, stage string) []string {
	hub, err := a.github(change.Repo)
	if err != nil || hub == nil || change.Run.ID == "" {
		return nil
	}
	who, err := hub.Reviewers(ctx, change.Run.ID, stage)
	if err != nil && !errors.Is(err, mlgate.ErrForbidden) && !errors.Is(err, mlgate.ErrNotFound) {
		fmt.Fprintf(a.Stderr, "asking who let this run go on to %s: %v; it is not written down\n", inert.Line(stage), err)
	}
	return who
}
