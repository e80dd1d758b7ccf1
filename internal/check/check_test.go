package check_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/check"
	"github.com/mlgate/mlgate/internal/forge"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/test/fakegithub"
)

var commit = strings.Repeat("c", 40)

func world(t *testing.T, rights map[string]string) (*fakegithub.Server, *forge.GitHub) {
	t.Helper()
	s, err := fakegithub.Start(fakegithub.Options{Repo: "acme/model", Token: "t", Rights: rights})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	g, err := forge.NewGitHub(forge.GitHubOptions{API: s.URL, Repo: "acme/model", Token: "t", HTTP: http.DefaultClient, Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return s, g
}

func look(t *testing.T, g *forge.GitHub, run int) *check.Board {
	t.Helper()
	b, err := check.Look(context.Background(), g, check.Context, commit, fmt.Sprintf("https://github.com/acme/model/actions/runs/%d", run))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func result(title string, annotations int) check.Result {
	r := check.Result{Model: "churn", Conclusion: "failure", Title: title, Headline: title, Text: "text", Lasting: "text"}
	for i := range annotations {
		r.Annotations = append(r.Annotations, mlgate.Finding{Rule: "gate/a", Status: mlgate.Fail, Message: fmt.Sprint("finding ", i), Pos: mlgate.Pos{File: "mlops.yaml", Line: i + 1}})
	}
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Begun, told of, completed; all annotations in batches; again, nothing is written; an older run that
// ends last changes nothing.
func TestBoard(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, g := world(t, nil)
	b := look(t, g, 11)
	must(t, b.Start(ctx, "churn", "judging"))
	if told, err := b.Progress(ctx, "churn", "train: 3 min"); !told || err != nil {
		t.Fatal(told, err)
	}
	no := check.Total{State: "failure", Description: "blocked"}
	must(t, b.Finish(ctx, no, []check.Result{result("blocked", 120)}))
	runs := s.Checks(commit)
	if len(runs) != 1 || runs[0].Status != "completed" || *runs[0].Conclusion != "failure" || runs[0].ExternalID != "mlgate/churn" || len(runs[0].Annotations) != 120 || runs[0].Annotations[119].StartLine != 120 {
		t.Errorf("check runs: %+v", runs)
	}
	if got := strings.Join(runs[0].Changes, " > "); got != "judging > train: 3 min > blocked > blocked > blocked" {
		t.Errorf("said %q", got)
	}
	if open, pending := b.Open(); len(open) != 0 || pending {
		t.Error("left open:", open, pending)
	}
	before := len(s.Requests())
	must(t, look(t, g, 12).Finish(ctx, no, []check.Result{result("blocked", 120)}))
	must(t, look(t, g, 10).Finish(ctx, check.Total{State: "success", Description: "passed"}, []check.Result{result("passed", 0)}))
	if after := len(s.Requests()); after-before != 2 {
		t.Errorf("%d requests where two looks are enough: %q", after-before, s.Requests()[before:])
	}
	must(t, look(t, g, 13).Finish(ctx, check.Total{State: "success", Description: "passed"}, []check.Result{result("passed", 0)}))
	if runs = s.Checks(commit); len(runs) != 2 || runs[1].Output.Title != "passed" || runs[1].ExternalID != "mlgate/churn" {
		t.Errorf("after another verdict: %+v", runs)
	}
	if st := s.Statuses(commit); len(st) != 3 || st[2].State != "success" {
		t.Errorf("statuses: %+v", st)
	}
}

// Lost answers leave no second check run, and no annotation twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, g := world(t, nil)
	b := look(t, g, 11)
	s.Fail(fakegithub.Trouble{Match: "POST /repos/acme/model/check-runs", After: true}, fakegithub.Trouble{Match: "PATCH", After: true}, fakegithub.Trouble{Match: "POST /repos/acme/model/statuses", After: true})
	must(t, b.Start(ctx, "churn", "judging"))
	must(t, b.Finish(ctx, check.Total{State: "failure", Description: "blocked"}, []check.Result{result("blocked", 70)}))
	if runs := s.Checks(commit); len(runs) != 1 || len(runs[0].Annotations) != 70 || runs[0].Status != "completed" {
		t.Errorf("check runs: %+v", runs)
	}
}

// What may not be written is an error that names the permission, and keeps nothing else back.
func TestRights(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, g := world(t, map[string]string{"statuses": "write"})
	b, err := check.Look(ctx, g, check.Context, commit, "")
	if !errors.Is(err, mlgate.ErrForbidden) {
		t.Error("looking:", err)
	}
	if err = b.Start(ctx, "churn", "judging"); err == nil || !strings.Contains(err.Error(), "checks: write") {
		t.Error("starting:", err)
	}
	if told, err := b.Progress(ctx, "churn", "train: 1 min"); told || err != nil {
		t.Error("progress:", told, err)
	}
	err = b.Finish(ctx, check.Total{State: "success", Description: "passed"}, []check.Result{result("passed", 0)})
	if !errors.Is(err, mlgate.ErrForbidden) || !strings.Contains(err.Error(), "checks: write") {
		t.Error("finishing:", err)
	}
	if st := s.Statuses(commit); len(st) == 0 || st[len(st)-1].State != "success" {
		t.Errorf("statuses: %+v", st)
	}
}

func TestForged(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, g := world(t, nil)
	must(t, look(t, g, 11).Finish(ctx, check.Total{State: "success", Description: "passed"}, []check.Result{result("passed", 0)}))
	if all := look(t, g, 12).Forged("churn"); len(all) != 0 {
		t.Errorf("our own are taken for forged: %+v", all)
	}
	s.AddCheck(commit, "mlgate / churn", "success", "evil")
	s.AddCheck(commit, "mlgate / fraud", "failure", "evil")
	s.AddCheck(commit, "mlgate", "success", "github-actions") // a job of that name
	s.AddStatus(commit, "mlgate", "success", "mallory")
	for model, want := range map[string]string{"churn": "fail fail", "fraud": "fail warn", "price": "fail"} {
		var got []string
		for _, f := range look(t, g, 12).Forged(model) {
			got = append(got, f.Status.String())
			if f.Rule != "governance/forged-check" || !strings.Contains(f.Message, "mallory") && !strings.Contains(f.Message, "evil") {
				t.Errorf("%+v", f)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", model, got, want)
		}
	}
}

// What a killed run leaves is closed, once; what was completed is left alone.
func TestAbandon(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, g := world(t, nil)
	b := look(t, g, 11)
	must(t, b.Start(ctx, "churn", "judging"))
	open, pending := b.Open()
	if len(open) != 1 || !pending {
		t.Fatal(open, pending)
	}
	must(t, g.UpdateCheck(ctx, open[0].Ended("cancelled", "killed", b.URL())))
	must(t, check.Abandon(ctx, g, check.Context, commit, b.URL(), "judging", "killed"))
	must(t, check.Abandon(ctx, g, check.Context, commit, b.URL(), "judging", "killed"))
	if runs := s.Checks(commit); len(runs) != 1 || *runs[0].Conclusion != "cancelled" {
		t.Errorf("check runs: %+v", runs)
	}
	if st := s.Statuses(commit); len(st) != 2 || st[1].State != "error" {
		t.Errorf("statuses: %+v", st)
	}
	if still, err := g.InProgress(ctx, open[0].ID); still || err != nil {
		t.Error(still, err)
	}
}
