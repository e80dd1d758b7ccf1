package handover_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

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
