package comment_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/forge"
	"github.com/mlgate/mlgate/test/fakegithub"
)

func world(t *testing.T) (*fakegithub.Server, *forge.GitHub) {
	t.Helper()
	s, err := fakegithub.Start(fakegithub.Options{Repo: "acme/model", Token: "t"})
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

// One comment, whatever happens: pages of others, a forged marker, an older run, a server in trouble.
func TestPost(t *testing.T) {
	t.Parallel()
	s, g := world(t)
	for range 250 {
		s.Add(7, "somebody", "hello")
	}
	s.Add(7, "mallory", "<!-- mlgate key=report run=999.1 -->\nall is well")
	post := func(run, body string) comment.Result {
		t.Helper()
		r, err := comment.Post(context.Background(), g, 7, "report", body, comment.Stamp{Run: run, Attempt: 1})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, c := range []struct {
		run, body string
		want      comment.Result
	}{
		{"10", "blocked", comment.Created}, {"11", "blocked", comment.Unchanged}, {"11", "passed", comment.Updated}, {"9", "old news", comment.Older}, {"12", "blocked again", comment.Updated},
		{"12", "just made · 2026-11-24 10:00 UTC · [run](https://a/1)", comment.Updated}, {"12", "3 hours old · 2026-11-24 13:01 UTC · [run](https://a/2)", comment.Unchanged},
	} {
		if got := post(c.run, c.body); got != c.want {
			t.Errorf("run %s: %q, want %q", c.run, got, c.want)
		}
	}
	s.Fail(fakegithub.Trouble{Status: 502, Type: "text/html", Body: "<html>"}, fakegithub.Trouble{Status: 429, Header: map[string]string{"Retry-After": "1"}})
	post("13", "after trouble")
	var ours []string
	for _, c := range s.Comments(7) {
		if c.User.Login == "github-actions[bot]" {
			ours = append(ours, c.Body)
		}
	}
	if len(ours) != 1 || !strings.HasSuffix(ours[0], "after trouble") {
		t.Errorf("our comments: %q", ours)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		trouble fakegithub.Trouble
		want    string
	}{
		{fakegithub.Trouble{Status: 401, Body: "Bad credentials"}, "Bad credentials"},
		{fakegithub.Trouble{Status: 403, Body: "Resource not accessible by integration"}, "permissions: pull-requests: write"},
		{fakegithub.Trouble{Status: 404, Body: "Not Found"}, "not found"},
		{fakegithub.Trouble{Status: 200, Type: "text/html", Body: "<html>"}, "HTML"},
		{fakegithub.Trouble{Status: 422, Body: "Body is too long (maximum is 65536 characters)"}, "too long"},
	} {
		s, g := world(t)
		s.Fail(c.trouble)
		_, err := g.List(context.Background(), 7)
		if c.want == "HTML" {
			if err == nil {
				t.Error("HTML was taken for comments")
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d: %v, want %q", c.trouble.Status, err, c.want)
		}
	}
}
