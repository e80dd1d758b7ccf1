package executor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Supervise is the supervisor's side of Local: it takes an order from in, runs it, and returns when no
// process of the step is left, having told out how it went. Descendants whose parents end become its
// own children, so none gets away, whatever session or group it is in. It stops the step when in or ctx
// ends.
func Supervise(ctx context.Context, in, out *os.File) error {
	runtime.LockOSThread() // what a thread gives up, what it starts has not
	defer runtime.UnlockOSThread()
	err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) // ours, and whatever mlgate was started with
	if err != nil {
		unix.CloseOnExec(int(out.Fd())) // an old kernel
	}
	err = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	if err = errors.Join(err, Conceal()); err != nil {
		return fmt.Errorf("becoming a supervisor: %w", err)
	}
	var o order
	if err := json.NewDecoder(in).Decode(&o); err != nil {
		return fmt.Errorf("reading what to run: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, in) // its end is the message
		stop()
	}()
	return json.NewEncoder(out).Encode(watch(ctx, o))
}

// watch runs an order to the end of its last process.
func watch(ctx context.Context, o order) report {
	pid, err := o.start()
	if err != nil {
		return report{Error: err.Error(), Denied: errors.Is(err, os.ErrPermission)}
	}
	f := family{shell: pid, ended: make(chan struct{}), none: make(chan struct{})}
	go f.reap()
	select {
	case <-f.ended:
	case <-ctx.Done():
		f.ask()
	}
	left := f.kill()
	if left > 0 {
		return report{Left: left}
	}
	return report{Status: uint32(f.status), Memory: f.memory}
}

// start starts the shell with a session of its own: no terminal is in reach of it.
func (o order) start() (int, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	sys := &syscall.SysProcAttr{Setsid: true}
	if o.User != nil {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return 0, fmt.Errorf("giving up privileges: %w", err)
		}
		sys.Credential = &syscall.Credential{Uid: o.User.UID, Gid: o.User.GID}
	}
	return syscall.ForkExec(o.Shell, []string{o.Shell, "-c", o.Run}, &syscall.ProcAttr{
		Dir: o.Dir, Env: o.Env, Files: []uintptr{null.Fd(), 1, 2}, Sys: sys,
	})
}

// family is the shell with all that descends from it.
type family struct {
	shell  int
	status syscall.WaitStatus // of the shell
	memory int64              // largest of all, in bytes
	ended  chan struct{}      // closed: the shell ended
	none   chan struct{}      // closed: nobody is left; the fields stand still
}

// reap takes in whoever ends. That the kernel knows of no child any more means that there is no
// descendant: it would be below a child, or a child.
func (f *family) reap() {
	for {
		var status syscall.WaitStatus
		var usage syscall.Rusage
		pid, err := syscall.Wait4(-1, &status, syscall.WALL, &usage)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			close(f.none)
			return
		}
		f.memory = max(f.memory, usage.Maxrss*maxrssUnit)
		if pid == f.shell {
			f.shell, f.status = 0, status // another process may get its number
			close(f.ended)
		}
	}
}

// ask gives everybody the grace period to end, each once, also those that start meanwhile. A stopped
// process is woken, or it could not.
func (f *family) ask() {
	asked := map[int]bool{}
	for limit := time.After(grace); ; {
		below(os.Getpid(), func(pid int) {
			if !asked[pid] {
				asked[pid] = true
				_, _ = syscall.Kill(pid, syscall.SIGTERM), syscall.Kill(pid, syscall.SIGCONT) // who cannot be asked is killed
			}
		})
		select {
		case <-f.none:
			return
		case <-limit:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// kill kills until nobody is left, and returns how many are left after all.
func (f *family) kill() int {
	limit := time.After(settle)
	for {
		select {
		case <-f.none:
			return 0
		default:
		}
		left := below(os.Getpid(), end)
		select {
		case <-f.none:
			return 0
		case <-limit:
			return max(1, left)
		case <-time.After(time.Millisecond):
		}
	}
}
