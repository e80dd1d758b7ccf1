package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// About finds the mlops.yaml of the model that a question names. A question that names none, neither
// by its file, becomes one for each model of the tip, in the order of their paths; when the tip has
// one model it stays as it is.
func (d Desk) About(ctx context.Context, q Question) ([]Question, error) {
	if q.Config != "" {
		return []Question{q}, nil
	}
	all, err := d.modelsAt(ctx, q.Change)
	if err != nil && q.Model == "" {
		return nil, err // with a name whoever answers meets it again, and notes it
	}
	if len(all) <= 1 {
		return []Question{q}, nil
	}
	var out []Question
	for _, m := range all {
		if q.Model == "" || q.Model == m.Model {
			one := q
			one.Model, one.Config = m.Model, m.Config
			out = append(out, one)
		}
	}
	if len(out) == 0 {
		for _, m := range all {
			q.Others = append(q.Others, m.Model)
		}
		return []Question{q}, nil
	}
	if q.Model != "" {
		return out[:1], nil
	}
	return out, nil
}

// modelsAt lists the files of a commit with their models; a file that cannot be read has none.
func (d Desk) modelsAt(ctx context.Context, c mlgate.Change) ([]Question, error) {
	if err := d.Repo.Fetch(ctx, c.Head); err != nil {
		return nil, fmt.Errorf("fetching the tip of %q: %w", c.Default, err)
	}
	tree, err := d.Repo.Tree(ctx, c.Head)
	if err != nil {
		return nil, fmt.Errorf("reading the tip of %q: %w", c.Default, err)
	}
	files, err := Configs(tree)
	if err != nil {
		return nil, err
	}
	var all []Question
	for _, file := range files {
		src, err := tree.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading %q: %w", file, err)
		}
		all = append(all, Question{Config: file, Model: config.ModelOf(src)})
	}
	return all, nil
}

// Addressed takes MODEL@VERSION and MODEL#STAGE, as tags are written, for the version or stage of
// that model. What looks like it and begins with no model, such as a metric's name, stays a name.
func (d Desk) Addressed(ctx context.Context, q Question) (Question, error) {
	model, name := address(q.Name)
	if q.Model != "" || model == "" {
		return q, nil
	}
	all, err := d.modelsAt(ctx, q.Change)
	known := err == nil && slices.ContainsFunc(all, func(x Question) bool { return x.Model == model })
	if !known {
		entries, err := d.Registry.List(ctx, model)
		if err != nil {
			return q, fmt.Errorf("reading the registry of %s: %w", model, err)
		}
		known = len(entries) > 0
	}
	if known {
		q.Model, q.Name = model, name
	}
	return q, nil
}

// address splits what may be a tag's name; without a model it is none. The tag of one assignment,
// MODEL#STAGE#3, stays whole.
func address(text string) (model, name string) {
	text = strings.TrimPrefix(text, "refs/tags/")
	if parts := strings.Split(text, "#"); len(parts) == 2 && parts[1] != "" {
		model, name = parts[0], "stage/"+parts[1]
	} else if len(parts) == 3 {
		model, name = parts[0], text
	} else if i := strings.LastIndexByte(text, '@'); i > 0 && strings.Count(text[i:], ".") >= 2 {
		model, name = text[:i], text[i+1:]
	}
	return strings.ReplaceAll(model, "%2F", "/"), name
}
