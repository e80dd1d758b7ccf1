package forge_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/forge"
	"github.com/mlgate/mlgate/test/fakegithub"
)

// handed serves a run that left content, changed by do.
func handed(t *testing.T, content string, do func(*fakegithub.Handover)) (*forge.GitHub, *fakegithub.Server) {
	t.Helper()
	s, err := fakegithub.Start(fakegithub.Options{Repo: "acme/model", Token: "secret-token"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	h := fakegithub.NewHandover("acme/model", fakegithub.Head{Number: 7, Commit: strings.Repeat("a", 40), Branch: "x", Base: "main", Owner: "mallory"}, []byte(content))
	if do != nil {
		do(&h)
	}
	s.HandOver(h)
	g, err := forge.NewGitHub(forge.GitHubOptions{API: s.URL, Repo: "acme/model", Token: "secret-token"})
	if err != nil {
		t.Fatal(err)
	}
	return g, s
}

// The archive is read where GitHub points to, and our token stays at home.
func TestArchive(t *testing.T) {
	t.Parallel()
	g, s := handed(t, "the zip", nil)
	got, err := g.Archive(context.Background(), fakegithub.ArtifactID, 100)
	if err != nil || string(got) != "the zip" || s.Leaked() {
		t.Fatalf("%q, %v, leaked %v", got, err, s.Leaked())
	}
}

func TestArchiveRefused(t *testing.T) {
	t.Parallel()
	again := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound))
	t.Cleanup(again.Close)
	for name, c := range map[string]struct {
		do   func(*fakegithub.Handover)
		says string
	}{
		"larger than allowed":    {func(h *fakegithub.Handover) { h.Archive = make([]byte, 101) }, "it has 101 bytes, at most 100"},
		"1 GB, it says":          {func(h *fakegithub.Handover) { h.Claim = 1 << 30 }, "at most 100"},
		"cut":                    {func(h *fakegithub.Handover) { h.Claim = 50 }, "unexpected EOF"},
		"to nowhere":             {func(h *fakegithub.Handover) { h.Redirect = "/relative" }, "none to follow"},
		"to a file":              {func(h *fakegithub.Handover) { h.Redirect = "file:///etc/passwd" }, "none to follow"},
		"with a password":        {func(h *fakegithub.Handover) { h.Redirect = "https://u:p@evil.example/" }, "none to follow"},
		"no address":             {func(h *fakegithub.Handover) { h.Redirect = "http://[::1" }, "Location"},
		"on and on":              {func(h *fakegithub.Handover) { h.Redirect = again.URL }, "the answer is 302"},
		"nobody there":           {func(h *fakegithub.Handover) { h.Redirect = "http://127.0.0.1:1/secret-path?sig=x" }, "where GitHub keeps it"},
		"the wrong signature":    {func(h *fakegithub.Handover) { h.Redirect = "SELF/_signed/archive?sig=other" }, "403"},
		"to us again, in a loop": {func(h *fakegithub.Handover) { h.Redirect = "SELF/repos/acme/model/actions/artifacts/900/zip" }, "401"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var h fakegithub.Handover
			g, s := handed(t, "x", func(made *fakegithub.Handover) { c.do(made); h = *made })
			h.Redirect = strings.Replace(h.Redirect, "SELF", s.URL, 1)
			s.HandOver(h)
			_, err := g.Archive(context.Background(), fakegithub.ArtifactID, 100)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if s.Leaked() || err != nil && (strings.Contains(err.Error(), "sig=") || strings.Contains(err.Error(), "secret")) {
				t.Errorf("something secret is told: %v", err)
			}
		})
	}
}

// What GitHub tells of a run, a pull request, an artifact and a push comes through.
func TestRuns(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	g, s := handed(t, "x", func(h *fakegithub.Handover) {
		h.Run["path"] = ".github/workflows/mlgate-run.yml@refs/heads/main"
		push := func(before, ref string) map[string]any {
			return map[string]any{
				"id": 1, "before": before, "after": "3", "ref": ref, "activity_type": "push", "timestamp": "2026-01-01T00:00:00Z", "actor": fakegithub.User{Login: "ada", ID: 1, Type: "User"},
			}
		}
		closed := maps.Clone(h.Pulls[0])
		closed["number"], closed["state"], closed["closed_at"], closed["updated_at"] = 6, "closed", "2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z"
		h.Pulls = append(h.Pulls, closed)
		h.Events = append(h.Events, fakegithub.Happened("automatic_base_change_succeeded", "2026-01-01T00:00:03Z"), fakegithub.Happened("base_ref_changed", "2026-01-01T00:00:02Z"))
		h.Activity = []map[string]any{push("1", "refs/heads/other"), push("2", "refs/heads/main")}
	})
	home, err := g.Home(ctx)
	if err != nil || home.ID != fakegithub.HomeID || home.Default != "main" || home.Owner != "acme" {
		t.Errorf("%+v, %v", home, err)
	}
	run, err := g.Run(ctx, fakegithub.RunID)
	if err != nil || run.ID != fakegithub.RunID || run.Workflow != ".github/workflows/mlgate-run.yml" || run.HeadRepo.ID != fakegithub.ForkID || run.HeadRepo.Owner != "mallory" || run.Started.IsZero() || run.Created.IsZero() {
		t.Errorf("%+v, %v", run, err)
	}
	pulls, err := g.Pulls(ctx, "mallory", "x", time.Time{})
	if err != nil || len(pulls) != 1 || pulls[0].Number != 7 || !pulls[0].Open || pulls[0].HeadRepo != fakegithub.ForkID || pulls[0].BaseRepo != fakegithub.HomeID || !pulls[0].Created.Before(run.Created) {
		t.Errorf("%+v, %v", pulls, err)
	}
	if pulls, err = g.Pulls(ctx, "mallory", "x", run.Created); err != nil || len(pulls) != 2 || pulls[1].Number != 6 || pulls[1].Open || !pulls[1].Closed.Equal(run.Created) {
		t.Errorf("with those that were closed: %+v, %v", pulls, err)
	}
	if pulls, err = g.Pulls(ctx, "mallory", "x", run.Created.Add(time.Second)); err != nil || len(pulls) != 1 {
		t.Errorf("with those that were closed later: %+v, %v", pulls, err)
	}
	if at, err := g.Retargeted(ctx, 7); err != nil || !at.Equal(run.Created.Add(3*time.Second)) {
		t.Errorf("%v, %v", at, err)
	}
	all, err := g.Artifacts(ctx, fakegithub.RunID, "mlgate")
	if err != nil || len(all) != 1 || all[0].Run != fakegithub.RunID || all[0].HeadRepo != fakegithub.ForkID || all[0].Created.Before(run.Started) {
		t.Errorf("%+v, %v", all, err)
	}
	if before, err := g.Before(ctx, "main", "3"); err != nil || before != "2" {
		t.Errorf("%q, %v", before, err)
	}
	if _, err := g.Before(ctx, "main", "9"); err == nil {
		t.Error("a push that GitHub does not know has a commit before it")
	}
	s.HandOver(fakegithub.Handover{})
	if _, err := g.Run(ctx, 1); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("no run: %v", err)
	}
}
