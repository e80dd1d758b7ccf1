package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/bundle"
	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/handover"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// handed says whose bundle is taken on workflow_run.
type handed struct{ workflow, artifact string }

func (h *handed) handedFlags(c *cobra.Command) {
	c.Flags().StringVar(&h.workflow, "workflow", "", "on workflow_run: path of the workflow whose bundles are taken (default "+handover.Workflow+")")
	c.Flags().StringVar(&h.artifact, "artifact", "", "on workflow_run: name of the artifact that holds the bundle, or of those of a matrix what their names begin with, and * (default "+handover.Artifact+")")
}

// handsOver reports whether another workflow's run started this one.
func (a *app) handsOver() bool {
	return ci.Detect(a.Getenv) != "" && a.Getenv("GITHUB_EVENT_NAME") == "workflow_run"
}

// takeOver judges what another workflow's run was about, with the bundle that it left. As soon as it is
// known, the change takes the place of the event's.
func (a *app) takeOver(ctx context.Context, o ciOptions, change *mlgate.Change) ([]mlgate.Outcome, error) {
	if o.bundle != "" {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("reading the bundle %q: on workflow_run the bundle is what the run left that ended, and mlgate fetches it itself", o.bundle), Fix: "name no bundle, and bring none here"}
	}
	if a.token() == "" {
		return nil, &mlgate.Mistake{Err: errors.New("asking for the run that ended: there is no token"), Fix: "give the step `GITHUB_TOKEN: ${{ github.token }}`, and the job `permissions: actions: read`"}
	}
	run, err := strconv.ParseInt(change.Handed.ID, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("reading the CI event: the run is %q: %w", change.Handed.ID, err)
	}
	hub, err := a.github(change.Repo)
	if err != nil {
		return nil, err
	}
	repo, _ := strconv.ParseInt(a.Getenv("GITHUB_REPOSITORY_ID"), 10, 64) // not set: not compared
	c, err := handover.Identify(ctx, handover.Options{Runs: hub, Heads: hub, Workflow: o.workflow, Artifact: o.artifact, Run: run, Attempt: change.Handed.Attempt, Repo: repo})
	if c.Change.Event != "" {
		c.Change.Repo, c.Change.Remote, c.Change.Run, c.Change.Handed = change.Repo, change.Remote, change.Run, change.Handed
		*change = c.Change
	}
	if err != nil {
		return nil, err
	}
	a.noteHanded(c)
	outs, err := a.judgeHanded(ctx, o, c)
	if err != nil {
		return outs, err
	}
	if err := c.Stands(ctx); err != nil {
		change.Number = 0 // it is another change's thread by now
		return nil, err
	}
	return outs, nil
}

// judgeHanded judges the bundle. Without one a change may still not matter to any model; otherwise the
// reason why there is none is what people wait for. One that cannot be opened is an error.
func (a *app) judgeHanded(ctx context.Context, o ciOptions, c handover.Case) ([]mlgate.Outcome, error) {
	o.bundle = "the run's" // no step runs
	left, none := c.Bundles(ctx)
	var waiting *mlgate.Waiting
	if errors.As(none, &waiting) {
		outs, err := a.judgeChange(ctx, o, c.Change, nil)
		if errors.As(err, &waiting) {
			err = none
		}
		return outs, err
	}
	if none != nil {
		return nil, none
	}
	if left.Earlier > 0 {
		fmt.Fprintf(a.Stderr, "%d artifacts are of an earlier attempt of that run and do not count: run all jobs again\n", left.Earlier)
	}
	all := newGathering()
	for _, f := range left.Files {
		some, err := bundle.UnpackAll(bytes.NewReader(f.Data))
		if err == nil {
			err = all.add(f.Artifact, some)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the artifact %q of the run %s: %w", f.Artifact, c.Change.Handed.ID, err)
		}
	}
	return a.judgeChange(ctx, o, c.Change, all.bundles)
}

// noteHanded says in the log whose numbers these are.
func (a *app) noteHanded(c handover.Case) {
	switch {
	case c.Change.Event != mlgate.PullRequest:
		fmt.Fprintf(a.Stderr, "judging the push of %.12s to %s\n", c.Change.Head, inert.Line(c.Change.BaseBranch))
	case c.Dependabot:
		fmt.Fprintf(a.Stderr, "judging #%d, opened by Dependabot: its run had no secrets, and a token that reads\n", c.Change.Number)
	case c.Unsure != "":
		fmt.Fprintf(a.Stderr, "judging #%d: %s, so what it measured is told, and nothing builds on it\n", c.Change.Number, c.Unsure)
	case c.Change.Fork:
		fmt.Fprintf(a.Stderr, "judging #%d, from a fork: what it measured is told, and nothing builds on it\n", c.Change.Number)
	default:
		fmt.Fprintf(a.Stderr, "judging #%d\n", c.Change.Number)
	}
}
