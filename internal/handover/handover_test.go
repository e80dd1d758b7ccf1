package handover_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
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
	home      mlgate.HandedRepo
	run       mlgate.HandedRun
	pulls     []mlgate.HandedPull
	later     []mlgate.HandedPull // the second answer; nil: the first again
	with      []mlgate.HandedPull
	before    string
	artifacts []mlgate.HandedArtifact
	archive   []byte
	fail      string // the question that is answered with an error
	asked     int    // for open pull requests
	o         handover.Options
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

func (h *hub) OpenPulls(_ context.Context, owner, branch string) ([]mlgate.HandedPull, error) {
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
			Head: head, HeadBranch: "better", Repo: home, HeadRepo: from, Actor: "mallory", Started: start,
		},
		pulls: []mlgate.HandedPull{{
			Number: 7, Title: "Better", Author: "mallory", Open: true, Head: head, HeadBranch: "better", HeadRepo: forkID, BaseBranch: "main", BaseRepo: homeID,
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

	h = fork(t)
	h.run.Event = "pull_request_review" // somebody approved: the head is the same
	if c, _, err = h.take(ctx); err != nil || !reflect.DeepEqual(c.Change, want) {
		t.Errorf("a review: %+v, %v", c.Change, err)
	}
	if c, _, err = pushed(t).take(ctx); err != nil || !c.Change.Promoting() || c.Change.Before != other || c.Change.Number != 0 {
		t.Errorf("a push: %+v, %v", c.Change, err)
	}
}

// hostile is one thing that is not as it should be, and the word that is said of it. Waiting: the run
// is no mistake, only too early, too late, or without numbers.
type hostile struct {
	name    string
	do      func(*hub)
	waiting bool
	says    string
}

var hostiles = []hostile{
	{"other run answered", func(h *hub) { h.run.ID = 501 }, false, "told of the run 501"},
	{"run of another repository", func(h *hub) { h.run.Repo.ID = 3 }, false, "of the repository with the id 3"},
	{"run of the fork itself", func(h *hub) { h.run.Repo = h.run.HeadRepo }, false, "of the repository with the id 2"},
	{"home without id", func(h *hub) { h.home.ID, h.run.Repo.ID = 0, 0 }, false, "id 0"},
	{"a repository that took over the name", func(h *hub) { h.home.ID, h.run.Repo.ID = 5, 5 }, false, "the runner says 1"},
	{"other workflow", func(h *hub) { h.run.Workflow = ".github/workflows/evil.yml" }, false, "alone"},
	{"workflow of the same file name elsewhere", func(h *hub) { h.run.Workflow = "x/mlgate-run.yml" }, false, "alone"},
	{"workflow by a path that leads there", func(h *hub) { h.run.Workflow = ".github/workflows/../workflows/mlgate-run.yml" }, false, "alone"},
	{"workflow in other letters", func(h *hub) { h.run.Workflow = ".github/workflows/MLgate-run.yml" }, false, "alone"},
	{"no workflow", func(h *hub) { h.run.Workflow = "" }, false, "alone"},
	{"pull_request_target", func(h *hub) { h.run.Event = "pull_request_target" }, false, "started by"},
	{"workflow_dispatch", func(h *hub) { h.run.Event = "workflow_dispatch" }, false, "started by"},
	{"workflow_run", func(h *hub) { h.run.Event = "workflow_run" }, false, "started by"},
	{"no event", func(h *hub) { h.run.Event = "" }, false, "started by"},
	{"an option as commit", func(h *hub) { h.run.Head = "--upload-pack=touch /tmp/pwned" }, false, "no commit id"},
	{"short commit", func(h *hub) { h.run.Head = head[:12] }, false, "no commit id"},
	{"commit in capitals", func(h *hub) { h.run.Head = strings.ToUpper(head) }, false, "no commit id"},
	{"no branch", func(h *hub) { h.run.HeadBranch = "" }, false, "which branch"},
	{"a newer attempt", func(h *hub) { h.run.Attempt = 2 }, true, "attempt 2 is completed"},
	{"an attempt that is not there yet", func(h *hub) { h.o.Attempt = 3 }, true, "attempt 3 of it"},
	{"still running", func(h *hub) { h.run.Status = "in_progress" }, true, "in progress"},
	{"a status to read aloud", func(h *hub) { h.run.Status = "\x1b[31m::error::" }, true, "does not know"},
	{"cancelled", func(h *hub) { h.run.Conclusion = "cancelled" }, true, "cancelled"},
	{"to be approved first", func(h *hub) { h.run.Conclusion = "action_required" }, true, "approve"},
	{"no conclusion", func(h *hub) { h.run.Conclusion = "" }, false, "does not know"},
	{"fork deleted", func(h *hub) { h.run.HeadRepo = mlgate.HandedRepo{} }, true, "gone"},
	{"fork without owner", func(h *hub) { h.run.HeadRepo.Owner = "" }, true, "gone"},
	{"no pull request", func(h *hub) { h.pulls = nil }, true, "no open pull request"},
	{"closed", func(h *hub) { h.pulls[0].Open = false }, true, "no open pull request"},
	{"closed, and the commit tells", func(h *hub) {
		h.with = []mlgate.HandedPull{{Number: 7, Head: head, BaseRepo: homeID}}
		h.pulls = nil
	}, true, "#7 is closed"},
	{"the commit names an open one of another branch", func(h *hub) {
		h.with = []mlgate.HandedPull{{Number: 8, Open: true, Head: head, HeadRepo: forkID, HeadBranch: "x", BaseRepo: homeID, BaseBranch: "main"}}
		h.pulls = nil
	}, true, "no open pull request"},
	{"two pull requests", func(h *hub) {
		h.pulls = append(h.pulls, h.pulls[0])
		h.pulls[1].Number, h.pulls[1].BaseBranch = 8, "release"
	}, true, "(#7, #8)"},
	{"pushed to again", func(h *hub) { h.pulls[0].Head = other }, true, "#7 was pushed to"},
	{"pushed to, and the new head is none", func(h *hub) { h.pulls[0].Head = "::error::x" }, true, "its head is another"},
	{"another fork of the same owner", func(h *hub) { h.pulls[0].HeadRepo = 4 }, true, "no open pull request"},
	{"head repository unknown", func(h *hub) { h.pulls[0].HeadRepo = 0 }, true, "no open pull request"},
	{"into another repository", func(h *hub) { h.pulls[0].BaseRepo = 3 }, true, "no open pull request"},
	{"from another branch", func(h *hub) { h.pulls[0].HeadBranch = "worse" }, true, "no open pull request"},
	{"no base", func(h *hub) { h.pulls[0].BaseBranch = "" }, true, "no open pull request"},
	{"number 0", func(h *hub) { h.pulls[0].Number = 0 }, true, "no open pull request"},
	{"negative number", func(h *hub) { h.pulls[0].Number = -7 }, true, "no open pull request"},
	{"closed while it was judged", func(h *hub) { h.later = []mlgate.HandedPull{} }, true, "closed while"},
	{"retargeted while it was judged", func(h *hub) { p := h.pulls[0]; p.BaseBranch = "release"; h.later = []mlgate.HandedPull{p} }, true, "another base"},
	{"pushed to while it was judged", func(h *hub) { p := h.pulls[0]; p.Head = other; h.later = []mlgate.HandedPull{p} }, true, "pushed to while"},
	{"no artifact", func(h *hub) { h.artifacts = nil }, true, "there is none"},
	{"artifact of another name", func(h *hub) { h.artifacts[0].Name = "mlgate-evil" }, true, "there is none"},
	{"two artifacts", func(h *hub) { h.artifacts = append(h.artifacts, h.artifacts[0]) }, false, "2 of that name"},
	{"artifact of the attempt before", func(h *hub) { h.artifacts[0].Created = h.run.Started.Add(-time.Hour) }, true, "earlier attempt"},
	{"artifact expired", func(h *hub) { h.artifacts[0].Expired = true }, true, "expired"},
	{"artifact of another run", func(h *hub) { h.artifacts[0].Run = 501 }, false, "another run"},
	{"artifact of another repository", func(h *hub) { h.artifacts[0].Repo = 3 }, false, "another run"},
	{"artifact of another head repository", func(h *hub) { h.artifacts[0].HeadRepo = homeID }, false, "another run"},
	{"artifact of another commit", func(h *hub) { h.artifacts[0].Head = other }, false, "another run"},
	{"artifact of 1 GB", func(h *hub) { h.artifacts[0].Size = 1 << 30 }, false, "at most"},
	{"artifact of less than nothing", func(h *hub) { h.artifacts[0].Size = -1 }, false, "at most"},
	{"artifact larger than it says", func(h *hub) { h.archive = make([]byte, 2<<20) }, false, "does not answer"},
	{"artifact of another digest", func(h *hub) { h.artifacts[0].SHA256 = mlgate.DigestOf([]byte("x")) }, false, "its digest is"},
	{"push from a fork", func(h *hub) { h.run.Event, h.run.HeadBranch = "push", "main" }, false, "a push in the repository with the id 2"},
	{"push to another branch", func(h *hub) { h.run.Event, h.run.HeadRepo, h.run.HeadBranch = "push", h.home, "better" }, false, "a push to"},
	{"push from an option", func(h *hub) {
		h.run.Event, h.run.HeadRepo, h.run.HeadBranch, h.before = "push", h.home, "main", "--output=/tmp/x"
	}, false, "no commit id"},
}

// Whatever the forge answers that does not fit, there is no bundle and no verdict.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, c := range hostiles {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := fork(t)
			c.do(h)
			_, _, err := h.take(context.Background())
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			var waiting *mlgate.Waiting
			if errors.As(err, &waiting) != c.waiting {
				t.Errorf("waiting is %v: %v", !c.waiting, err)
			}
		})
	}
}

// A forge that does not answer is never a yes, whatever was asked.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	for _, question := range []string{"home", "run", "pulls", "artifacts", "archive"} {
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
