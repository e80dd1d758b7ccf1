package handover_test

import (
	"context"
	"errors"
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
	archives   map[int64][]byte // by artifact; those that are not in it are archive
	fail       string           // the question that is answered with an error
	asked      int              // for open pull requests
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

func (h *hub) Archive(_ context.Context, id, max int64) ([]byte, error) {
	zip, ok := h.archives[id]
	if !ok {
		zip = h.archive
	}
	if int64(len(zip)) > max {
		return nil, errFake
	}
	return zip, h.err("archive")
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
	left, err := c.Bundles(ctx)
	if err != nil {
		return c, nil, err
	}
	var data []byte
	for _, f := range left.Files {
		data = append(data, f.Data...)
	}
	return c, data, c.Stands(ctx)
}
