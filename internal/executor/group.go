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

// group runs a step in a process group of its own, and kills that. What leaves the group gets away.
func (l Local) group(ctx context.Context, t mlgate.Task, log io.Writer) (ending, error) {
	cmd := exec.CommandContext(ctx, l.Shell, "-c", t.Run)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = t.Dir, t.Env, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace // then SIGKILL, and pipes held open by grandchildren are closed
	if err := cmd.Start(); err != nil {
		return ending{}, fmt.Errorf("starting %s: %w", l.Shell, err)
	}
	err := cmd.Wait()
	l.bury(cmd.Process.Pid)
	var end ending
	end.status, _ = cmd.ProcessState.Sys().(syscall.WaitStatus)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		end.memory = usage.Maxrss * maxrssUnit
	}
	return end, l.trouble(ctx, err)
}

// trouble is what went wrong with running, not with the step.
func (l Local) trouble(ctx context.Context, err error) error {
	var exit *exec.ExitError
	if err == nil || errors.As(err, &exit) || errors.Is(err, exec.ErrWaitDelay) || ctx.Err() != nil {
		return nil //nolint:nilerr // how a step ended is told in its run
	}
	return fmt.Errorf("running %s: %w", l.Shell, err)
}

// bury kills what a step left of its process group, and waits for it to be gone: a signal is only
// delivered, and until then a process may go on writing. A zombie that nobody reaps ends the wait.
func (l Local) bury(group int) {
	for end := l.Now().Add(200 * time.Millisecond); l.Now().Before(end); time.Sleep(time.Millisecond) {
		if syscall.Kill(-group, syscall.SIGKILL) != nil {
			return // no such group
		}
	}
}
