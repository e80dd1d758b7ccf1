package executor_test

import (
	"bytes"
	"context"
	"fmt"
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

// TestMain makes this test's program a supervisor where it is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == executor.SuperviseArg {
		if err := executor.Supervise(context.Background(), os.Stdin, os.NewFile(3, "report")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// both runs a test with a supervisor where there can be one, and with the process group alone.
func both(t *testing.T, f func(t *testing.T, l executor.Local)) {
	for name, supervised := range map[string]bool{"supervised": true, "group": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, executor.Local{Now: time.Now, Supervised: supervised})
		})
	}
}

func run(t *testing.T, ctx context.Context, l executor.Local, script string, timeout time.Duration) (mlgate.StepRun, string) {
	t.Helper()
	var log bytes.Buffer
	got, err := l.Run(ctx, mlgate.Task{Name: "s", Run: script, Dir: t.TempDir(), Env: []string{"PATH=" + os.Getenv("PATH")}, Timeout: timeout}, &log)
	if err != nil {
		t.Fatal(err)
	}
	return got, log.String()
}

func TestRun(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, l executor.Local) {
		for _, c := range []struct {
			name, script string
			timeout      time.Duration
			exit, signal int
			why          string
		}{
			{name: "good", script: "echo hello"},
			{name: "fails", script: "exit 7", exit: 7},
			{name: "looks like a signal", script: "exit 137", exit: 137},
			{name: "hangs", script: "sleep 1000", timeout: 50 * time.Millisecond, exit: -1, why: "timed out after 50ms"},
			{name: "ignores SIGTERM", script: "trap '' TERM; sleep 1000; sleep 1000", timeout: 50 * time.Millisecond, exit: -1, why: "timed out after 50ms"},
			{name: "kills itself", script: "kill -9 $$", exit: -1, signal: 9, why: "killed by signal 9 (killed)"},
			{name: "kills its group", script: "trap '' TERM; kill 0; exit 3", exit: 3},
			{name: "asks", script: "read x", exit: 1},
			{name: "closes its pipes", script: "exec >&- 2>&-; exit 5", exit: 5},
		} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				got, _ := run(t, t.Context(), l, c.script, c.timeout)
				if got.Exit != c.exit || got.Why != c.why || got.Signal != c.signal {
					t.Errorf("got %+v, want exit %d, %q", got, c.exit, c.why)
				}
			})
		}
	})
}

// awaitFile reads a file as soon as it is there with a line.
func awaitFile(t *testing.T, name string) string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if data, err := os.ReadFile(name); err == nil && bytes.HasSuffix(data, []byte("\n")) {
			return strings.TrimSpace(string(data))
		}
	}
	t.Fatalf("%s is not there", name)
	return ""
}

// alive reports whether a process runs; a zombie does not.
func alive(pid string) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// A process that the step leaves behind in its group is gone when Run returns.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, l executor.Local) {
		pid := filepath.Join(t.TempDir(), "pid")
		run(t, t.Context(), l, "sleep 1000 >/dev/null 2>&1 & echo $! >"+pid, 0)
		if p := awaitFile(t, pid); alive(p) {
			t.Errorf("process %s still runs", p)
		}
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, l executor.Local) {
		ctx, cancel := context.WithCancel(t.Context())
		fifo := filepath.Join(t.TempDir(), "fifo")
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = os.ReadFile(fifo) // until the step has started
			cancel()
		}()
		if got, _ := run(t, ctx, l, "echo started >"+fifo+"; sleep 1000", 0); got.Why != "cancelled" {
			t.Errorf("got %+v", got)
		}
	})
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
