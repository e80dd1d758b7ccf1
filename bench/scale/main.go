//go:build linux

// Command scale measures what grows: start-up, a comment of many metrics, a ledger of many records, a
// repository of many models, a review of many input files, evidence in many files; beside other tools where they do the same, in
// the same run. It is run by bench/run.sh, which sets up what it needs.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

// command is the whole measurement, or a part of it in a process of its own, so that its cost is known
// apart: scale | scale ledgers | scale evidence | scale fill REMOTE N | scale look REMOTE | scale append REMOTE.
func command(ctx context.Context, args []string) error {
	switch {
	case len(args) == 0:
		return measure(ctx, os.Stdout, (*bench).startUp, (*bench).comment, (*bench).ledgers, (*bench).monorepo, (*bench).unchanged, (*bench).evidence)
	case len(args) == 1 && args[0] == "evidence":
		return measure(ctx, os.Stdout, (*bench).evidence)
	case len(args) == 1 && args[0] == "ledgers": // they need neither mlgate's program nor other tools
		return measureLedgers(ctx, os.Stdout)
	case len(args) >= 2:
		return ledgerCommand(ctx, args)
	}
	return fmt.Errorf("usage: scale [ledgers | evidence]")
}

// bench is one run: a folder, where the tools are, and the table.
type bench struct {
	dir, mlgate, conftest, dvc string
	env                        []string
	out                        io.Writer
}

func measure(ctx context.Context, out io.Writer, parts ...func(*bench, context.Context) error) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, out: out, env: environ(dir)}
	for name, at := range map[string]*string{"bin/mlgate": &b.mlgate, ".cache/bin/conftest": &b.conftest, ".cache/venv/dvc/bin/dvc": &b.dvc} {
		if *at, err = filepath.Abs(name); err != nil {
			return err
		}
	}
	if err := b.machine(ctx); err != nil {
		return err
	}
	fmt.Fprint(out, "\n"+head)
	for _, part := range parts {
		if err := part(b, ctx); err != nil {
			return err
		}
	}
	return nil
}

const head = "| what | tool | CPU s | peak MB | compared with | target | |\n|:--|:--|--:|--:|:--|:--|:--|\n"

func measureLedgers(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprint(out, head)
	return (&bench{dir: dir, out: out, env: environ(dir)}).ledgers(ctx)
}

// environ has no configuration of whoever runs this.
func environ(home string) []string {
	env := []string{
		"HOME=" + home, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "DVC_NO_ANALYTICS=true", "LC_ALL=C",
		"GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=b@example.com", "GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=b@example.com",
	}
	return append(env, "PATH="+os.Getenv("PATH"), "TMPDIR="+os.TempDir())
}

var versions = regexp.MustCompile(`v?[0-9]+\.[0-9][0-9A-Za-z.-]*`)

// machine tells where and with what the numbers came about.
func (b *bench) machine(ctx context.Context) error {
	var tools []string
	for _, args := range [][]string{{b.mlgate, "version"}, {"git", "version"}, {b.dvc, "--version"}} {
		text, err := exec.CommandContext(ctx, args[0], args[1:]...).Output()
		if err != nil {
			return fmt.Errorf("asking %s for its version: %w", args[0], err)
		}
		tools = append(tools, filepath.Base(args[0])+" "+versions.FindString(string(text)))
	}
	if pinned, err := os.ReadFile(filepath.Join(filepath.Dir(b.conftest), ".conftest")); err == nil {
		tools = append(tools, "conftest "+strings.TrimSpace(string(pinned)))
	}
	cpu := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		_, after, _ := strings.Cut(string(info), "model name\t: ")
		cpu, _, _ = strings.Cut(after, "\n")
	}
	_, err := fmt.Fprintf(b.out, "Measured on %s: %d processors (%s), %s/%s, %s, %s.\n", time.Now().UTC().Format("2006-01-02"), runtime.NumCPU(), cpu, runtime.GOOS, runtime.GOARCH, runtime.Version(), strings.Join(tools, ", "))
	return err
}

// row writes one line of the table. A target that is missed is told, not hidden.
func (b *bench) row(what, tool string, c cost, compared, target string, met bool) {
	said := ""
	if target != "" {
		said = map[bool]string{true: "met", false: "**missed**"}[met]
	}
	peak := "–"
	if c.peakKB > 0 {
		peak = strconv.FormatInt(c.peakKB/1024, 10)
	}
	fmt.Fprintf(b.out, "| %s | %s | %.3f | %s | %s | %s | %s |\n", what, tool, c.cpu.Seconds(), peak, compared, target, said)
}
