package executor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// self is this program even when a step has put another one in its place on disk.
const self = "/proc/self/exe"

// canSupervise reports whether the kernel tells who a process's children are.
func canSupervise() bool {
	_, err := os.Stat("/proc/thread-self/children")
	return err == nil
}

// Conceal keeps other processes of the same user out of this one: they can neither trace it nor read
// its memory or environment under /proc.
func Conceal() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("hiding this process from others: %w", err)
	}
	return nil
}

// supervise runs a step below a supervisor. A supervisor that dies before it has told is the step's
// doing: then we kill what it left.
func (l Local) supervise(ctx context.Context, t mlgate.Task, log io.Writer) (ending, error) {
	shell, err := exec.LookPath(l.Shell)
	if err != nil {
		return ending{}, fmt.Errorf("starting %s: %w", l.Shell, err)
	}
	s, err := newSupervisor(ctx, log)
	if err != nil {
		return ending{}, fmt.Errorf("starting the supervisor of %s: %w", l.Shell, err)
	}
	told := json.NewEncoder(s.control).Encode(order{Shell: shell, Run: t.Run, Dir: t.Dir, Env: t.Env, User: l.User})
	var rep report
	err = json.NewDecoder(s.report).Decode(&rep)
	left := 0
	if err != nil || rep.Left > 0 {
		s.dead()
		left = orphans.bury(l.Now) // they hold the log open: not after wait
	}
	waited := s.wait()
	switch {
	case err != nil && ctx.Err() == nil && told != nil:
		return ending{}, fmt.Errorf("starting the supervisor of %s: %w", l.Shell, told)
	case err != nil:
		return ending{why: "the process that watches over it was ended (" + s.cmd.ProcessState.String() + ")" + survivors(left)}, nil //nolint:nilerr // how the step ended is no error of running it
	case rep.Error != "":
		return ending{}, l.startError(t, rep)
	case rep.Left > 0:
		return ending{why: fmt.Sprintf("%d of its processes did not end when they were killed", rep.Left) + survivors(left)}, nil
	}
	return ending{status: syscall.WaitStatus(rep.Status), memory: rep.Memory}, l.trouble(ctx, waited)
}

func survivors(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of its processes are left", n)
}

func (l Local) startError(t mlgate.Task, rep report) error {
	err := fmt.Errorf("starting %s: %s", l.Shell, rep.Error)
	if l.User != nil && rep.Denied {
		return &mlgate.Mistake{Err: fmt.Errorf("starting a step as %s in %q: %s", l.User.Name, t.Dir, rep.Error), Fix: "let that user enter the folder and those above it; or " + userFix}
	}
	return err
}

// supervisor is the process above one step, as seen from mlgate.
type supervisor struct {
	cmd     *exec.Cmd
	control *os.File // closed: stop
	report  *os.File
}

func newSupervisor(ctx context.Context, log io.Writer) (*supervisor, error) {
	in, control, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rep, out, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, control.Close())
	}
	defer out.Close()
	s := &supervisor{cmd: exec.CommandContext(ctx, self), control: control, report: rep}
	s.cmd.Args = []string{"mlgate", SuperviseArg}
	s.cmd.Env = []string{} // it needs none; the step's own comes in the order
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr, s.cmd.ExtraFiles = in, log, log, []*os.File{out}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	s.cmd.Cancel = func() error {
		_ = control.Close()
		return s.cmd.Process.Signal(syscall.SIGCONT) // a step may have stopped it
	}
	s.cmd.WaitDelay = grace + settle + time.Second
	if err := orphans.start(s.cmd); err != nil {
		return nil, errors.Join(err, control.Close(), rep.Close())
	}
	return s, nil
}

// dead waits until the supervisor has ended; wait still tells how.
func (s *supervisor) dead() {
	for {
		if err := unix.Waitid(unix.P_PID, s.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// wait waits for the supervisor and for all that was written to the log.
func (s *supervisor) wait() error {
	err := s.cmd.Wait()
	orphans.ended(s.cmd)
	_, _ = s.control.Close(), s.report.Close() // control perhaps a second time
	return err
}
