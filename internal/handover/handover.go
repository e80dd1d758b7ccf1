// Package handover takes over a bundle from the run of another workflow: one that ran the code of a
// change and could write nothing. Of the event that started us only the run's number is used; all
// else is asked from the forge, and what does not fit is refused.
//
// It never judges, and it opens no bundle: what it returns is as hostile as whoever made it.
package handover

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Names that the example workflows use.
const (
	Workflow = ".github/workflows/mlgate-run.yml"
	Artifact = "mlgate"
)

// dependabot is who GitHub lets open pull requests for newer dependencies. A person cannot have the name.
const dependabot = "dependabot[bot]"

// Options say what is taken over, and from whom it is asked.
type Options struct {
	Runs  mlgate.Runs
	Heads mlgate.Heads
	// Workflow is the path of the only workflow file whose runs are believed; a bare name stands below
	// .github/workflows. Empty: Workflow.
	Workflow string
	// Artifact is the name of the artifact that holds the bundle; with a * at its end what the names of
	// several begin with, as the jobs of a matrix leave them. Empty: Artifact.
	Artifact string
	Run      int64 // id of the run that ended
	Attempt  int   // the attempt that ended
	Repo     int64 // id of our repository as the runner says; 0: it does not say
	Limits   Limits
}

// Limits of what is downloaded and unpacked, in bytes, of all artifacts together.
type Limits struct{ Archive, Content int64 }

// Standard are the limits for a real run: a bundle has no more.
func Standard() Limits { return Limits{Archive: 256 << 20, Content: 512 << 20} }

// Case is a run that was found to be what it should be, and the change that it belongs to.
type Case struct {
	// Change has no Repo, Remote and Run: they are the judge's own.
	Change mlgate.Change
	// Dependabot opened the pull request: its run had a token that reads, and not the secrets of people's
	// runs. It is told apart for people, and believed no more than anybody.
	Dependabot bool
	// Unsure says why the run may be of another base, or of another pull request; empty: it is not. Then its
	// numbers count as a fork's: Change.Fork is set, they are told, and nothing builds on them.
	Unsure string

	o    Options
	run  mlgate.HandedRun
	home mlgate.HandedRepo
	pull mlgate.HandedPull
}

// Identify finds the run and its change. An error says what does not fit; the Case returned with it
// has a Change only when its pull request is known.
func Identify(ctx context.Context, o Options) (Case, error) {
	c := Case{o: o.defaults()}
	err := c.o.check()
	if err != nil {
		return c, err
	}
	if c.home, err = o.Runs.Home(ctx); err != nil {
		return c, fmt.Errorf("asking which repository this is: %w", err)
	}
	if c.run, err = o.Runs.Run(ctx, o.Run); err != nil {
		return c, fmt.Errorf("asking for the run %d that ended: %w", o.Run, err)
	}
	if err := c.checkRun(); err != nil {
		return c, fmt.Errorf("looking at the run %d that ended: %w", o.Run, err)
	}
	if c.run.Event == "push" {
		err = c.ofPush(ctx)
	} else {
		err = c.ofPull(ctx)
	}
	if err != nil {
		return c, fmt.Errorf("looking for what the run %d belongs to: %w", o.Run, err)
	}
	return c, nil
}

func (o Options) defaults() Options {
	if o.Workflow == "" {
		o.Workflow = Workflow
	}
	if !strings.Contains(o.Workflow, "/") {
		o.Workflow = ".github/workflows/" + o.Workflow
	}
	if o.Artifact == "" {
		o.Artifact = Artifact
	}
	if o.Limits == (Limits{}) {
		o.Limits = Standard()
	}
	return o
}

var commitID = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)

// checkRun compares the run with what it must be.
func (c *Case) checkRun() error {
	r, o := c.run, c.o
	switch {
	case r.ID != o.Run:
		return fmt.Errorf("the forge told of the run %d instead", r.ID)
	case c.home.ID == 0 || r.Repo.ID != c.home.ID:
		return fmt.Errorf("it is of the repository with the id %d, this is %d", r.Repo.ID, c.home.ID)
	case o.Repo != 0 && c.home.ID != o.Repo:
		return fmt.Errorf("the forge says that this repository has the id %d, the runner says %d", c.home.ID, o.Repo)
	case r.Workflow != o.Workflow:
		return &mlgate.Mistake{
			Err: fmt.Errorf("it is of the workflow %q, and bundles are taken from %q alone", r.Workflow, o.Workflow),
			Fix: "if that is the workflow that runs the steps, name it: `mlgate judge --workflow PATH`, in the action `workflow: PATH`",
		}
	case r.Event != "pull_request" && r.Event != "pull_request_review" && r.Event != "push":
		return &mlgate.Mistake{
			Err: fmt.Errorf("it was started by %q, and bundles are taken from pull_request, pull_request_review and push alone", r.Event),
			Fix: "start the workflow that runs the steps on these, as workflows-examples/github/fork-run.yml does",
		}
	case !commitID.MatchString(r.Head):
		return fmt.Errorf("its commit is %q, no commit id", r.Head)
	case r.HeadBranch == "":
		return errors.New("the forge does not say of which branch it is")
	case r.Status != "completed" || r.Attempt != o.Attempt:
		return &mlgate.Waiting{Reason: fmt.Sprintf("attempt %d of it is the one that ended, and by now attempt %d is %s: it was started again, and its own end is judged", o.Attempt, r.Attempt, state(r.Status))}
	}
	return nil
}

func state(s string) string {
	switch s {
	case "completed", "in_progress", "queued", "waiting", "requested", "pending":
		return strings.ReplaceAll(s, "_", " ")
	}
	return "in a state that mlgate does not know"
}

// ofPush: the default branch was pushed to. That the commit is on it is for the judge to see.
func (c *Case) ofPush(ctx context.Context) error {
	r := c.run
	if r.HeadRepo.ID != c.home.ID {
		return fmt.Errorf("a push in the repository with the id %d, this is %d", r.HeadRepo.ID, c.home.ID)
	}
	if r.HeadBranch != c.home.Default {
		return &mlgate.Mistake{
			Err: fmt.Errorf("a push to %q, and bundles are taken from pushes to %q alone", r.HeadBranch, c.home.Default),
			Fix: "start the workflow that runs the steps on pushes to the default branch only",
		}
	}
	before, err := c.o.Heads.Before(ctx, r.HeadBranch, r.Head)
	if err != nil {
		return fmt.Errorf("asking where %q stood before the push of %.12s: %w", r.HeadBranch, r.Head, err)
	}
	if !commitID.MatchString(before) {
		return fmt.Errorf("before the push stood %q, no commit id", before)
	}
	c.Change = mlgate.Change{
		Event: mlgate.Push, Head: r.Head, HeadBranch: r.HeadBranch, BaseBranch: r.HeadBranch, Before: before, Default: c.home.Default, Actor: r.Actor,
	}
	return nil
}

// concluded: a run that failed may have left a bundle, which says so. One that did not end by itself is
// waited for.
func (c *Case) concluded() error {
	switch c.run.Conclusion {
	case "success", "failure":
		return nil
	case "action_required":
		return &mlgate.Waiting{Reason: "the run of the steps waits for a maintainer to approve it: nothing ran yet"}
	case "cancelled", "timed_out", "skipped", "stale", "neutral", "startup_failure":
		return &mlgate.Waiting{Reason: fmt.Sprintf("the run of the steps ended as %q: there are no numbers; run it again", c.run.Conclusion)}
	}
	return fmt.Errorf("looking at the run %d that ended: it ended as %q, which mlgate does not know", c.run.ID, c.run.Conclusion)
}
