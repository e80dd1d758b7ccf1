package attack

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/cli"
	"github.com/mlgate/mlgate/test/fakegithub"
)

// stage is a repository with a model in service, and a fork's pull request that makes it worse.
type stage struct {
	root   string // of origin.git
	head   string
	bundle []byte
}

var surroundings = []string{
	"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada",
	"GIT_COMMITTER_EMAIL=ada@example.com", "LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH"),
}

// play runs mlgate within this process; said is what it wrote on both streams.
func play(dir string, env []string, args ...string) (code int, said string) {
	var out bytes.Buffer
	w := cli.World{Dir: dir, Environ: append(slices.Clone(env), "HOME="+dir), Stdout: &out, Stderr: &out, Now: time.Now, Executable: os.Executable, Version: "dev"}
	return cli.Main(context.Background(), w, args), out.String()
}

func newStage(t *testing.T) stage {
	t.Helper()
	s := stage{root: t.TempDir()}
	work := filepath.Join(s.root, "work")
	if err := os.CopyFS(work, os.DirFS(filepath.Join("..", "..", "internal", "demo", "files"))); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) string {
		c := exec.Command("git", args...)
		c.Dir, c.Env = work, append(slices.Clone(surroundings), "HOME="+s.root)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	mlgate := func(args ...string) {
		if code, said := play(work, surroundings, args...); code != 0 {
			t.Fatalf("mlgate %s: %d\n%s", args, code, said)
		}
	}
	bundle := filepath.Join(s.root, "bundle")
	git("init", "-q", "--bare", "-b", "main", "../origin.git")
	git("init", "-q", "-b", "main")
	git("remote", "add", "origin", "../origin.git")
	git("add", ".")
	git("commit", "-qm", "A model")
	git("push", "-q", "-u", "origin", "main")
	mlgate("run", "--out", bundle)
	mlgate("promote", "--bundle", bundle)
	git("clean", "-fdxq")
	git("checkout", "-q", "-b", "worse")
	if err := os.WriteFile(filepath.Join(work, "params.yaml"), []byte("features: 1 2\nepochs: 60\nlearning_rate: 0.01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("commit", "-qam", "worse")
	git("push", "-q", "origin", "HEAD:refs/pull/7/head")
	mlgate("run", "--out", bundle)
	var err error
	if s.bundle, err = os.ReadFile(bundle); err != nil {
		t.Fatal(err)
	}
	s.head = git("rev-parse", "HEAD")
	return s
}

// delivery is as it should be.
func (s stage) delivery(t *testing.T) *delivery {
	t.Helper()
	p, err := open(s.bundle)
	if err != nil {
		t.Fatal(err)
	}
	h := fakegithub.NewHandover("acme/model", fakegithub.Head{Number: 7, Commit: s.head, Branch: "worse", Base: "main", Owner: "mallory"}, nil)
	return &delivery{event: map[string]any{"id": fakegithub.RunID, "run_attempt": 1}, says: h, parcel: p, bundle: s.bundle}
}

// judge lets the judge work on a delivery.
func (s stage) judge(t *testing.T, d *delivery) (code int, said string, comments []fakegithub.Comment) {
	t.Helper()
	hub, err := fakegithub.Start(fakegithub.Options{Root: s.root, Repo: "acme/model", Git: "origin.git", Token: "secret-token"})
	if err != nil {
		t.Fatal(err)
	}
	defer hub.Close()
	if err := d.seal(); err != nil {
		t.Fatal(err)
	}
	hub.HandOver(d.says)
	event, err := json.Marshal(map[string]any{"action": "completed", "workflow_run": d.event, "repository": d.says.Home})
	if err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	dir, file := filepath.Join(outside, "a", "b"), filepath.Join(outside, "event.json")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, event, 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(slices.Clone(surroundings), "GITHUB_ACTIONS=true", "GITHUB_ACTOR=ada", "GITHUB_TOKEN=secret-token", "GITHUB_API_URL="+hub.URL,
		"GITHUB_SERVER_URL="+hub.URL, "GITHUB_REPOSITORY=acme/model", "GITHUB_EVENT_NAME=workflow_run", "GITHUB_EVENT_PATH="+file, "GITHUB_SHA="+s.head,
		"GITHUB_RUN_ID=600", "GITHUB_RUN_ATTEMPT=1", "GITHUB_REPOSITORY_ID=1296269")
	code, said = play(dir, append(env, d.env...), append([]string{"judge"}, d.args...)...)
	if left, err := filepath.Glob(filepath.Join(outside, "*", "*", "*")); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	if left, err := filepath.Glob(filepath.Join(outside, "*")); err != nil || len(left) != 2 {
		t.Errorf("it left %v, %v", left, err)
	}
	if hub.Leaked() {
		t.Error("the token went to where archives are")
	}
	return code, said, hub.Comments(7)
}

// Whatever is delivered, the change does not pass, nothing breaks, nothing is written but words on its own
// pull request, and those are ours.
func TestHostileDeliveries(t *testing.T) {
	t.Parallel()
	if len(deliveries) < 60 {
		t.Fatalf("only %d deliveries", len(deliveries))
	}
	s := newStage(t)
	s.refuse(t, deliveries, s.delivery)
}

// refuse lets the judge work on deliveries that are not as they should be.
func (s stage) refuse(t *testing.T, all map[string]func(*delivery), honest func(*testing.T) *delivery) {
	t.Helper()
	before := s.refs(t)
	t.Run("all", func(t *testing.T) {
		for name, do := range all {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := honest(t)
				do(d)
				code, said, comments := s.judge(t, d)
				if code < 1 || code > 4 {
					t.Errorf("exit code %d", code)
				}
				if strings.Contains(said, "panic") || strings.Contains(said, "goroutine") || strings.ContainsAny(said, "\x1b\x07") {
					t.Error("it broke, or let something through")
				}
				if len(comments) > 1 {
					t.Errorf("%d comments", len(comments))
				}
				for _, c := range comments {
					if strings.Count(c.Body, "<!-- mlgate") != 1 || !strings.Contains(c.Body, "run=600.1") || strings.Contains(c.Body, "iris: passed\n") {
						t.Errorf("a forged comment: %s", c.Body)
					}
				}
				if t.Failed() {
					t.Log(said)
				}
			})
		}
	})
	if after := s.refs(t); after != before {
		t.Errorf("something was written:\n%s\nbefore:\n%s", after, before)
	}
}

// Control: untouched, the delivery is judged and told, and its numbers are what blocks it.
func TestHonestDelivery(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	code, said, comments := s.judge(t, s.delivery(t))
	if code != 1 || len(comments) != 1 || !strings.Contains(comments[0].Body, "blocked by accuracy") {
		t.Fatalf("%d, %v\n%s", code, comments, said)
	}
	d := s.delivery(t)
	also("lift", "")(d) // numbers are claims of whoever ran the steps
	if code, said, _ = s.judge(t, d); code != 1 && code != 0 {
		t.Errorf("%d\n%s", code, said)
	}
}

func (s stage) refs(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("git", "--git-dir", filepath.Join(s.root, "origin.git"), "for-each-ref").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
