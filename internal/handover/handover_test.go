package handover_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/handover"
	"github.com/mlgate/mlgate/internal/mlgate"
)

const (
	homeID, forkID, runID = 1, 2, 500
	head                  = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	other                 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// hub is what a forge knows. Everything in it is as it should be until a test changes it.
type hub struct {
	home   mlgate.HandedRepo
	run    mlgate.HandedRun
	pulls  []mlgate.HandedPull
	later  []mlgate.HandedPull // the second answer; nil: the first again
	with   []mlgate.HandedPull
	before string

	retargeted time.Time
	artifacts  []mlgate.HandedArtifact
	archive    []byte
	fail       string // the question that is answered with an error
	asked      int    // for open pull requests
	o          handover.Options
}

var errFake = errors.New("the forge does not answer")

func (h *hub) err(question string) error {
	if h.fail == question {
		return errFake
	}
	return nil
}

func (h *hub) Home(context.Context) (mlgate.HandedRepo, error) { return h.home, h.err("home") }

func (h *hub) Run(context.Context, int64) (mlgate.HandedRun, error) { return h.run, h.err("run") }

func (h *hub) Artifacts(context.Context, int64, string) ([]mlgate.HandedArtifact, error) {
	return h.artifacts, h.err("artifacts")
}

func (h *hub) Archive(_ context.Context, _, max int64) ([]byte, error) {
	if int64(len(h.archive)) > max {
		return nil, errFake
	}
	return h.archive, h.err("archive")
}

func (h *hub) Retargeted(context.Context, int) (time.Time, error) {
	return h.retargeted, h.err("retargeted")
}

func (h *hub) Pulls(_ context.Context, owner, branch string, _ time.Time) ([]mlgate.HandedPull, error) {
	if h.asked++; h.asked > 1 && h.later != nil {
		return h.later, h.err("again")
	}
	if owner != h.run.HeadRepo.Owner || branch != h.run.HeadBranch {
		return nil, nil
	}
	return h.pulls, h.err("pulls")
}

func (h *hub) PullsWith(context.Context, string) ([]mlgate.HandedPull, error) {
	return h.with, h.err("with")
}

func (h *hub) Before(context.Context, string, string) (string, error) {
	return h.before, h.err("before")
}

// fork is a pull request from a fork whose run ended well and left a bundle.
func fork(t testing.TB) *hub {
	t.Helper()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	home := mlgate.HandedRepo{ID: homeID, Owner: "acme", Name: "acme/model", Default: "main"}
	from := mlgate.HandedRepo{ID: forkID, Owner: "mallory", Name: "mallory/model"}
	h := &hub{
		home: home, before: other,
		run: mlgate.HandedRun{
			ID: runID, Attempt: 1, Workflow: handover.Workflow, Event: "pull_request", Status: "completed", Conclusion: "success",
			Head: head, HeadBranch: "better", Repo: home, HeadRepo: from, Actor: "mallory", Created: start, Started: start,
		},
		pulls: []mlgate.HandedPull{{
			Number: 7, Title: "Better", Author: "mallory", Open: true, Head: head, HeadBranch: "better", HeadRepo: forkID, BaseBranch: "main", BaseRepo: homeID, Created: start,
		}},
		artifacts: []mlgate.HandedArtifact{{
			ID: 9, Name: "mlgate", Size: 100, Created: start.Add(time.Minute), Run: runID, Repo: homeID, HeadRepo: forkID, Head: head,
		}},
		archive: zipped(t, "mlgate.bundle", "the bundle"),
	}
	h.o = handover.Options{Runs: h, Heads: h, Run: runID, Attempt: 1, Repo: homeID, Limits: handover.Limits{Archive: 1 << 20, Content: 1 << 20}}
	return h
}

// pushed is a push to the default branch.
func pushed(t testing.TB) *hub {
	t.Helper()
	h := fork(t)
	h.run.Event, h.run.HeadRepo, h.run.HeadBranch = "push", h.home, "main"
	h.artifacts[0].HeadRepo = homeID
	return h
}

func (h *hub) take(ctx context.Context) (handover.Case, []byte, error) {
	c, err := handover.Identify(ctx, h.o)
	if err != nil {
		return c, nil, err
	}
	data, err := c.Bundle(ctx)
	if err != nil {
		return c, nil, err
	}
	return c, data, c.Stands(ctx)
}

func TestTaken(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, data, err := fork(t).take(ctx)
	if err != nil || string(data) != "the bundle" {
		t.Fatalf("%q, %v", data, err)
	}
	want := mlgate.Change{Event: mlgate.PullRequest, Number: 7, Title: "Better", Head: head, HeadBranch: "better", BaseBranch: "main", Default: "main", Fork: true, Actor: "mallory"}
	if !reflect.DeepEqual(c.Change, want) || c.Dependabot {
		t.Errorf("got %+v", c.Change)
	}

	h := fork(t)
	h.run.HeadRepo, h.run.Actor, h.run.Conclusion = h.home, "dependabot[bot]", "failure"
	h.pulls[0].HeadRepo, h.pulls[0].Author, h.artifacts[0].HeadRepo = homeID, "dependabot[bot]", homeID
	if c, _, err = h.take(ctx); err != nil || c.Change.Fork || !c.Dependabot {
		t.Errorf("Dependabot: %+v, %v", c, err)
	}
	h.run.HeadRepo.ID, h.pulls[0].HeadRepo, h.artifacts[0].HeadRepo = forkID, forkID, forkID
	if c, _, err = h.take(ctx); err != nil || !c.Change.Fork || c.Dependabot {
		t.Errorf("Dependabot in a fork: %+v, %v", c, err)
	}

	h = fork(t) // sent here long before, and another one of this branch had an earlier head
	h.retargeted = h.run.Created.Add(-time.Hour)
	h.pulls = append(h.pulls, h.pulls[0])
	h.pulls[1].Number, h.pulls[1].Open, h.pulls[1].Head = 5, false, other
	if c, _, err = h.take(ctx); err != nil || !reflect.DeepEqual(c.Change, want) {
		t.Errorf("retargeted before: %+v, %v", c.Change, err)
	}
	h = fork(t)
	h.run.Event = "pull_request_review" // somebody approved: the head is the same
	if c, _, err = h.take(ctx); err != nil || !reflect.DeepEqual(c.Change, want) {
		t.Errorf("a review: %+v, %v", c.Change, err)
	}
	if c, _, err = pushed(t).take(ctx); err != nil || !c.Change.Promoting() || c.Change.Before != other || c.Change.Number != 0 {
		t.Errorf("a push: %+v, %v", c.Change, err)
	}
}

// A forge that does not answer is never a yes, whatever was asked.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	for _, question := range []string{"home", "run", "pulls", "retargeted", "artifacts", "archive"} {
		h := fork(t)
		h.fail = question
		if _, _, err := h.take(context.Background()); !errors.Is(err, errFake) {
			t.Errorf("%s: %v", question, err)
		}
	}
	h := fork(t)
	h.fail, h.later = "again", h.pulls
	if _, _, err := h.take(context.Background()); !errors.Is(err, errFake) {
		t.Errorf("again: %v", err)
	}
	h = pushed(t)
	h.fail = "before"
	if _, _, err := h.take(context.Background()); !errors.Is(err, errFake) {
		t.Errorf("before: %v", err)
	}
	h = fork(t)
	h.fail, h.pulls = "with", nil // only a help
	if _, _, err := h.take(context.Background()); err == nil || errors.Is(err, errFake) {
		t.Errorf("with: %v", err)
	}
}

// The workflow may be named by its file alone, and is taken as it is written.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"train.yml", ".github/workflows/train.yml"} {
		h := fork(t)
		h.run.Workflow, h.o.Workflow = ".github/workflows/train.yml", name
		if _, _, err := h.take(context.Background()); err != nil {
			t.Error(err)
		}
	}
	if n := len(hostiles); n < 60 {
		t.Error(fmt.Sprint("only ", n, " hostile hand-overs"))
	}
}
