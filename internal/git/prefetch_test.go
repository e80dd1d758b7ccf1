package git_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// clone is a repository with one commit, and programs run in it.
type clone struct {
	t   *testing.T
	dir string
	env []string
}

func newClone(t *testing.T, files map[string]string) clone {
	t.Helper()
	dir := t.TempDir()
	c := clone{t: t, dir: dir, env: append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")}
	c.git("", "init", "-q", "-b", "main")
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.git("", "add", ".")
	c.git("", "commit", "-q", "--allow-empty", "-m", "one")
	return c
}

func (c clone) git(stdin string, args ...string) string {
	c.t.Helper()
	cmd := exec.CommandContext(context.Background(), "git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin = c.dir, c.env, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (c clone) open() (*git.Repo, string) {
	c.t.Helper()
	found, _, err := git.FindCommits(context.Background(), c.dir, c.env, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := git.Open(context.Background(), git.Options{Dir: c.t.TempDir(), Borrow: &found, Env: c.env, Now: time.Now})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = r.Close() })
	return r, found.Head
}

// Read ahead or not, loose or packed: the answers are the same, and what was tampered with is refused.
func TestPrefetch(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("0123456789", 200_000)
	c := newClone(t, map[string]string{"loose": "one", "large": large, "evil": "evil", "gone": "gone", "packed": "two"})
	id := func(name string) string { return c.git("", "rev-parse", "HEAD:"+name) }
	object := func(name string) string {
		return filepath.Join(c.dir, ".git", "objects", id(name)[:2], id(name)[2:])
	}
	ids := []string{id("loose"), id("large"), id("evil"), id("gone"), id("packed"), id("loose")}
	c.git(id("packed"), "pack-objects", "-q", ".git/objects/pack/pack")
	other, err := os.ReadFile(object("loose"))
	if err != nil {
		t.Fatal(err)
	}
	r, head := c.open()
	if err := errors.Join(os.Remove(object("packed")), os.Remove(object("gone")), os.Chmod(object("evil"), 0o600), os.WriteFile(object("evil"), other, 0o600)); err != nil {
		t.Fatal(err)
	}
	tree, err := r.Tree(context.Background(), head)
	if err != nil {
		t.Fatal(err)
	}
	ahead, ok := tree.(mlgate.Prefetcher)
	if !ok {
		t.Fatal("a tree of git reads nothing ahead")
	}
	if err := ahead.Prefetch(ids); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"loose": "one", "large": large, "packed": "two"} {
		if got, err := tree.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: %.20q, %v", name, got, err)
		}
	}
	if got, err := tree.ReadFile("evil"); err == nil {
		t.Errorf("an object with other content was read as %q", got)
	}
	if _, err := tree.ReadFile("gone"); !errors.Is(err, mlgate.ErrNotFound) {
		t.Errorf("an object that is gone: %v", err)
	}
	if err := ahead.Prefetch([]string{"HEAD\nHEAD"}); err == nil {
		t.Error("a name that is no id was asked for")
	}
}

// A few trees that hold each other many times stand for more folders than there is time.
func TestTreeBomb(t *testing.T) {
	t.Parallel()
	c := newClone(t, nil)
	entry := "040000 tree " + c.git("", "mktree") // not one file in all of it
	for range 8 {
		var b bytes.Buffer
		for i := range 10 {
			fmt.Fprintf(&b, "%s\tf%d\n", entry, i)
		}
		entry = "040000 tree " + c.git(b.String(), "mktree")
	}
	r, _ := c.open()
	tree, err := r.Tree(context.Background(), strings.TrimPrefix(entry, "040000 tree "))
	if err != nil {
		t.Fatal(err)
	}
	if files, err := tree.Files("."); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%d files were listed, %v", len(files), err)
	}
}

func TestFindCommits(t *testing.T) {
	t.Parallel()
	c := newClone(t, map[string]string{"f": "x"})
	c.git("", "tag", "-a", "v1", "-m", "v1")
	if err := os.Mkdir(filepath.Join(c.dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	found, ids, err := git.FindCommits(context.Background(), filepath.Join(c.dir, "sub"), c.env, []string{"HEAD", "v1", "main"})
	if err != nil || len(ids) != 3 || ids[0] != found.Head || ids[1] != found.Head || ids[2] != found.Head {
		t.Errorf("found %v, %v, want three times %s", ids, err, found.Head)
	}
	if top, err := filepath.EvalSymlinks(c.dir); err != nil || found.Dir != top {
		t.Errorf("the top is %q, want %q", found.Dir, top)
	}
	for _, rev := range []string{"none", "", "-h", "--all", "^HEAD", "HEAD..main", "HEAD...main", "HEAD^@", "HEAD:f", "main\nHEAD", "f", ":/one\x1b"} {
		_, ids, err := git.FindCommits(context.Background(), c.dir, c.env, []string{"HEAD", rev})
		var mistake *mlgate.Mistake
		if !errors.As(err, &mistake) {
			t.Errorf("%q: %v, %v; want a Mistake", rev, ids, err)
		}
	}
}
