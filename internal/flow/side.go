package flow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
	"github.com/mlgate/mlgate/internal/policy"
)

// side is one commit's view of the model: its tree, and what its mlops.yaml says, apart as run part
// and demands. A side without the file is absent.
type side struct {
	commit string
	tree   mlgate.Tree
	file   string // path of mlops.yaml
	src    []byte // nil: the commit has no such file
	run    config.Run
	demand config.Demand
	recipe pipeline.Recipe
	sets   []policy.Set
}

func (s side) present() bool { return s.src != nil }

// side reads one commit (or, with a tree given, that tree under the commit's name).
func (d Desk) side(ctx context.Context, commit, tree, file string) (side, error) {
	if tree == "" {
		tree = commit
	}
	t, err := d.Repo.Tree(ctx, tree)
	if err != nil {
		return side{}, fmt.Errorf("reading commit %.12s: %w", commit, err)
	}
	s := side{commit: commit, tree: t, file: file}
	if file == "" {
		if s.file, err = Locate(t, ""); errors.Is(err, mlgate.ErrNotFound) {
			return s, nil
		} else if err != nil {
			return side{}, err
		}
	}
	if !fs.ValidPath(s.file) {
		return side{}, &mlgate.Mistake{
			Err: fmt.Errorf("reading %q: that is no path in the repository", s.file), Fix: "write it from the repository's top, with slashes and no dots: models/churn/" + mlgate.ConfigName,
		}
	}
	src, err := t.ReadFile(s.file)
	if errors.Is(err, mlgate.ErrNotFound) || isNotExist(err) {
		return s, nil
	}
	if err != nil {
		if _, no := t.ReadDir(s.file); no == nil {
			return side{}, aFolder(s.file)
		}
		return side{}, fmt.Errorf("reading %s of %.12s: %w", s.file, commit, err)
	}
	return d.parse(s, src)
}

func (d Desk) parse(s side, src []byte) (side, error) {
	var err error
	if s.run, err = config.ParseRun(s.file, src); err != nil {
		return side{}, fmt.Errorf("reading the %s of %.12s: %w", mlgate.ConfigName, s.commit, err)
	}
	if s.demand, err = config.ParseDemand(s.file, src, d.Version); err != nil {
		return side{}, fmt.Errorf("reading the %s of %.12s: %w", mlgate.ConfigName, s.commit, err)
	}
	refs := make([]string, 0, len(s.demand.Policies))
	for _, p := range s.demand.Policies {
		refs = append(refs, p.Ref)
	}
	if s.recipe, err = pipeline.RecipeOf(s.run, refs, s.tree); err != nil {
		return side{}, fmt.Errorf("computing the recipe of %.12s: %w", s.commit, err)
	}
	if s.sets, err = policySets(s); err != nil {
		return side{}, err
	}
	s.src = src
	return s, nil
}
