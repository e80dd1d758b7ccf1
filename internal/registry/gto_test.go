package registry_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
	"github.com/mlgate/mlgate/internal/registry"
)

// gto is the real one (PyPI), pinned in test/venv/gto.txt. In CI it must be there.
func gto(t *testing.T) string {
	t.Helper()
	name, err := filepath.Abs(filepath.Join("..", "..", ".cache", "venv", "gto", "bin", "gto"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI has no gto: run `make venv`: %v", err)
		}
		t.Skip("gto is not installed: make venv")
	}
	return name
}

// repo is a clone with three commits, and a registry on its remote.
type repo struct {
	t       *testing.T
	dir     string
	env     []string
	commits []string
	clock   time.Time
	git     *git.Repo
	mlgate.Registry
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	dir := t.TempDir()
	r := &repo{t: t, dir: filepath.Join(dir, "clone"), clock: time.Now().UTC().Truncate(time.Second), env: append(os.Environ(),
		"HOME="+dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=a@example.com")}
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	origin := filepath.Join(dir, "origin.git")
	r.run("git", "init", "-q", "--bare", "-b", "main", origin)
	r.run("git", "init", "-q", "-b", "main")
	r.run("git", "remote", "add", "origin", origin)
	for _, text := range []string{"one", "two", "three"} {
		r.run("git", "commit", "-q", "--allow-empty", "-m", text)
		r.commits = append(r.commits, strings.TrimSpace(r.run("git", "rev-parse", "HEAD")))
	}
	r.run("git", "push", "-q", "-u", "origin", "main")
	r.open(origin)
	return r
}

func (r *repo) open(origin string) {
	r.t.Helper()
	var err error
	now := func() time.Time { return r.clock }
	r.git, err = git.Open(context.Background(), git.Options{Dir: r.t.TempDir(), Remote: origin, Env: r.env, Now: now, Name: "Ada", Email: "a@example.com"})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = r.git.Close() })
	if r.Registry, err = registry.Open("git", r.git, now); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) run(name string, args ...string) string {
	r.t.Helper()
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir, cmd.Env = r.dir, r.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (r *repo) list() []mlgate.Entry {
	r.t.Helper()
	entries, err := r.List(context.Background(), "iris")
	if err != nil {
		r.t.Fatal(err)
	}
	return entries
}

// assign brings a commit to a stage as flow would, all within one second of the clock.
func (r *repo) assign(commit int, stage string) {
	r.t.Helper()
	entries := r.list()
	m := mlgate.Move{ID: "0123456789abcdef", Model: "iris", Stage: stage, Commit: r.commits[commit], At: r.clock}
	if err := r.git.Fetch(context.Background(), m.Commit); err != nil {
		r.t.Fatal(err)
	}
	m.Version, m.Register = promotion.NextVersion(entries, ""), true
	for _, v := range promotion.Versions(entries) {
		if v.Commit == m.Commit {
			m.Version, m.Register = v.Version, false
		}
	}
	for _, e := range entries {
		if e.Stage == stage {
			m.Revision = e.Revision
		}
	}
	if err := r.Assign(context.Background(), m, "", nil); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) current(stage string) string {
	e, _ := promotion.Current(r.list(), stage)
	return e.Version
}

// shown asks gto which version is in each stage.
func (r *repo) shown(program string) map[string]string {
	r.t.Helper()
	r.run("git", "fetch", "-q", "--tags", "--force", "origin")
	out := map[string]string{}
	for _, stage := range []string{"staging", "production"} {
		text := strings.TrimSpace(r.run(program, "show", "iris#"+stage, "--version"))
		out[stage] = text
	}
	return out
}

// What we promote, gto shows, also when all tags are made within one second.
func TestGTOReadsOurs(t *testing.T) {
	t.Parallel()
	program := gto(t)
	r := newRepo(t)
	r.assign(0, "staging")
	r.assign(0, "production")
	r.assign(1, "staging")
	r.assign(1, "production")
	r.assign(2, "staging")
	r.assign(0, "production") // a rollback
	want := map[string]string{"staging": "v0.3.0", "production": "v0.1.0"}
	for stage, version := range want {
		if got := r.current(stage); got != version {
			t.Errorf("we say %s is %q, want %q", stage, got, version)
		}
		if got := r.shown(program)[stage]; got != version {
			t.Errorf("gto says %s is %q, want %q", stage, got, version)
		}
	}
	history := r.run(program, "history", "iris")
	for _, e := range r.list() {
		if !strings.Contains(history, e.Version) {
			t.Errorf("gto's history has no %s:\n%s", e.Version, history)
		}
	}
	if n := strings.Count(history, "assignment"); n != 6 {
		t.Errorf("gto's history has %d assignments, want 6:\n%s", n, history)
	}
}

// A registry that gto made is read: registrations, assignments, and what was taken back.
func TestWeReadGTOs(t *testing.T) {
	t.Parallel()
	program := gto(t)
	r := newRepo(t)
	r.run(program, "register", "iris", r.commits[0], "--version", "v1.0.0")
	r.run(program, "register", "iris", r.commits[1], "--version", "v1.1.0")
	r.run(program, "assign", "iris", "--version", "v1.0.0", "--stage", "staging")
	r.run(program, "assign", "iris", "--version", "v1.1.0", "--stage", "production")
	r.run("git", "push", "-q", "--tags", "origin")
	for stage, version := range map[string]string{"staging": "v1.0.0", "production": "v1.1.0"} {
		if got := r.current(stage); got != version {
			t.Errorf("%s is %q, want %q", stage, got, version)
		}
	}
	if got := promotion.NextVersion(r.list(), ""); got != "v1.2.0" {
		t.Errorf("the next version is %s, want v1.2.0", got)
	}
	r.run(program, "assign", "iris", "--version", "v1.1.0", "--stage", "staging")
	r.run("git", "push", "-q", "--tags", "origin")
	if got := r.current("staging"); got != "v1.1.0" {
		t.Errorf("staging is %q, want v1.1.0", got)
	}
	r.run(program, "deprecate", "iris", "v1.1.0", "staging")
	r.run("git", "push", "-q", "--tags", "origin")
	if got, want := r.current("staging"), r.shown(program)["staging"]; got != want {
		t.Errorf("after taking the assignment back staging is %q, gto says %q", got, want)
	}
	r.run(program, "deprecate", "iris", "v1.0.0")
	r.run("git", "push", "-q", "--tags", "origin")
	for _, v := range promotion.Versions(r.list()) {
		if v.Version == "v1.0.0" {
			t.Error("v1.0.0 was taken back and is still registered")
		}
	}
}

// A stage that moved since the decision is a conflict, and a taken name is one too.
func TestCompareAndSet(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.assign(0, "staging")
	m := mlgate.Move{Model: "iris", Stage: "staging", Version: "v0.1.0", Commit: r.commits[0], At: r.clock}
	if err := r.Assign(context.Background(), m, "", nil); err == nil || !strings.Contains(err.Error(), "changed by somebody else") {
		t.Errorf("moving on an old revision: %v, want a conflict", err)
	}
}
