// Package executor runs steps. It promises that nothing of a step is left running when it returns;
// it never looks at what a step wrote.
package executor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// grace is what a step gets between SIGTERM and SIGKILL.
const grace = 2 * time.Second

// Local runs steps with a shell of this machine.
type Local struct {
	Shell string // empty: sh
	Now   func() time.Time
}

var _ mlgate.Executor = Local{}

// Run starts the step in a process group of its own, with /dev/null as input. At the timeout, when
// ctx ends, and also after a good end, whatever is left of the group is killed.
func (l Local) Run(ctx context.Context, t mlgate.Task, log io.Writer) (mlgate.StepRun, error) {
	stop := ctx
	if t.Timeout > 0 {
		var cancel context.CancelFunc
		stop, cancel = context.WithTimeoutCause(ctx, t.Timeout, errTimeout)
		defer cancel()
	}
	shell := l.Shell
	if shell == "" {
		shell = "sh"
	}
	cmd := exec.CommandContext(stop, shell, "-c", t.Run)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = t.Dir, t.Env, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace // then SIGKILL, and pipes held open by grandchildren are closed
	begin := l.Now()
	if err := cmd.Start(); err != nil {
		return mlgate.StepRun{Name: t.Name, Exit: -1}, fmt.Errorf("starting %s: %w", shell, err)
	}
	err := cmd.Wait()
	l.bury(cmd.Process.Pid)
	run := mlgate.StepRun{Name: t.Name, Exit: cmd.ProcessState.ExitCode(), Seconds: l.Now().Sub(begin).Seconds()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		run.Memory = usage.Maxrss * maxrssUnit
	}
	switch status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus); {
	case errors.Is(context.Cause(stop), errTimeout):
		run.Exit, run.Why = -1, mlgate.TimedOut+t.Timeout.String()
	case ctx.Err() != nil:
		run.Exit, run.Why = -1, "cancelled"
	case status.Signaled():
		run.Signal = int(status.Signal())
		run.Exit, run.Why = -1, fmt.Sprintf("killed by signal %d (%s)", status.Signal(), status.Signal())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) && run.Why == "" {
		return run, fmt.Errorf("running %s: %w", shell, err)
	}
	return run, nil
}

// maxrssUnit is what getrusage counts in on Linux, in bytes.
const maxrssUnit = 1024

// bury kills what a step left of its process group, and waits for it to be gone: a signal is only
// delivered, and until then a process may go on writing. A zombie that nobody reaps ends the wait.
func (l Local) bury(group int) {
	for end := l.Now().Add(200 * time.Millisecond); l.Now().Before(end); time.Sleep(time.Millisecond) {
		if syscall.Kill(-group, syscall.SIGKILL) != nil {
			return // no such group
		}
	}
}

var errTimeout = errors.New("timed out")
