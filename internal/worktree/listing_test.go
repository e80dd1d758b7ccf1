package worktree_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/worktree"
)

// hostile is a folder with links that lead out and in, a pipe, and a folder to be skipped.
func hostile(t *testing.T) *worktree.Folder {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "work")
	for name, text := range map[string]string{"secret": "s", "work/a/m.json": "1", "work/m.json": "22", "work/skip/m.json": "3"} {
		full := filepath.Join(top, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	err := errors.Join(os.Symlink("../secret", filepath.Join(dir, "out")), os.Symlink("m.json", filepath.Join(dir, "in")), os.Symlink("a", filepath.Join(dir, "linked")), syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	f, err := worktree.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestListing(t *testing.T) {
	t.Parallel()
	f := hostile(t)
	list := func(limit int) (string, bool) {
		files, whole, err := f.Listing(context.Background(), limit, func(dir string) bool { return dir == "skip" })
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range files {
			names = append(names, e.Path+" "+e.Mode)
		}
		return strings.Join(names, ", "), whole
	}
	if got, whole := list(100); got != "a/m.json 100644, in 120000, linked 120000, m.json 100644, out 120000" || !whole {
		t.Errorf("listed %s, whole %v", got, whole)
	}
	if got, whole := list(3); strings.Contains(got, "a/m.json") || whole {
		t.Errorf("with a limit of 3 listed %s, whole %v", got, whole)
	}
}

func TestReadPlainFollowsNothing(t *testing.T) {
	t.Parallel()
	f := hostile(t)
	if data, err := f.ReadPlain("a/m.json", 10); err != nil || string(data) != "1" {
		t.Errorf("a/m.json: %q, %v", data, err)
	}
	for name, why := range map[string]string{"out": "symlink", "in": "symlink", "linked/m.json": "symlink", "pipe": "named pipe", "a": "folder", "../secret": "escapes", "m.json/x": "not found"} {
		data, err := f.ReadPlain(name, 10)
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %q, %v; want an error with %q", name, data, err, why)
		}
	}
	if _, err := f.ReadPlain("m.json", 1); !errors.Is(err, mlgate.ErrTooLarge) {
		t.Errorf("over the limit: %v", err)
	}
	var there []string
	for _, name := range []string{"a/m.json", "in", "linked/m.json", "none", "../secret", "a", "skip/m.json"} {
		if _, ok := f.Entry(name); ok {
			there = append(there, name)
		}
	}
	if !slices.Equal(there, []string{"a/m.json", "in", "skip/m.json"}) {
		t.Errorf("Entry found %q", there)
	}
}
