package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Process is the whole program: the process's own world, stopped by SIGINT and SIGTERM. It returns the
// exit code.
func Process(version string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) == 2 && os.Args[1] == SuperviseArg {
		return Supervise(ctx)
	}
	context.AfterFunc(ctx, stop) // the second signal ends at once what the first could not
	world, err := RealWorld(version)
	if err != nil {
		fmt.Fprintln(os.Stderr, "looking at the working directory:", err)
		return exitUndecided
	}
	return Main(ctx, world, os.Args[1:])
}
