package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/executor"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/progress"
	"github.com/mlgate/mlgate/internal/reader"
	"github.com/mlgate/mlgate/internal/worktree"
)

// maxStepLog is how much of one step's output is shown, in bytes.
const maxStepLog = 16 << 20

func (a *app) jobsFlag(c *cobra.Command) {
	c.Flags().IntVar(&a.jobs, "jobs", 1, "steps that run at once, where none needs the other")
}

func (a *app) repeatsFlag(c *cobra.Command) {
	c.Flags().IntVar(&a.repeats, "repeats", 0, "how often the steps run, each time with the next seed in MLGATE_SEED (default: once, or max_repeats of a step with until)")
}

func (a *app) checkRepeats(c *cobra.Command) error {
	if n := a.repeats; c.Flags().Changed("repeats") && (n < 1 || n > mlgate.MaxRuns) {
		return &mlgate.Mistake{Err: fmt.Errorf("reading --repeats %d: steps run once, and up to %d times", n, mlgate.MaxRuns), Fix: "--repeats 5"}
	}
	return nil
}

func (a *app) runner(ctx context.Context, o *office, work *worktree.Folder, file string) (flow.Runner, error) {
	if a.jobs < 1 {
		return flow.Runner{}, &mlgate.Mistake{Err: fmt.Errorf("reading --jobs %d: at least one step runs at a time", a.jobs), Fix: "--jobs 1"}
	}
	local, err := a.executor()
	if err != nil {
		return flow.Runner{}, err
	}
	images, err := a.containers(o.clone.Dir, file)
	if err != nil {
		return flow.Runner{}, err
	}
	r := flow.Runner{
		Work: work, Dir: filepath.Join(o.clone.Dir, filepath.FromSlash(path.Dir(file))), Executor: executor.Choice{Here: local, Images: images}, Images: images, Reader: reader.Files{}, Env: a.stepEnv(local.User), StepLog: a.stepLog(a.Stderr),
		Now: a.Now, Notes: a.Stderr, Version: a.Version, Jobs: a.jobs, Repeats: a.repeats,
		Machine: fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()), Image: a.Getenv("MLGATE_IMAGE"),
	}
	if ci.Detect(a.Getenv) == "" {
		return r, nil
	}
	r.Restore = work
	if a.jobs == 1 {
		r.StepLog = a.groupedLog
	}
	a.marks.follow(ctx, &r)
	change, err := a.ci().Change(ctx)
	if err != nil {
		return r, err
	}
	if change.Event == mlgate.HandedOver {
		return r, &mlgate.Mistake{Err: errors.New("running the steps: not on workflow_run: its token can write, and what it is about may be a fork's"), Fix: "run them on pull_request, and judge here: `mlgate judge`"}
	}
	r.CI = change.Run
	if change.Proposed() {
		r.PassNames, err = a.passNames(ctx, o, change)
	}
	return r, err
}

// runOn runs the steps of a subject in an opened work tree, with what a terminal shows meanwhile.
func (a *app) runOn(ctx context.Context, r flow.Runner, s flow.Subject) (mlgate.Bundle, error) {
	if !a.Terminal || a.Getenv("CI") != "" {
		return r.Run(ctx, s)
	}
	ticker := time.NewTicker(time.Second / 5)
	defer ticker.Stop()
	board := progress.New(a.Stderr, a.rawStderr, a.Now, ticker.C)
	defer board.Close()
	r.Notes = board
	if images, ok := r.Images.(*executor.Containers); ok {
		images.Notes = board
	}
	r.StepLog = func(step string) io.WriteCloser {
		row := board.Step(inert.Line(step))
		return both{a.stepLog(row)(step), row}
	}
	return r.Run(ctx, s)
}

// stepLog shows a step's output on w, neutralised, up to a limit.
func (a *app) stepLog(w io.Writer) func(string) io.WriteCloser {
	secrets := executor.Secrets(a.Environ)
	return func(step string) io.WriteCloser {
		return inert.NewWriter(w, inert.WriterOptions{Prefix: step + " | ", Secrets: secrets, Max: maxStepLog})
	}
}

// groupedLog is stepLog in a group of the CI system's log.
func (a *app) groupedLog(step string) io.WriteCloser {
	log := a.stepLog(a.Stderr)(step)
	group, err := ci.OpenGroup(a.rawStderr, "step "+step)
	if err != nil {
		return log // the log is gone; its own writes tell
	}
	return both{log, group}
}

// both is a log that stands in something to be closed after it.
type both struct {
	io.WriteCloser
	around io.Closer
}

func (b both) Close() error { return errors.Join(b.WriteCloser.Close(), b.around.Close()) }

// lend lets the user that steps run as write their outputs; the function returned ends that.
func (a *app) lend(work *worktree.Folder, r flow.Runner, tree mlgate.Tree, file string) (func() error, error) {
	nothing := func() error { return nil }
	choice, ok := r.Executor.(executor.Choice)
	if !ok || choice.Here.User == nil {
		return nothing, nil
	}
	src, err := tree.ReadFile(file)
	if err != nil {
		return nothing, fmt.Errorf("reading %s of the commit: %w", file, err)
	}
	run, err := config.ParseRun(file, src)
	if err != nil {
		return nothing, err
	}
	var outputs []string
	contained := 0
	for _, s := range run.Steps {
		outputs = append(outputs, s.Outputs...)
		if s.Container != nil {
			contained++
		}
	}
	if contained == len(run.Steps) {
		return nothing, nil // they run as the owner of the work tree
	}
	for _, e := range run.Evidence {
		if !e.IsPattern() { // what a pattern finds is an output
			outputs = append(outputs, e.Path)
		}
	}
	return work.Lend(outputs, int(choice.Here.User.UID), int(choice.Here.User.GID), contained > 0)
}
