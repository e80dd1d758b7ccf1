package flow

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// fakeSteps runs tasks by functions of their names.
type fakeSteps struct {
	mu   sync.Mutex
	runs []string
	do   map[string]func(ctx context.Context, try int) (mlgate.StepRun, error)
}

func (f *fakeSteps) Run(ctx context.Context, t mlgate.Task, _ io.Writer) (mlgate.StepRun, error) {
	f.mu.Lock()
	f.runs = append(f.runs, t.Name)
	try := len(slices.DeleteFunc(slices.Clone(f.runs), func(n string) bool { return n != t.Name }))
	f.mu.Unlock()
	if do := f.do[t.Name]; do != nil {
		run, err := do(ctx, try)
		run.Name = t.Name
		return run, err
	}
	return mlgate.StepRun{Name: t.Name}, nil
}

// noFiles is a work tree that only notes what was removed.
type noFiles struct {
	mlgate.WorkTree
	mu      sync.Mutex
	removed []string
}

func (n *noFiles) Remove(paths []string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.removed = append(n.removed, paths...)
	return nil
}

func (*noFiles) Digests(context.Context, []string) ([]mlgate.File, error) { return nil, nil }

type quiet struct{ io.Writer }

func (quiet) Close() error { return nil }

func runnerOf(f *fakeSteps, jobs int) (Runner, *noFiles) {
	work := &noFiles{}
	return Runner{
		Work: work, Executor: f, Jobs: jobs, Now: func() time.Time { return time.Unix(0, 0) }, Notes: io.Discard,
		Env: func(mlgate.Step) []string { return nil }, StepLog: func(string) io.WriteCloser { return quiet{io.Discard} },
	}, work
}

func summary(runs []mlgate.StepRun) string {
	var s []string
	for _, r := range runs {
		text := r.Name
		if r.Why != "" {
			text += " (" + r.Why + ")"
		}
		s = append(s, text)
	}
	return strings.Join(s, ", ")
}

// Two independent steps meet: each waits for the other to have started. The one that needs both
// comes after them.
func TestStepsRunAtOnce(t *testing.T) {
	t.Parallel()
	var both sync.WaitGroup
	both.Add(2)
	meet := func(context.Context, int) (mlgate.StepRun, error) {
		both.Done()
		both.Wait()
		return mlgate.StepRun{}, nil
	}
	f := &fakeSteps{do: map[string]func(context.Context, int) (mlgate.StepRun, error){"a": meet, "b": meet}}
	r, _ := runnerOf(f, 2)
	ev := &mlgate.Evidence{}
	if err := r.execute(t.Context(), ev, []mlgate.Step{{Name: "a"}, {Name: "b"}, {Name: "c", Needs: []string{"a", "b"}}}); err != nil {
		t.Fatal(err)
	}
	if got := summary(ev.Steps); got != "a, b, c" || f.runs[2] != "c" {
		t.Errorf("got %s, started %v", got, f.runs)
	}
}

func TestOneStepAtATime(t *testing.T) {
	t.Parallel()
	f := &fakeSteps{}
	r, _ := runnerOf(f, 0)
	ev := &mlgate.Evidence{}
	if err := r.execute(t.Context(), ev, []mlgate.Step{{Name: "b"}, {Name: "a"}, {Name: "c"}}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.runs, " "); got != "b a c" {
		t.Errorf("started %s", got)
	}
}

func TestFailedStepStopsTheRest(t *testing.T) {
	t.Parallel()
	f := &fakeSteps{do: map[string]func(context.Context, int) (mlgate.StepRun, error){
		"train": func(context.Context, int) (mlgate.StepRun, error) { return mlgate.StepRun{Exit: 3}, nil },
	}}
	r, _ := runnerOf(f, 1)
	ev := &mlgate.Evidence{}
	if err := r.execute(t.Context(), ev, []mlgate.Step{{Name: "train"}, {Name: "evaluate"}}); err != nil {
		t.Fatal(err)
	}
	if got := summary(ev.Steps); got != "train, evaluate (not run: train failed)" || ev.Complete() {
		t.Errorf("got %s", got)
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	killed := mlgate.StepRun{Exit: -1, Signal: 9, Why: "killed by signal 9 (killed)"}
	for name, c := range map[string]struct {
		rule mlgate.Retry
		ends []mlgate.StepRun
		want int // runs
		ok   bool
	}{
		"none":              {mlgate.Retry{}, []mlgate.StepRun{killed}, 1, false},
		"good in the end":   {mlgate.Retry{Times: 2}, []mlgate.StepRun{killed, killed, {}}, 3, true},
		"never good":        {mlgate.Retry{Times: 2}, []mlgate.StepRun{killed, killed, killed}, 3, false},
		"by exit code":      {mlgate.Retry{Times: 5, OnExit: []int{137}}, []mlgate.StepRun{killed, {Exit: 1}}, 2, false},
		"after a timeout":   {mlgate.Retry{Times: 1, OnExit: []int{124}}, []mlgate.StepRun{{Exit: -1, Why: "timed out after 1s"}, {}}, 2, true},
		"not for this exit": {mlgate.Retry{Times: 5, OnExit: []int{2}}, []mlgate.StepRun{{Exit: 1}}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fakeSteps{do: map[string]func(context.Context, int) (mlgate.StepRun, error){
				"train": func(_ context.Context, try int) (mlgate.StepRun, error) { return c.ends[try-1], nil },
			}}
			r, work := runnerOf(f, 1)
			ev := &mlgate.Evidence{}
			if err := r.execute(t.Context(), ev, []mlgate.Step{{Name: "train", Outputs: []string{"m"}, Retry: c.rule}}); err != nil {
				t.Fatal(err)
			}
			got := ev.Steps[0]
			if len(f.runs) != c.want || len(got.Tries) != c.want-1 || got.OK() != c.ok || len(work.removed) != c.want-1 {
				t.Errorf("%d runs, %d tries written down, ok %v, outputs removed %d times; want %d, ok %v", len(f.runs), len(got.Tries), got.OK(), len(work.removed), c.want, c.ok)
			}
		})
	}
}

// An executor that cannot run at all ends the others, and its error is the one that is told.
func TestBrokenExecutorEndsAll(t *testing.T) {
	t.Parallel()
	broken := errors.New("no shell")
	f := &fakeSteps{do: map[string]func(context.Context, int) (mlgate.StepRun, error){
		"a": func(context.Context, int) (mlgate.StepRun, error) { return mlgate.StepRun{}, broken },
		"b": func(ctx context.Context, _ int) (mlgate.StepRun, error) {
			<-ctx.Done()
			return mlgate.StepRun{}, nil
		},
	}}
	r, _ := runnerOf(f, 2)
	if err := r.execute(t.Context(), &mlgate.Evidence{}, []mlgate.Step{{Name: "a"}, {Name: "b"}, {Name: "c"}}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if slices.Contains(f.runs, "c") {
		t.Error("a step was started after that")
	}
}
