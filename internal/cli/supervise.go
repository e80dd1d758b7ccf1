package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/mlgate/mlgate/internal/executor"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// SuperviseArg is the hidden command with which mlgate starts itself above each step.
const SuperviseArg = executor.SuperviseArg

// Supervise is that command. It stands apart from the others: it must start fast, and what it is told
// comes on its own descriptors.
func Supervise(ctx context.Context) int {
	if err := executor.Supervise(ctx, os.Stdin, os.NewFile(3, "report")); err != nil {
		fmt.Fprintln(os.Stderr, "supervising a step:", err)
		return exitUndecided
	}
	return exitOK
}

// executor is what runs steps here: as the user that MLGATE_STEP_USER names when mlgate is root, as
// in its own image.
func (a *app) executor() (executor.Local, error) {
	l := executor.Local{Now: a.Now, Supervised: a.Supervised}
	name := a.Getenv("MLGATE_STEP_USER")
	if name == "" || !a.Root {
		return l, nil
	}
	var err error
	l.User, err = executor.LookupUser(name)
	return l, err
}

// stepEnv is the complete environment of a step.
func (a *app) stepEnv(u *executor.User) func(mlgate.Step) []string {
	environ := a.Environ
	if u != nil {
		environ = u.Environ(environ)
	}
	return func(s mlgate.Step) []string {
		if s.Container != nil {
			return executor.ContainerEnviron(a.Environ, s.Env.Pass, s.Env.Set)
		}
		return executor.Environ(environ, s.Env.Pass, s.Env.Set)
	}
}
