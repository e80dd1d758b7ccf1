package comment_test

import (
	"context"
	"fmt"
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

// What is left of twenty pushes, by behaviour: how many comments of ours, how many of them folded away.
func TestBehaviours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		how            string
		left, hidden   int
		again, written int // requests when nothing changed, and of the last push
	}{
		{comment.Update, 1, 0, 1, 3}, {comment.OnChange, 1, 0, 1, 3}, {comment.New, 20, 0, 1, 2}, {comment.HideAndNew, 20, 19, 1, 5}, {comment.DeleteAndNew, 1, 0, 1, 4}, {comment.None, 0, 0, 1, 1},
	} {
		t.Run(c.how, func(t *testing.T) {
			t.Parallel()
			s, g := world(t)
			s.Add(7, "mallory", "<!-- mlgate key=report run=999.1 -->\nall is well")
			if _, err := g.Self(context.Background()); err != nil { // asked once in a run
				t.Fatal(err)
			}
			say := func(run int, body string) int {
				t.Helper()
				before := len(s.Requests())
				thread, err := comment.Open(context.Background(), g, g, 7)
				if err == nil {
					_, err = thread.Say(context.Background(), comment.Saying{Key: "report", How: c.how, Stamp: comment.Stamp{Run: fmt.Sprint(run), Attempt: 1}, Body: func(int) string { return body }})
				}
				if err != nil {
					t.Fatal(err)
				}
				return len(s.Requests()) - before
			}
			written := 0
			for run := range 20 {
				written = say(100+run, fmt.Sprint("push ", run))
			}
			again := say(120, "push 19")
			say(5, "old news")
			left, hidden, text := 0, 0, ""
			for _, k := range s.Comments(7) {
				if k.User.Login != "mallory" {
					left, text = left+1, k.Body
				}
				if k.Minimized {
					hidden++
				}
			}
			if left != c.left || hidden != c.hidden || left > 0 && !strings.HasSuffix(text, "push 19") {
				t.Errorf("%d comments, %d hidden, the last says %q", left, hidden, text)
			}
			if again != c.again || written != c.written {
				t.Errorf("%d requests when nothing changed, %d for a push; want %d and %d", again, written, c.again, c.written)
			}
		})
	}
}

// A text that the forge finds too long is said shorter; a first comment waits for something to say.
func TestSaying(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, g := world(t)
	open := func() *comment.Thread {
		t.Helper()
		thread, err := comment.Open(ctx, g, g, 7)
		if err != nil {
			t.Fatal(err)
		}
		return thread
	}
	say := comment.Saying{Key: "report", How: comment.OnChange, Quiet: true, Stamp: comment.Stamp{Run: "10", Attempt: 1}, Body: func(limit int) string { return strings.Repeat("é", max(limit-20000, 5)) }}
	if r, err := open().Say(ctx, say); r != comment.Silent || err != nil {
		t.Error(r, err)
	}
	say.Quiet = false
	s.Fail(fakegithub.Trouble{Match: "POST", Status: 422, Body: "Body is too long (maximum is 65536 characters)"})
	if r, err := open().Say(ctx, say); r != comment.Created || err != nil {
		t.Error(r, err)
	}
	if all := s.Comments(7); len(all) != 1 || strings.Count(all[0].Body, "é") != 10000 {
		t.Errorf("%d comments", len(all))
	}
	note := func(run, line string) comment.Result {
		t.Helper()
		r, err := open().Note(ctx, "report", line, comment.Stamp{Run: run, Attempt: 1}, false)
		if err != nil {
			t.Error(err)
		}
		return r
	}
	for _, c := range []struct {
		run, line string
		want      comment.Result
	}{{"11", "train: 1 min", comment.Updated}, {"11", "train: 2 min", comment.Updated}, {"11", "train: 2 min", comment.Unchanged}, {"9", "train: 9 min", comment.Older}} {
		if got := note(c.run, c.line); got != c.want {
			t.Errorf("%s: %q, want %q", c.line, got, c.want)
		}
	}
	if body := s.Comments(7)[0].Body; strings.Count(body, "min") != 1 || strings.Count(body, "é") != 10000 {
		t.Errorf("%.200q", body)
	}
	if err := open().Drop(ctx, []string{"report"}); err != nil || len(s.Comments(7)) != 0 {
		t.Error(err)
	}
}

// Two runs that saw no comment make one each; one stays, the newer run's.
func TestTwins(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, order := range [][]string{{"10", "11"}, {"11", "10"}} {
		s, g := world(t)
		var threads []*comment.Thread
		for range order {
			thread, err := comment.Open(ctx, g, g, 7)
			if err != nil {
				t.Fatal(err)
			}
			threads = append(threads, thread)
		}
		for i, run := range order {
			_, err := threads[i].Say(ctx, comment.Saying{Key: "report", How: comment.Update, Stamp: comment.Stamp{Run: run, Attempt: 1}, Body: func(int) string { return "run " + run }})
			if err != nil {
				t.Fatal(err)
			}
		}
		if all := s.Comments(7); len(all) != 1 || !strings.HasSuffix(all[0].Body, "run 11") {
			t.Errorf("in the order %v: %+v", order, all)
		}
	}
}
