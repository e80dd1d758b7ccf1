package worktree_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/worktree"
)

func open(t *testing.T, files map[string]string) (*worktree.Folder, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := worktree.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, dir
}

// Blob ids as `git hash-object` prints them.
const (
	helloSHA1   = "ce013625030ba8dba906f756967f9e9ca394464a"
	helloSHA256 = "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4"
)

func TestClean(t *testing.T) {
	t.Parallel()
	f, dir := open(t, map[string]string{"a.txt": "hello\n", "b.txt": "other\n"})
	if err := os.Symlink("a.txt", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name  string
		file  mlgate.TreeFile
		dirty bool
	}{
		{"same", mlgate.TreeFile{Path: "a.txt", Mode: "100644", ID: helloSHA1}, false},
		{"same, sha256 repository", mlgate.TreeFile{Path: "a.txt", Mode: "100644", ID: helloSHA256}, false},
		{"changed", mlgate.TreeFile{Path: "b.txt", Mode: "100644", ID: helloSHA1}, true},
		{"gone", mlgate.TreeFile{Path: "c.txt", Mode: "100644", ID: helloSHA1}, true},
		{"link instead of a file", mlgate.TreeFile{Path: "a.txt", Mode: "120000", ID: helloSHA1}, true},
		{"submodule", mlgate.TreeFile{Path: "sub", Mode: "160000", ID: helloSHA1}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := f.Clean(context.Background(), []mlgate.TreeFile{c.file})
			var mistake *mlgate.Mistake
			if got := errors.As(err, &mistake); got != c.dirty {
				t.Fatalf("dirty = %v (%v), want %v", got, err, c.dirty)
			}
			if c.dirty && !strings.Contains(err.Error(), c.file.Path) {
				t.Errorf("the error does not name the file: %v", err)
			}
		})
	}
}

func TestNothingOutsideIsTouched(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("keep me"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, dir := open(t, nil)
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(dir, "build")); err != nil {
		t.Fatal(err)
	}
	const why = "is a link that leads out of the work tree"
	if b, err := f.Read("build/secret", 100); err == nil || !strings.Contains(err.Error(), `"build" `+why) {
		t.Errorf("read %q through a link that leads out, or it is not told: %v", b, err)
	}
	for name, said := range map[string]string{"build": "it " + why, "build/secret": `"build" ` + why} {
		if files, err := f.Digests(context.Background(), []string{name}); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("hashed %v through a link that leads out, or it is not told: %v", files, err)
		}
	}
	_ = f.Remove([]string{"build/secret", "build"})
	if _, err := os.Stat(outside); err != nil {
		t.Errorf("the file outside is gone: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	f, dir := open(t, map[string]string{"big": strings.Repeat("x", 11), "folder/f": ""})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"big": "11 bytes", "folder": "folder", "pipe": "named pipe", "none": "not found"} {
		if _, err := f.Read(name, 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("reading %s: %v, want an error with %q", name, err, want)
		}
	}
}

func TestDigests(t *testing.T) {
	t.Parallel()
	f, _ := open(t, map[string]string{"build/b": "hello\n", "build/a": "", "other": "x"})
	got, err := f.Digests(context.Background(), []string{"build", "build/b", "absent"})
	if err != nil {
		t.Fatal(err)
	}
	want := []mlgate.File{
		{Path: "build/a", SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{Path: "build/b", SHA256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", Size: 6},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
