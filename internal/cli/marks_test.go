package cli

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/test/fakegithub"
)

// What runs is told once at each tick, by the check run.
func TestPulse(t *testing.T) {
	t.Parallel()
	s, err := fakegithub.Start(fakegithub.Options{Repo: "acme/model", Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	start := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	now := start
	a := &app{World: World{
		Environ: []string{"GITHUB_TOKEN=t", "GITHUB_API_URL=" + s.URL}, Stderr: io.Discard, HTTP: http.DefaultClient,
		Now: func() time.Time { return now }, Sleep: func(context.Context, time.Duration) error { return nil },
	}}
	ctx := context.Background()
	commit := strings.Repeat("c", 40)
	a.mark(ctx, mlgate.Change{Head: commit, Repo: "acme/model"})
	a.marks.begin(ctx, "churn")
	a.marks.step("train", start)
	a.marks.step("lint", start.Add(time.Minute))
	now = start.Add(3*time.Minute + 20*time.Second)
	ticks, done := make(chan time.Time), make(chan struct{})
	short, cancel := context.WithCancel(ctx)
	go func() { defer close(done); a.marks.pulse(short, ticks) }()
	before := len(s.Requests())
	ticks <- now
	ticks <- now // taken only after the first was told
	cancel()
	<-done
	if n := len(s.Requests()) - before; n < 1 || n > 2 {
		t.Errorf("%d requests for two ticks", n)
	}
	if runs := s.Checks(commit); len(runs) != 1 || len(runs[0].Changes) < 2 || runs[0].Changes[1] != "lint: 2 min, train: 3 min" {
		t.Errorf("check runs: %+v", runs)
	}
}

// Where no check run may be made, what runs stands on top of the comment that is kept up to date, until
// the report takes its place; other comments are left alone.
func TestPulseOnTop(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		how         string
		split       bool
		said, after string // before the run, and after a tick
	}{
		{comment.Update, false, "", "⏳ churn: train: 3 min\n\n"},
		{comment.Update, true, "", "⏳ churn: train: 3 min\n\n"},
		{comment.OnChange, false, "the last report", "⏳ churn: train: 3 min\n\nthe last report"},
		{comment.OnChange, false, "", ""},
		{comment.New, false, "the last report", "the last report"},
		{comment.None, false, "", ""},
	} {
		s, err := fakegithub.Start(fakegithub.Options{Repo: "acme/model", Token: "t", Rights: map[string]string{"statuses": "write", "pull_requests": "write"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		start := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		a := &app{World: World{
			Environ: []string{"GITHUB_TOKEN=t", "GITHUB_API_URL=" + s.URL}, Stderr: io.Discard, HTTP: http.DefaultClient,
			Now: func() time.Time { return start.Add(3 * time.Minute) }, Sleep: func(context.Context, time.Duration) error { return nil },
		}}
		ctx := context.Background()
		change := mlgate.Change{Event: mlgate.PullRequest, Number: 7, Head: strings.Repeat("c", 40), Repo: "acme/model", Run: mlgate.CIRun{ID: "5", Attempt: 1}}
		key := reportKey
		if c.split {
			key = modelKey("churn")
		}
		if c.said != "" {
			s.Add(7, "github-actions[bot]", "<!-- mlgate key="+key+" run=4.1 -->\n"+c.said)
		}
		a.mark(ctx, change)
		a.marks.begin(ctx, "churn")
		a.marks.onTop(change, "churn", c.how, c.split)
		a.marks.step("train", start)
		ticks, done := make(chan time.Time), make(chan struct{})
		short, cancel := context.WithCancel(ctx)
		go func() { defer close(done); a.marks.pulse(short, ticks) }()
		ticks <- start
		select {
		case ticks <- start: // taken only after the first was told
		case <-done: // there is nowhere to tell it
		}
		cancel()
		<-done
		got := ""
		for _, k := range s.Comments(7) {
			_, got, _ = strings.Cut(k.Body, "-->\n")
			got = strings.ReplaceAll(got, "<!-- mlgate note -->", "")
			if !strings.Contains(k.Body, "key="+key+" ") {
				t.Errorf("%+v: %q", c, k.Body)
			}
		}
		if len(s.Comments(7)) > 1 || got != c.after {
			t.Errorf("%+v: %q", c, got)
		}
		tell := teller{app: a}
		if c.how != comment.None {
			if why := tell.post(ctx, change, speech{sayings: []comment.Saying{{Key: key, How: c.how, Stamp: a.stamp(change), Body: func(int) string { return "the report" }}}}); why != "" {
				t.Error(why)
			}
			if all := s.Comments(7); !strings.HasSuffix(all[len(all)-1].Body, "-->\nthe report") {
				t.Errorf("%+v: %+v", c, all)
			}
		}
	}
}

// A run that is killed leaves its progress on top of the comment; what runs after it says so there, once, and
// leaves alone what the report took the place of.
func TestPulseOnTopKilled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, said string
		reported   bool // the run came to its end
		want       string
	}{
		{"nothing before", "", false, noteOf("**No verdict**: the run was killed before there was a verdict; run it again.")},
		{"a report before", "the last report", false, noteOf("**No verdict**: the run was killed before there was a verdict; run it again.") + "the last report"},
		{"a report after", "the last report", true, "the report"},
	} {
		s, err := fakegithub.Start(fakegithub.Options{Repo: "acme/model", Token: "t", Rights: map[string]string{"pull_requests": "write"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		start, state := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), filepath.Join(t.TempDir(), "state")
		world := World{
			Environ: []string{"GITHUB_TOKEN=t", "GITHUB_API_URL=" + s.URL, "GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=acme/model", "GITHUB_STATE=" + state}, Stderr: io.Discard, HTTP: http.DefaultClient,
			Now: func() time.Time { return start.Add(3 * time.Minute) }, Sleep: func(context.Context, time.Duration) error { return nil },
		}
		a, ctx := &app{World: world}, t.Context()
		change := mlgate.Change{Event: mlgate.PullRequest, Number: 7, Head: strings.Repeat("c", 40), Repo: "acme/model", Run: mlgate.CIRun{ID: "5", Attempt: 1}}
		if c.said != "" {
			s.Add(7, "github-actions[bot]", "<!-- mlgate key=report run=4.1 -->\n"+c.said)
		}
		a.mark(ctx, change)
		a.marks.begin(ctx, "churn")
		a.marks.onTop(change, "churn", comment.Update, false)
		a.marks.step("train", start)
		ticks, done := make(chan time.Time), make(chan struct{})
		short, cancel := context.WithCancel(ctx)
		go func() { defer close(done); a.marks.pulse(short, ticks) }()
		ticks <- start
		ticks <- start // taken only after the first was told
		cancel()
		<-done
		if c.reported {
			if why := (teller{app: a}).post(ctx, change, speech{sayings: []comment.Saying{{Key: reportKey, How: comment.Update, Stamp: a.stamp(change), Body: func(int) string { return "the report" }}}}); why != "" {
				t.Error(why)
			}
		}
		for range 2 {
			after := &app{World: world}
			after.Environ = append(after.Environ[:len(after.Environ):len(after.Environ)], "STATE_mlgate="+lastState(t, state))
			if err := after.post(ctx); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			all := s.Comments(7)
			if _, got, _ := strings.Cut(all[0].Body, "-->\n"); len(all) != 1 || got != c.want {
				t.Errorf("%s: %d comments, the first is %q", c.name, len(all), got)
			}
		}
	}
}

func noteOf(line string) string { return "<!-- mlgate note -->" + line + "\n\n" }

// lastState is what the runner hands on: the newest value of the file.
func lastState(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for line := range strings.SplitSeq(string(data), "\n") {
		if strings.HasPrefix(line, "{") {
			last = line
		}
	}
	return last
}

// Each model that asks for it has a comment of its own, and each is told as it asks.
func TestSpeech(t *testing.T) {
	t.Parallel()
	out := func(model, how string, split bool) mlgate.Outcome {
		return mlgate.Outcome{Model: model, Path: model + "/mlops.yaml", Comment: how, Split: split, Verdict: mlgate.Verdict{Word: mlgate.Passed, Status: mlgate.Pass}}
	}
	for _, c := range []struct {
		name string
		how  string
		outs []mlgate.Outcome
		want string // behaviour and models of each comment
		drop int
	}{
		{"together", "", []mlgate.Outcome{out("a", "update", false), out("b", "none", false)}, "update a b", 0},
		{"apart", "", []mlgate.Outcome{out("a", "update", true), out("b", "new", true)}, "update a; new b", 1},
		{"some apart", "", []mlgate.Outcome{out("a", "update", true), out("b", "on-change", false)}, "update a; on-change b", 0},
		{"none", "", []mlgate.Outcome{out("a", "none", false), out("b", "none", true)}, "", 0},
		{"as the action says", "new", []mlgate.Outcome{out("a", "none", false)}, "new a", 0},
		{"never", "none", []mlgate.Outcome{out("a", "update", false)}, "", 0},
	} {
		s := speechOf(c.outs, c.how, comment.Stamp{Run: "1"})
		var got []string
		keys := map[string]bool{}
		for _, say := range s.sayings {
			words := []string{say.How}
			body := say.Body(10000)
			for _, model := range []string{"a", "b"} {
				if strings.Contains(body, " "+model+": passed") {
					words = append(words, model)
				}
			}
			got = append(got, strings.Join(words, " "))
			keys[say.Key] = true
		}
		if strings.Join(got, "; ") != c.want || len(s.drop) != c.drop || len(keys) != len(got) {
			t.Errorf("%s: %q, drops %q; want %q", c.name, got, s.drop, c.want)
		}
	}
}
