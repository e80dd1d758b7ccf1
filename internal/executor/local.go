// Package executor runs steps. It promises that nothing of a step is left running when it returns;
// it never looks at what a step wrote.
package executor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
	// Supervised starts this program anew above every step, with the one argument SuperviseArg: it finds
	// whatever the step started, also what left its process group. The program must call Supervise then.
	// Only Linux can do it; elsewhere, and without it, the process group is killed.
	Supervised bool
	User       *User // whom steps run as; nil: whoever runs us. Needs root and Supervised
}

var _ mlgate.Executor = Local{}

// ending is how the shell ended. why is set when the status tells nothing.
type ending struct {
	status syscall.WaitStatus
	memory int64 // largest resident set of one process, in bytes
	why    string
}

// Run starts the step with /dev/null as input. At the timeout, when ctx ends, and also after a good
// end, whatever is left of it is killed.
func (l Local) Run(ctx context.Context, t mlgate.Task, log io.Writer) (mlgate.StepRun, error) {
	stop, cancel := limited(ctx, t)
	defer cancel()
	if l.Shell == "" {
		l.Shell = "sh"
	}
	run := mlgate.StepRun{Name: t.Name, Exit: -1}
	begin := l.Now()
	end, err := l.start(stop, t, log)
	run.Seconds, run.Memory = l.Now().Sub(begin).Seconds(), end.memory
	if err != nil {
		return run, err
	}
	if run.Why = cmp.Or(over(ctx, stop, t), end.why); run.Why != "" {
		return run, nil
	}
	if end.status.Signaled() {
		run.Signal = int(end.status.Signal())
		run.Why = fmt.Sprintf("killed by signal %d (%s)", end.status.Signal(), end.status.Signal())
		return run, nil
	}
	run.Exit = end.status.ExitStatus()
	return run, nil
}

func (l Local) start(ctx context.Context, t mlgate.Task, log io.Writer) (ending, error) {
	if l.Supervised && canSupervise() {
		return l.supervise(ctx, t, log)
	}
	if l.User != nil {
		return ending{}, errors.New("running steps as another user: this system offers no supervisor of processes")
	}
	return l.group(ctx, t, log)
}

var errTimeout = errors.New("timed out")

// limited ends with ctx, and at the task's timeout.
func limited(ctx context.Context, t mlgate.Task) (context.Context, context.CancelFunc) {
	if t.Timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, t.Timeout, errTimeout)
}

// over says why a task was ended before its own end; empty: it was not. The second context is limited's.
func over(ctx, stop context.Context, t mlgate.Task) string {
	switch {
	case errors.Is(context.Cause(stop), errTimeout):
		return mlgate.TimedOut + t.Timeout.String()
	case ctx.Err() != nil:
		return "cancelled"
	}
	return ""
}
