// Command mlgate merges a model the way code is merged: see README.md.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/mlgate/mlgate/internal/cli"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "dev"

func main() {
	os.Exit(run())
}

// run lives apart from main so that the deferred stop happens before the exit.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) == 2 && os.Args[1] == cli.SuperviseArg {
		return cli.Supervise(ctx)
	}
	world, err := cli.RealWorld(version)
	if err != nil {
		fmt.Fprintln(os.Stderr, "looking at the working directory:", err)
		return 3
	}
	return cli.Main(ctx, world, os.Args[1:])
}
