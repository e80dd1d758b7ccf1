package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// postName is what the image calls the program when the runner cleans up after the action: it passes the
// action's arguments there too, so that they cannot say which of the two it is.
const postName = "mlgate-post"

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
	if filepath.Base(os.Args[0]) == postName {
		return Main(ctx, world, []string{"post"}) // the runner adds the action's own arguments
	}
	return Main(ctx, world, os.Args[1:])
}
