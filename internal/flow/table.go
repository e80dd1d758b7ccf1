package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// isOutput reports whether a step declares the file, or a folder around it, as its output.
func isOutput(run config.Run, file string) bool {
	return slices.ContainsFunc(run.Steps, func(s mlgate.Step) bool {
		return slices.ContainsFunc(s.Outputs, func(o string) bool { return file == o || strings.HasPrefix(file, o+"/") })
	})
}

// mayStay reports which files cannot be of the day before: declared outputs are removed before the
// steps, and what git tracks is as committed.
func mayStay(run config.Run, recipe pipeline.Recipe) func(string) bool {
	return func(file string) bool {
		return len(run.Steps) == 0 || recipe.Has(file) || isOutput(run, file)
	}
}

// tables hashes the tables that a metrics file names.
func (r Runner) tables(ctx context.Context, ev *mlgate.Evidence, by string, tables []mlgate.Table, fresh func(string) bool) error {
	for _, t := range tables {
		err := error(nil)
		switch {
		case slices.ContainsFunc(ev.Tables, func(f mlgate.File) bool { return f.Path == t.Path }):
			err = errors.New("stands in another file too")
		case !fresh(t.Path):
			err = errors.New("is no output of a step: write it under `outputs`")
		default:
			err = r.hashTable(ctx, ev, t)
		}
		if err != nil {
			return fmt.Errorf("the table %q of %q %w", t.Path, by, err)
		}
	}
	return nil
}

func (r Runner) hashTable(ctx context.Context, ev *mlgate.Evidence, t mlgate.Table) error {
	files, err := r.Work.Digests(ctx, []string{t.Path})
	switch {
	case err != nil:
		return fmt.Errorf("cannot be read: %w", err)
	case len(files) != 1 || files[0].Path != t.Path:
		return errors.New("is not there as a regular file")
	case t.SHA256 != "" && t.SHA256 != files[0].SHA256:
		return fmt.Errorf("hashes to %s, the file says %s", files[0].SHA256.Short(), t.SHA256.Short())
	}
	ev.Tables = append(ev.Tables, files[0])
	return nil
}

// seedNames are what a seed is called, in lower case.
var seedNames = []string{"seed", "random_seed", "random_state", "pythonhashseed"}

// seeds are the params and the fixed variables of steps that are called a seed. Variables name the step
// as their file, since they stand in mlops.yaml.
func seeds(params []mlgate.Param, steps []mlgate.Step) []mlgate.Param {
	var out []mlgate.Param
	for _, p := range params {
		if slices.Contains(seedNames, strings.ToLower(p.Name[strings.LastIndex(p.Name, ".")+1:])) {
			out = append(out, p)
		}
	}
	for _, s := range steps {
		for _, v := range s.Env.Set {
			if slices.Contains(seedNames, strings.ToLower(v.Name)) {
				out = append(out, mlgate.Param{Name: s.Name + "." + v.Name, Value: v.Value, File: mlgate.ConfigName})
			}
		}
	}
	return out
}
