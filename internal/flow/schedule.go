package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// execute runs the steps, each after those it needs, at most r.Jobs at once. After the first that
// fails none is started any more: those left are written down as not run. The runs stand in the
// order of steps, whichever ended first.
func (r Runner) execute(ctx context.Context, ev *mlgate.Evidence, steps []mlgate.Step) error {
	begin := r.Now()
	p := progress{needs: pipeline.Needs(steps), state: make([]stepState, len(steps)), runs: make([]mlgate.StepRun, len(steps)), ended: make(chan ending)}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for {
		for i := p.next(steps, max(1, r.Jobs)); i >= 0; i = p.next(steps, max(1, r.Jobs)) {
			p.state[i] = running
			go func() {
				run, err := r.step(ctx, steps[i])
				p.ended <- ending{i, run, err}
			}()
		}
		if p.count(running) == 0 {
			break
		}
		p.take(<-p.ended, steps, cancel)
	}
	if p.err != nil {
		return p.err
	}
	for i, s := range steps {
		if p.state[i] == waiting {
			p.runs[i] = mlgate.StepRun{Name: s.Name, Exit: -1, Why: "not run: " + p.failed + " failed"}
		}
	}
	ev.Steps, ev.Seconds = p.runs, r.Now().Sub(begin).Seconds()
	return nil
}

type stepState int

const (
	waiting stepState = iota
	running
	ended
)

// ending is what one step's goroutine reports.
type ending struct {
	step int
	run  mlgate.StepRun
	err  error
}

// progress is where the steps stand. Only the scheduler's own goroutine touches it.
type progress struct {
	needs  map[string][]string
	state  []stepState
	runs   []mlgate.StepRun
	ended  chan ending
	failed string // name of the first step that failed
	err    error
}

func (p *progress) count(s stepState) int {
	n := 0
	for _, have := range p.state {
		if have == s {
			n++
		}
	}
	return n
}

// next is a step that may start now, or -1.
func (p *progress) next(steps []mlgate.Step, jobs int) int {
	if p.failed != "" || p.err != nil || p.count(running) >= jobs {
		return -1
	}
	done := map[string]bool{}
	for i, s := range steps {
		done[s.Name] = p.state[i] == ended
	}
	for i, s := range steps {
		if p.state[i] == waiting && !slices.ContainsFunc(p.needs[s.Name], func(n string) bool { return !done[n] }) {
			return i
		}
	}
	return -1
}

func (p *progress) take(e ending, steps []mlgate.Step, cancel context.CancelCauseFunc) {
	p.state[e.step], p.runs[e.step] = ended, e.run
	switch {
	case e.err != nil && p.err == nil:
		p.err = e.err
		cancel(e.err)
	case e.err == nil && !e.run.OK() && p.failed == "":
		p.failed = steps[e.step].Name
	}
}

// step runs one step, and again as its `retry` allows.
func (r Runner) step(ctx context.Context, s mlgate.Step) (mlgate.StepRun, error) {
	fmt.Fprintf(r.Notes, "step %s: %s\n", s.Name, strings.TrimSpace(s.Run))
	var tries []mlgate.Try
	for {
		done, err := r.try(ctx, s)
		done.Tries = tries
		if err != nil || done.OK() || len(tries) >= s.Retry.Times || !retried(s.Retry, done) {
			return done, err
		}
		tries = append(tries, mlgate.Try{Exit: done.Exit, Seconds: done.Seconds, Why: done.Why})
		fmt.Fprintf(r.Notes, "step %s: run again, %d of %d\n", s.Name, len(tries), s.Retry.Times)
		if err := r.Work.Remove(s.Outputs); err != nil {
			return done, err
		}
	}
}

func retried(rule mlgate.Retry, run mlgate.StepRun) bool {
	return len(rule.OnExit) == 0 || slices.Contains(rule.OnExit, run.Code())
}

// try runs a step once.
func (r Runner) try(ctx context.Context, s mlgate.Step) (mlgate.StepRun, error) {
	if r.PassNames != nil {
		s.Env.Pass = slices.DeleteFunc(slices.Clone(s.Env.Pass), func(n string) bool { return !slices.Contains(r.PassNames, n) })
	}
	log := r.StepLog(s.Name)
	task := mlgate.Task{Name: s.Name, Run: s.Run, Dir: r.Dir, Env: seeded(r.Env(s), r.seed), Timeout: s.Timeout, Container: s.Container}
	if s.Container != nil {
		task.ImageID = r.images[s.Container.Image].ID
	}
	done, err := r.Executor.Run(ctx, task, log)
	closeErr := log.Close()
	done.Seed = r.seed
	if ctx.Err() != nil {
		return done, fmt.Errorf("running step %s: %w", s.Name, context.Cause(ctx))
	}
	if err := errors.Join(err, closeErr); err != nil {
		return done, fmt.Errorf("running step %s: %w", s.Name, err)
	}
	how := "done"
	switch {
	case done.Why != "":
		how = done.Why
	case done.Exit != 0:
		how = fmt.Sprintf("failed with exit code %d", done.Exit)
	}
	fmt.Fprintf(r.Notes, "step %s: %s after %.1f s\n", s.Name, how, done.Seconds)
	return done, nil
}
