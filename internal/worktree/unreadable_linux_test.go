package worktree_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// nobody opens files as a user without rights for the rest of the test, also where the test runs as root.
func nobody(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread() // whose user it is
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setfsuid(0); err != nil {
			t.Fatal(err)
		}
		runtime.UnlockOSThread()
	})
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	f, dir := open(t, map[string]string{"metrics.json": `{"f1": 0.9}`})
	for path, mode := range map[string]os.FileMode{dir: 0o755, filepath.Join(dir, "metrics.json"): 0} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	nobody(t)
	_, err := f.Read("metrics.json", 100)
	if err == nil || !strings.Contains(err.Error(), `opening "metrics.json": this user may not read it (its mode is ----------)`) {
		t.Errorf("reading: %v", err)
	}
	if _, err := f.Digests(context.Background(), []string{"metrics.json"}); err == nil || !strings.Contains(err.Error(), "may not read it") {
		t.Errorf("hashing: %v", err)
	}
}
