//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// startUp asks each program for its version.
func (b *bench) startUp(ctx context.Context) error {
	ours, theirs, err := b.turns(ctx, 9, [2]string{b.dir, b.dir}, []string{b.mlgate, "version"}, []string{b.conftest, "--version"})
	if err != nil {
		return err
	}
	b.row("start-up", "mlgate version", ours, fmt.Sprintf("%.2f × conftest, %.2f × its memory", ours.over(theirs), float64(ours.peakKB)/float64(theirs.peakKB)), "≤ 1 ×, both", ours.cpu <= theirs.cpu && ours.peakKB <= theirs.peakKB)
	b.row("start-up", "conftest --version", theirs, "", "", true)
	return nil
}

var (
	perComment = regexp.MustCompile(`([0-9.]+) cpu-ns`)
	characters = regexp.MustCompile(`([0-9.]+) characters`)
)

// comment asks the Go benchmark of internal/report, whose outcome has 5,000 metrics.
func (b *bench) comment(ctx context.Context) error {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkMarkdown$", "-count", "5", "./internal/report")
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("measuring a comment: %w", err)
	}
	best, size := time.Hour, 0.0
	for _, m := range perComment.FindAllStringSubmatch(out.String(), -1) {
		ns, _ := strconv.ParseFloat(m[1], 64)
		best = min(best, time.Duration(ns))
	}
	if m := characters.FindStringSubmatch(out.String()); m != nil {
		size, _ = strconv.ParseFloat(m[1], 64)
	}
	if best == time.Hour || size == 0 {
		return fmt.Errorf("measuring a comment: the benchmark said %q", out.String())
	}
	b.row("comment of 5,000 metrics", "BenchmarkMarkdown", cost{cpu: best}, fmt.Sprintf("%.0f characters", size), "≤ 0.050 s, ≤ 65,536", best <= 50*time.Millisecond && size <= 65_536)
	return nil
}

const models = 200

// monorepo has 200 models, and a branch that touches three of them.
func (b *bench) monorepo(ctx context.Context) error {
	work := filepath.Join(b.dir, "models")
	for i := range models {
		dir := filepath.Join(work, fmt.Sprintf("models/m%03d", i))
		for name, text := range map[string]string{
			"mlops.yaml": fmt.Sprintf("version: 1\nmodel: m%03d\nsteps: [{name: t, run: cp in.json out.json, inputs: [in.json], outputs: [out.json]}]\nevidence: [out.json]\ngates: {acc: {min: 0.5}}\npromote: [{to: staging, when: merge}]\n", i),
			"in.json":    `{"acc": 0.9}`,
		} {
			if err := put(filepath.Join(dir, name), text); err != nil {
				return err
			}
		}
	}
	if err := b.publish(ctx, work); err != nil {
		return err
	}
	if err := b.git(ctx, work, []string{"checkout", "-q", "-b", "change"}); err != nil {
		return err
	}
	for i := range 3 {
		if err := put(filepath.Join(work, fmt.Sprintf("models/m%03d/in.json", i*50)), `{"acc": 0.8}`); err != nil {
			return err
		}
	}
	if err := b.git(ctx, work, []string{"commit", "-qam", "three"}); err != nil {
		return err
	}
	c, err := b.cost(ctx, 3, work, b.mlgate, "review")
	if err != nil {
		return err
	}
	plan, err := b.cost(ctx, 3, work, b.mlgate, "models")
	if err != nil {
		return err
	}
	b.row("200 models, 3 touched: which must run", "mlgate models", plan, "", "≤ 1 s", plan.cpu <= time.Second)
	b.row("200 models, 3 touched: which, their steps, their verdicts", "mlgate review", c, "", "≤ 1 s", c.cpu <= time.Second)
	return nil
}

// publish makes a folder a repository with a bare remote.
func (b *bench) publish(ctx context.Context, work string) error {
	remote := work + ".git"
	return b.git(ctx, work, []string{"init", "-q", "--bare", "-b", "main", remote}, []string{"init", "-q", "-b", "main"}, []string{"remote", "add", "origin", remote},
		[]string{"add", "."}, []string{"commit", "-qm", "bench"}, []string{"push", "-q", "-u", "origin", "main"})
}

func put(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o600)
}
