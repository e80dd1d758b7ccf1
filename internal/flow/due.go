package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Due is a model whose steps must run for a change, and why.
type Due struct {
	Model  string // as its mlops.yaml says, which may be wrong
	Config string // path of that file
	Why    string
}

// Must says why the steps must run; empty: they need not, and known says what there is already.
func (h *Hearing) Must(ctx context.Context, fresh bool) (why, known string, err error) {
	affected, why, err := h.Affected(ctx)
	if err != nil || !affected {
		return "", "", err
	}
	if fresh {
		return why + ", and --fresh", "", nil
	}
	if known, err = h.Known(ctx); err != nil || known == "" {
		return why, "", err
	}
	return "", known, nil
}

// Due finds the models whose steps must run, and counts all there are. A model that cannot be judged
// as it is counts as due: running it says what is wrong. It decides nothing: the judge looks for
// itself.
func (d Desk) Due(ctx context.Context, ask Ask, fresh bool) (due []Due, all int, err error) {
	targets, err := d.Targets(ctx, ask)
	if err != nil {
		return nil, 0, err
	}
	all = len(targets.Configs) + targets.Others
	for _, file := range targets.Configs {
		one := ask
		one.Config = file
		next, err := d.dueOne(ctx, one, fresh)
		if err != nil {
			return nil, all, err
		}
		if next != nil {
			due = append(due, *next)
		}
	}
	return due, all, nil
}

func (d Desk) dueOne(ctx context.Context, ask Ask, fresh bool) (*Due, error) {
	h, err := d.Begin(ctx, ask)
	var mistake *mlgate.Mistake
	switch {
	case errors.As(err, &mistake) && ask.Config != "":
		d.note("%s: %v", ask.Config, err)
		return &Due{Model: ask.Config, Config: ask.Config, Why: "what is wrong with it must be told"}, nil
	case err != nil:
		return nil, err
	case !h.judged.present():
		return nil, nil // deleted: there is nothing to run
	}
	why, _, err := h.Must(ctx, fresh)
	if err != nil || why == "" {
		return nil, err
	}
	return &Due{Model: h.model, Config: h.Config(), Why: why}, nil
}

// Names are the models of the judged tree and of the tree before it. A repository with one model at
// most has none to tell apart: then they are nil.
func (d Desk) Names(ctx context.Context, ask Ask) ([]string, error) {
	if ask.Config != "" {
		return nil, nil
	}
	judged, before, err := d.frame(ctx, ask)
	if err != nil {
		return nil, err
	}
	var names []string
	many := false
	for _, tree := range []mlgate.Tree{judged, before} {
		if tree == nil {
			continue
		}
		files, err := Configs(tree)
		if err != nil {
			return nil, err
		}
		many = many || len(files) > 1
		for _, file := range files {
			src, err := tree.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("reading %q: %w", file, err)
			}
			names = append(names, config.ModelOf(src))
		}
	}
	if !many {
		return nil, nil
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
