package executor_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/executor"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// marked lists the processes that run with a mark in their arguments.
func marked(t *testing.T, mark string) []string {
	t.Helper()
	all, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var pids []string
	for _, p := range all {
		args, err := os.ReadFile(filepath.Join("/proc", p.Name(), "cmdline"))
		if err == nil && bytes.Contains(args, []byte(mark)) && alive(p.Name()) {
			pids = append(pids, p.Name())
		}
	}
	return pids
}

// Whatever a step starts is gone when Run returns, and the step's own end is told as it was.
func TestNothingGetsAway(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"setsid":                 `setsid sh -c "echo x >READY; sleep 1000" MARK & `,
		"nohup":                  `nohup sh -c "echo x >READY; sleep 1000" MARK >/dev/null 2>&1 & `,
		"double fork":            `(setsid sh -c "setsid sh -c \"echo x >READY; sleep 1000\" MARK &" MARK &) ; `,
		"ignores signals":        `setsid sh -c "trap '' TERM HUP INT; echo x >READY; while :; do sleep 1000; done" MARK & `,
		"stopped":                `setsid sh -c "echo x >READY; kill -STOP \$\$; sleep 1000" MARK & `,
		"has no pipes":           `setsid sh -c "echo x >READY; sleep 1000" MARK >&- 2>&- <&- & `,
		"starts more and more":   `setsid sh -c "echo x >READY; while :; do sh -c 'sleep 1000' MARK & done" MARK & `,
		"runs from its shadow":   `setsid sh -c "f() { f & exit; }; echo x >READY; f" MARK & `,
		"a family of ten shells": `for i in 1 2 3 4 5 6 7 8 9; do setsid sh -c "sh -c 'sleep 1000' MARK & sleep 1000" MARK & done; setsid sh -c "echo x >READY; sleep 1000" MARK & `,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mark, ready := fmt.Sprintf("mark-%d-%s", os.Getpid(), filepath.Base(t.TempDir())+strings.ReplaceAll(name, " ", "-")), filepath.Join(t.TempDir(), "ready")
			script = strings.NewReplacer("MARK", mark, "READY", ready).Replace(script)
			begin := time.Now()
			got, log := run(t, t.Context(), executor.Local{Now: time.Now, Supervised: true}, script+`until [ -s `+ready+` ]; do :; done; exit 4`, 0)
			if got.Exit != 4 || got.Why != "" {
				t.Errorf("got %+v\n%s", got, log)
			}
			if pids := marked(t, mark); len(pids) > 0 {
				t.Errorf("left after %v: %v", time.Since(begin), pids)
			}
		})
	}
}

// At the timeout everybody gets SIGTERM, also outside of the group, and who ignores it is killed.
func TestEverybodyIsAskedToEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	said := filepath.Join(dir, "said")
	got, log := run(t, t.Context(), executor.Local{Now: time.Now, Supervised: true},
		`setsid sh -c "trap 'echo asked >`+said+`; exit' TERM; echo x >`+dir+`/ready; while :; do sleep 0.01; done" & wait`, 2*time.Second)
	if got.Why != "timed out after 2s" || got.Exit != -1 {
		t.Errorf("got %+v\n%s", got, log)
	}
	if text := awaitFile(t, said); text != "asked" {
		t.Errorf("said %q", text)
	}
}

// A step that ends its own supervisor has failed, and what it left is killed nevertheless. A step
// beside it does not notice.
func TestStepsLeaveOthersAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	mark := fmt.Sprintf("mark-%d-supervisor", os.Getpid())
	l := executor.Local{Now: time.Now, Supervised: true}
	var beside sync.WaitGroup
	beside.Go(func() {
		if got, log := run(t, t.Context(), l, "setsid sh -c 'sleep 1000' beside & echo x >"+dir+"/beside; read line <"+fifo+"; kill -0 $! && exit 6", 0); got.Exit != 6 {
			t.Errorf("beside: %+v\n%s", got, log)
		}
	})
	awaitFile(t, dir+"/beside")
	for name, kill := range map[string]string{"killed": "kill -9 $PPID", "quit": "kill -QUIT $PPID"} {
		got, log := run(t, t.Context(), l, `setsid sh -c "echo x >`+dir+`/`+name+`; sleep 1000" `+mark+` & until [ -s `+dir+`/`+name+` ]; do :; done; `+kill+`; sleep 1000`, 0)
		if got.OK() || !strings.HasPrefix(got.Why, "the process that watches over it was ended (") {
			t.Errorf("%s: %+v\n%s", name, got, log)
		}
	}
	if pids := marked(t, mark); len(pids) > 0 {
		t.Errorf("left: %v", pids)
	}
	if err := os.WriteFile(fifo, []byte("go\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	beside.Wait()
}

// A stopped supervisor is woken when the time is over.
func TestStoppedSupervisor(t *testing.T) {
	t.Parallel()
	mark := fmt.Sprintf("mark-%d-stopped", os.Getpid())
	got, _ := run(t, t.Context(), executor.Local{Now: time.Now, Supervised: true}, `setsid sh -c "sleep 1000" `+mark+` & kill -STOP $PPID; sleep 1000`, 300*time.Millisecond)
	if got.Why != "timed out after 300ms" {
		t.Errorf("got %+v", got)
	}
	if pids := marked(t, mark); len(pids) > 0 {
		t.Errorf("left: %v", pids)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	l := executor.Local{Now: time.Now, Supervised: true}
	small, _ := run(t, t.Context(), l, ":", 0)
	const size = 200 << 20 // more than any of our own processes
	large, log := run(t, t.Context(), l, fmt.Sprintf("head -c %d /dev/zero | tail -c %d >/dev/null", size, size), 0)
	if small.Memory <= 0 || small.Memory >= size || large.Memory < size {
		t.Errorf("%d bytes, and %d where %d were needed\n%s", small.Memory, large.Memory, size, log)
	}
}

// Nobody of the same user can look into a supervisor, and the step has no terminal and no descriptor
// of it.
func TestStepsSeeNothing(t *testing.T) {
	t.Parallel()
	_, log := run(t, t.Context(), executor.Local{Now: time.Now, Supervised: true},
		`ls /proc/self/fd; stat -c %U /proc/$PPID/environ; (: </dev/tty) 2>&1 | grep -c -i 'no such device'`, 0)
	if log != "0\n1\n2\n3\nroot\n1\n" { // 3 is the folder that ls reads
		t.Errorf("got %q", log)
	}
}

// When whoever started the supervisor is killed, the step ends as well.
func TestStarterIsKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mark := fmt.Sprintf("mark-%d-starter", os.Getpid())
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperStarts$", "-test.v") //nolint:gosec // this test's own program
	cmd.Env = append(os.Environ(), "STEP="+`setsid sh -c "echo x >`+dir+`/ready; sleep 1000" `+mark+` & sleep 1000`)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitFile(t, dir+"/ready")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		pids := marked(t, mark)
		if len(pids) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("left: %v", pids)
		}
	}
}

// TestHelperStarts is the program that TestStarterIsKilled kills.
func TestHelperStarts(t *testing.T) {
	script := os.Getenv("STEP")
	if script == "" {
		t.Skip("it is a part of TestStarterIsKilled")
	}
	run(t, t.Context(), executor.Local{Now: time.Now, Supervised: true}, script, 0)
}

// As another user a step has no capability and cannot gain any. Needs root.
func TestOtherUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("changing the user needs root")
	}
	nobody, err := executor.LookupUser("nobody")
	if err != nil {
		t.Skip(err)
	}
	dir, err := os.MkdirTemp("", "step")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the other user must get in
		t.Fatal(err)
	}
	var log bytes.Buffer
	l := executor.Local{Now: time.Now, Supervised: true, User: nobody}
	task := mlgate.Task{Name: "s", Dir: dir, Env: []string{"PATH=" + os.Getenv("PATH")}, Run: `id -u; id -G; grep -E '^(CapPrm|CapEff|CapInh|CapAmb|NoNewPrivs)' /proc/self/status | tr -d '\t\n'; kill -9 $PPID; echo; echo x >file`}
	got, err := l.Run(context.Background(), task, &log)
	zero := strings.Repeat("0", 16)
	want := fmt.Sprintf("%d\n%d\nCapInh:%[3]sCapPrm:%[3]sCapEff:%[3]sCapAmb:%[3]sNoNewPrivs:1", nobody.UID, nobody.GID, zero)
	if err != nil || got.OK() || !strings.HasPrefix(log.String(), want) {
		t.Errorf("%+v, %v, got:\n%s\nwant:\n%s", got, err, log.String(), want)
	}
	task.Dir = filepath.Join(dir, "closed")
	if err := os.Mkdir(task.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err = l.Run(context.Background(), task, &log); err == nil || !strings.Contains(err.Error(), "MLGATE_STEP_USER") {
		t.Errorf("a closed folder: %v", err)
	}
}

// BenchmarkStep is what one step costs beside its own work.
func BenchmarkStep(b *testing.B) {
	for _, supervised := range []bool{false, true} {
		b.Run(strconv.FormatBool(supervised), func(b *testing.B) {
			for b.Loop() {
				_, _ = executor.Local{Now: time.Now, Supervised: supervised}.Run(b.Context(), mlgate.Task{Name: "s", Run: ":", Dir: "/", Env: []string{"PATH=/usr/bin:/bin"}}, new(bytes.Buffer))
			}
		})
	}
}
