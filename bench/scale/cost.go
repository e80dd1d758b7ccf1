//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// cost is what a process and those that it started took: CPU time of user and system, time on the clock, and the largest
// resident size of any of them.
type cost struct {
	cpu    time.Duration
	wall   time.Duration
	peakKB int64
}

func (c cost) over(d cost) float64 { return c.cpu.Seconds() / max(d.cpu.Seconds(), 0.000001) }

// cost runs a program often, the first time for the caches of the machine, and takes the median.
func (b *bench) cost(ctx context.Context, runs int, dir, name string, args ...string) (cost, error) {
	var all []cost
	for i := range runs + 1 {
		c, err := b.once(ctx, dir, name, args...)
		if err != nil {
			return cost{}, err
		}
		if i > 0 {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b cost) int { return int(a.cpu - b.cpu) })
	median := all[len(all)/2]
	for _, c := range all {
		median.peakKB = max(median.peakKB, c.peakKB)
	}
	return median, nil
}

// turns measures two programs in turns, so that a busy machine is busy for both.
func (b *bench) turns(ctx context.Context, runs int, dirs [2]string, one, other []string) (cost, cost, error) {
	var all [2][]cost
	for range runs {
		for i, args := range [][]string{one, other} {
			c, err := b.cost(ctx, 1, dirs[i], args[0], args[1:]...)
			if err != nil {
				return cost{}, cost{}, err
			}
			all[i] = append(all[i], c)
		}
	}
	var out [2]cost
	for i := range all {
		slices.SortFunc(all[i], func(a, b cost) int { return int(a.cpu - b.cpu) })
		out[i] = all[i][runs/2]
	}
	return out[0], out[1], nil
}

// once runs a program to its end.
func (b *bench) once(ctx context.Context, dir, name string, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var said bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, b.env, &said, &said
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("running %s %v: %w\n%s", name, args, err, said.String())
	}
	c := cost{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: time.Since(start)}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.peakKB = usage.Maxrss
	}
	return c, nil
}

// git runs git for its effect.
func (b *bench) git(ctx context.Context, dir string, all ...[]string) error {
	for _, args := range all {
		if _, err := b.once(ctx, dir, "git", args...); err != nil {
			return err
		}
	}
	return nil
}
