package flow

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Targets are the models that a change may matter to.
type Targets struct {
	Configs []string // paths of their mlops.yaml; one empty path: the only model there is
	Others  int      // models that the change cannot matter to
}

// Targets looks at every mlops.yaml of the judged tree and of the tree before. Without opening a
// ledger it finds those whose folder is as before, or on a push as in the stage: nothing below it
// changed, so neither recipe nor demands did. A nightly run and one by hand are about all models.
func (d Desk) Targets(ctx context.Context, ask Ask) (Targets, error) {
	one := Targets{Configs: []string{ask.Config}}
	if ask.Config != "" {
		return one, nil
	}
	judged, before, err := d.frame(ctx, ask)
	if err != nil {
		return one, err
	}
	now, err := Configs(judged)
	if err != nil {
		return one, err
	}
	var old []string
	if before != nil {
		if old, err = Configs(before); err != nil {
			return one, err
		}
	}
	if len(now) <= 1 && len(old) <= 1 {
		return one, nil
	}
	s := survey{desk: d, judged: judged, before: before, promoting: ask.Change.Promoting()}
	if s.promoting {
		if s.pointers, err = d.Registry.Pointers(ctx); err != nil {
			return one, fmt.Errorf("reading the registry: %w", err)
		}
	}
	t, err := s.sort(ctx, now, old)
	if err != nil {
		return one, err
	}
	return t, t.bounded(ask.Change)
}

// frame is the judged tree and the one before it, without looking into either.
func (d Desk) frame(ctx context.Context, ask Ask) (judged, before mlgate.Tree, err error) {
	h := &Hearing{desk: d, ask: ask}
	if h.isPush() {
		return d.framePush(ctx, ask)
	}
	tree, tip, from, err := h.trees(ctx)
	if err != nil {
		return nil, nil, err
	}
	if judged, err = d.Repo.Tree(ctx, tree); err != nil || tip == noCommit {
		return judged, nil, err
	}
	before, err = d.Repo.Tree(ctx, from)
	return judged, before, err
}

func (d Desk) framePush(ctx context.Context, ask Ask) (judged, before mlgate.Tree, err error) {
	c := ask.Change
	if err := d.Repo.Fetch(ctx, c.Head); err != nil {
		return nil, nil, fmt.Errorf("fetching the pushed commit: %w", err)
	}
	if judged, err = d.Repo.Tree(ctx, c.Head); err != nil || c.Event != mlgate.Push {
		return judged, nil, err // asked for, by a clock or a person: every model is looked at
	}
	parents, err := d.Lineage.FirstParents(ctx, c.Head, 1)
	var cut *mlgate.Mistake
	switch {
	case err != nil && !errors.As(err, &cut):
		return nil, nil, err
	case len(parents) == 0: // the first commit, or the edge of a shallow clone: every model is looked at
		return judged, nil, nil
	}
	from := parents[0]
	if c.Before != "" && c.Before != noID(c.Before) {
		from = c.Before
	}
	if err := d.Repo.Fetch(ctx, from); err != nil {
		return nil, nil, fmt.Errorf("fetching the tip before this push: %w", err)
	}
	before, err = d.Repo.Tree(ctx, from)
	return judged, before, err
}

// noID is the id that stands for no commit, as long as id.
func noID(id string) string {
	zero := make([]byte, len(id))
	for i := range zero {
		zero[i] = '0'
	}
	return string(zero)
}

// survey sorts models into those that a change may matter to and others.
type survey struct {
	desk           Desk
	judged, before mlgate.Tree
	promoting      bool
	pointers       []mlgate.Pointer
}

func (s survey) sort(ctx context.Context, now, old []string) (Targets, error) {
	var t Targets
	for _, file := range now {
		same, err := s.same(ctx, file)
		if err != nil {
			return t, err
		}
		if same {
			t.Others++
		} else {
			t.Configs = append(t.Configs, file)
		}
	}
	gone, err := s.gone(now, old)
	if err != nil {
		return t, err
	}
	t.Configs = append(t.Configs, gone...)
	if len(t.Configs) == 0 && len(now) > 0 {
		touched, err := s.protected(ctx)
		if err != nil {
			return t, err
		}
		if touched { // somebody must say so
			t.Configs, t.Others = now[:1], t.Others-1
		}
	}
	slices.Sort(t.Configs)
	return t, nil
}

// same reports whether nothing below a model's folder differs from what it was before and, on a push
// that promotes, from what its stages have.
func (s survey) same(ctx context.Context, file string) (bool, error) {
	if s.before == nil || !sameFolder(s.judged, s.before, path.Dir(file)) {
		return false, nil
	}
	if !s.promoting {
		return true, nil
	}
	src, err := s.judged.ReadFile(file)
	if err != nil {
		return false, fmt.Errorf("reading %q: %w", file, err)
	}
	demand, err := config.ParseDemand(file, src, s.desk.Version)
	if err != nil {
		return false, nil //nolint:nilerr // judging it tells what is wrong
	}
	for _, rule := range demand.Promote {
		if rule.When != "merge" {
			continue
		}
		same, err := s.inStage(ctx, demand.Model, rule.To, path.Dir(file))
		if err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

func (s survey) inStage(ctx context.Context, model, stage, dir string) (bool, error) {
	for _, p := range s.pointers {
		if p.Model != model || p.Stage != stage {
			continue
		}
		if err := s.desk.Repo.Fetch(ctx, p.Commit); err != nil {
			return false, fmt.Errorf("fetching what is in %s of %s: %w", stage, model, err)
		}
		tree, err := s.desk.Repo.Tree(ctx, p.Commit)
		return err == nil && sameFolder(s.judged, tree, dir), err
	}
	return false, nil
}

func sameFolder(a, b mlgate.Tree, dir string) bool {
	x, errX := a.Entry(dir)
	y, errY := b.Entry(dir)
	return errX == nil && errY == nil && x.ID == y.ID
}

// gone are the files of models that the change deletes: neither there any more nor described by
// another file that is new.
func (s survey) gone(now, old []string) ([]string, error) {
	var out []string
	moved := map[string]bool{}
	for _, file := range now {
		if slices.Contains(old, file) {
			continue
		}
		src, err := s.judged.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading %q: %w", file, err)
		}
		moved[config.ModelOf(src)] = true
	}
	for _, file := range old {
		if slices.Contains(now, file) {
			continue
		}
		src, err := s.before.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading %q: %w", file, err)
		}
		if !moved[config.ModelOf(src)] {
			out = append(out, file)
		}
	}
	return out, nil
}

// protected reports whether the change touches what decides how any model is judged.
func (s survey) protected(ctx context.Context) (bool, error) {
	if s.before == nil {
		return false, nil
	}
	files, err := s.desk.Repo.Changed(ctx, s.before, s.judged)
	return slices.ContainsFunc(files, func(f mlgate.FileChange) bool { return governance.AlwaysProtected(f.Path) }), err
}
