package executor_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/executor"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func run(t *testing.T, ctx context.Context, script string, timeout time.Duration) (mlgate.StepRun, string) {
	t.Helper()
	var log bytes.Buffer
	got, err := executor.Local{Now: time.Now}.Run(ctx, mlgate.Task{Name: "s", Run: script, Dir: t.TempDir(), Env: []string{"PATH=" + os.Getenv("PATH")}, Timeout: timeout}, &log)
	if err != nil {
		t.Fatal(err)
	}
	return got, log.String()
}

func TestRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script string
		timeout      time.Duration
		exit         int
		why          string
	}{
		{"good", "echo hello", 0, 0, ""},
		{"fails", "exit 7", 0, 7, ""},
		{"hangs", "sleep 1000", 50 * time.Millisecond, -1, "timed out after 50ms"},
		{"ignores SIGTERM", "trap '' TERM; sleep 1000; sleep 1000", 50 * time.Millisecond, -1, "timed out after 50ms"},
		{"kills itself", "kill -9 $$", 0, -1, "killed by signal 9 (killed)"},
		{"asks", "read x", 0, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, _ := run(t, context.Background(), c.script, c.timeout)
			if got.Exit != c.exit || got.Why != c.why {
				t.Errorf("got %+v, want exit %d, %q", got, c.exit, c.why)
			}
		})
	}
}

// A process that the step leaves behind is gone when Run returns.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	pid := filepath.Join(t.TempDir(), "pid")
	run(t, context.Background(), "sleep 1000 >/dev/null 2>&1 & echo $! >"+pid, 0)
	data, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile(filepath.Join("/proc", strings.TrimSpace(string(data)), "stat"))
	if err == nil && !strings.Contains(string(stat), ") Z ") {
		t.Errorf("process %s still runs: %s", data, stat)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = os.ReadFile(fifo) // until the step has started
		cancel()
	}()
	if got, _ := run(t, ctx, "echo started >"+fifo+"; sleep 1000", 0); got.Why != "cancelled" {
		t.Errorf("got %+v", got)
	}
}

func TestEnviron(t *testing.T) {
	t.Parallel()
	got := executor.Environ([]string{"PATH=/bin", "GITHUB_TOKEN=x", "AWS_PROFILE=p", "SECRET=s", "LC_ALL=C", "ACTIONS_RUNTIME_TOKEN=x"},
		[]string{"AWS_PROFILE", "GITHUB_TOKEN"}, []mlgate.EnvVar{{Name: "SEED", Value: "1"}, {Name: "LC_ALL", Value: "de"}})
	if want := []string{"AWS_PROFILE=p", "LC_ALL=de", "PATH=/bin", "SEED=1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	got := executor.Secrets([]string{"API_KEY=0123456789", "SHORT_KEY=abc", "URL=https://u:password1@host", "PLAIN=0123456789x"})
	if want := []string{"0123456789", "password1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
