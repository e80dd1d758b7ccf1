package worktree_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func restore(t *testing.T, f mlgate.Restorer, files ...mlgate.TreeFile) []string {
	t.Helper()
	got, err := f.Restore(context.Background(), files, func(string) ([]byte, error) { return []byte("hello\n"), nil })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRestore(t *testing.T) {
	t.Parallel()
	f, dir := open(t, map[string]string{"same": "hello\n", "changed": "x", "folder/in/the/way": "x", "file": "x"})
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600), os.Symlink("/dev/full", filepath.Join(dir, "link")))
	var files []mlgate.TreeFile
	for _, name := range []string{"same", "changed", "gone", "folder/in", "file/below", "pipe", "link"} {
		files = append(files, mlgate.TreeFile{Path: name, Mode: "100755", ID: helloSHA1})
	}
	got := restore(t, f, append(files, mlgate.TreeFile{Path: "sub", Mode: "160000", ID: helloSHA1})...)
	if want := []string{"changed", "gone", "folder/in", "file/below", "pipe", "link"}; !slices.Equal(got, want) {
		t.Errorf("restored %v, want %v", got, want)
	}
	if err := f.Clean(context.Background(), files); err != nil {
		t.Error(err)
	}
	if info, err := os.Lstat(filepath.Join(dir, "link")); err != nil || info.Mode().Perm()&0o100 == 0 || !info.Mode().IsRegular() {
		t.Errorf("link is %v, %v", info.Mode(), err)
	}
}

// A symlink on the way, out of the folder or within, is replaced and never written through.
func TestRestoreFollowsNoLink(t *testing.T) {
	t.Parallel()
	f, dir := open(t, map[string]string{".git/hooks/sample": ""})
	outside := t.TempDir()
	must(t, os.Symlink(outside, filepath.Join(dir, "out")), os.Symlink(".git/hooks", filepath.Join(dir, "in")))
	restore(t, f, mlgate.TreeFile{Path: "out/post-checkout", Mode: "100755", ID: helloSHA1}, mlgate.TreeFile{Path: "in/post-checkout", Mode: "100755", ID: helloSHA1})
	for _, bad := range []string{filepath.Join(outside, "post-checkout"), filepath.Join(dir, ".git/hooks/post-checkout")} {
		if _, err := os.Lstat(bad); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was written: %v", bad, err)
		}
	}
	for _, good := range []string{"out/post-checkout", "in/post-checkout"} {
		if data, err := f.Read(good, 100); err != nil || string(data) != "hello\n" {
			t.Errorf("%s: %q, %v", good, data, err)
		}
	}
	if _, err := f.Restore(context.Background(), []mlgate.TreeFile{{Path: "../evil", Mode: "100644", ID: helloSHA1}}, func(string) ([]byte, error) { return nil, nil }); err == nil {
		t.Error("a path that leads out was taken")
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// What is lent takes new files and keeps the old; taken back it is as before.
func TestLend(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("lending to another user needs root")
	}
	f, dir := open(t, map[string]string{"build/old": "x", ".git/hooks/sample": ""})
	must(t, os.Symlink(".git/hooks", filepath.Join(dir, "link")))
	before, err := os.Stat(filepath.Join(dir, "build"))
	must(t, err)
	back, err := f.Lend([]string{"build/model", "new/deep/file", "top"}, 1234, 1235, false)
	must(t, err)
	for name, want := range map[string]fs.FileMode{".": fs.ModeSticky | 0o030, "build": fs.ModeSticky | 0o030} {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if stat := info.Sys().(*syscall.Stat_t); info.Mode()&want != want || stat.Uid != 0 || stat.Gid != 1235 {
			t.Errorf("%s is %v of %d:%d", name, info.Mode(), stat.Uid, stat.Gid)
		}
	}
	made, err := os.Stat(filepath.Join(dir, "new", "deep"))
	must(t, err)
	if stat := made.Sys().(*syscall.Stat_t); stat.Uid != 1234 {
		t.Errorf("new/deep is of %d", stat.Uid)
	}
	must(t, back())
	after, err := os.Stat(filepath.Join(dir, "build"))
	must(t, err)
	if after.Mode() != before.Mode() || after.Sys().(*syscall.Stat_t).Gid != before.Sys().(*syscall.Stat_t).Gid {
		t.Errorf("build was %v and is %v", before.Mode(), after.Mode())
	}
	for _, bad := range []string{"link/hook", ".git/hooks/hook", "../out/file"} {
		back, err := f.Lend([]string{bad}, 1234, 1235, false)
		if err == nil {
			t.Errorf("%s was lent", bad)
		}
		must(t, back())
	}
}
