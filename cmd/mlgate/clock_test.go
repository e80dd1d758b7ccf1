package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/mlgate/mlgate/internal/cli"
)

// clocked is mlgate on a machine whose clock is off.
func clocked(off time.Duration) func() {
	return func() {
		world, err := cli.RealWorld("dev")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		world.Now = func() time.Time { return time.Now().Add(off) }
		os.Exit(cli.Main(context.Background(), world, os.Args[1:]))
	}
}

// patient is mlgate that does not wait where it would: every wait is over at once, and was said.
func patient() {
	world, err := cli.RealWorld("dev")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	world.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	os.Exit(cli.Main(context.Background(), world, os.Args[1:]))
}
