package cli

import (
	"context"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// reading is evidence that is read before it is known whether it is needed.
type reading struct {
	file   string // mlops.yaml
	cancel context.CancelFunc
	done   chan struct{}
	bundle mlgate.Bundle
	err    error
}

// early begins to read the evidence of a model that runs no step, while what judges it is fetched: nothing of the
// change is executed by that, and nothing is written. Nil: something would run, or HEAD has the base's recipe, or what
// is wrong here is for the hearing to tell.
func (a *app) early(ctx context.Context, o *office, ask flow.Ask) *reading {
	if ci.Detect(a.Getenv) != "" || o.clone.Dir == o.clone.GitDir { // in CI inputs are restored first
		return nil
	}
	tree, err := o.repo.Tree(ctx, o.clone.Head)
	if err != nil {
		return nil
	}
	file, err := flow.Locate(tree, ask.Config)
	if err != nil {
		return nil
	}
	src, err := tree.ReadFile(file)
	if err != nil {
		return nil
	}
	if run, err := config.ParseRun(file, src); err != nil || len(run.Steps) > 0 || !a.differs(ctx, o, ask.Base, tree, file) {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &reading{file: file, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.bundle, r.err = a.runSteps(ctx, o, file, watched{})
	}()
	return r
}

// differs reports whether the recipe is another one than that of a commit of this clone.
func (a *app) differs(ctx context.Context, o *office, base string, tree mlgate.Tree, file string) bool {
	if base == flow.NoBase {
		return true
	}
	before, err := o.repo.Tree(ctx, base)
	if err != nil {
		return false
	}
	was, err := flow.RecipeAt(before, file, a.Version)
	if err != nil {
		return false
	}
	is, err := flow.RecipeAt(tree, file, a.Version)
	return err == nil && is != was
}

// of waits for what was read of a model; false: it was not.
func (r *reading) of(file string) (mlgate.Bundle, bool, error) {
	if r == nil || r.file != file {
		return mlgate.Bundle{}, false, nil
	}
	<-r.done
	return r.bundle, true, r.err
}

// end stops reading what nobody waits for, and returns when nothing is read any more.
func (r *reading) end() {
	if r != nil {
		r.cancel()
		<-r.done
	}
}
