package flow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// maxArtifact is the largest artifact that a bundle carries, in bytes.
const maxArtifact = 50 << 20

// withBytes puts the artifact itself into the bundle, for the store.
func (r Runner) withBytes(b mlgate.Bundle, path string, d mlgate.Digest) (mlgate.Bundle, error) {
	data, err := r.Work.Read(path, maxArtifact)
	if err != nil {
		b.Evidence, b.Problem = nil, fmt.Sprintf("keeping the artifact: %v (`artifact.store` keeps up to %d MB; without it versions are source-only)", err, maxArtifact>>20)
		return b, nil // told in the bundle: the judge reports it to the people waiting
	}
	if mlgate.DigestOf(data) != d {
		b.Evidence, b.Problem = nil, fmt.Sprintf("keeping the artifact: %q changed while it was read: does a step still write it?", path)
		return b, nil
	}
	b.Artifact = data
	return b, nil
}

func (r Runner) readMetrics(ctx context.Context, ev *mlgate.Evidence, run config.Run, recipe pipeline.Recipe) error {
	sources, err := r.written(ctx, run, recipe)
	if err != nil {
		return fmt.Errorf("reading the metrics: %w", err)
	}
	all := newHarvest()
	for src, read := range r.readings(sources) {
		got, err := read.Reading, read.err
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, mlgate.ErrNotFound) {
			return fmt.Errorf("reading the metrics: %q is not there%s", src.Path, absent(run, "it"))
		}
		if err != nil {
			return fmt.Errorf("reading the metrics: %w", err)
		}
		if err := all.take(src, &got); err != nil {
			return err
		}
		if why := beyond(ev, got); why != "" {
			return fmt.Errorf("reading the metrics: %q is %s", src.Path, why)
		}
		if got.Examples != nil {
			ev.Examples = append(ev.Examples, mlgate.HoldExamples(src.Path, got.Examples))
		}
		ev.Checks = append(ev.Checks, got.Checks...)
		ev.Metrics, ev.Dropped, ev.LeftOut = append(ev.Metrics, got.Metrics...), append(ev.Dropped, got.Dropped...), append(ev.LeftOut, got.LeftOut...)
		if err := r.tables(ctx, ev, src.Path, got.Tables, mayStay(run, recipe)); err != nil {
			return fmt.Errorf("reading the metrics: %w", err)
		}
	}
	if ev.Uncommitted, err = r.uncommitted(run, recipe, sources); err != nil {
		return err
	}
	ev.Dropped = append(ev.Dropped, all.sentences(run.Evidence)...)
	ev.Checks, ev.ChecksMore = mlgate.KeepChecks(ev.Checks)
	slices.SortFunc(ev.Tables, func(a, b mlgate.File) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(ev.Metrics, func(a, b mlgate.Metric) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// beyond says why evidence cannot take what one more source holds; empty: it can.
func beyond(ev *mlgate.Evidence, got mlgate.Reading) string {
	if got.Examples != nil && len(ev.Examples) >= mlgate.MaxTables {
		return fmt.Sprintf("one table of examples more than the %d that are kept", mlgate.MaxTables)
	}
	if n := len(ev.Metrics) + len(got.Metrics); n > mlgate.MaxMetrics {
		return fmt.Sprintf("too much: with it there are %d numbers, and one judgment takes %d; name fewer files under `evidence`, or write fewer slices", n, mlgate.MaxMetrics)
	}
	return ""
}

// reading reads one source: a file, or a folder with all that lies below it. What can be a folder may be one
// file of it.
func (r Runner) reading(src mlgate.Source) (mlgate.Reading, error) {
	if !src.IsFolder() {
		return r.readingOfFile(src)
	}
	folder := r.Work.Below(path.Clean(src.Path), r.Reader.Limit(src))
	info, err := fs.Stat(folder, ".")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return mlgate.Reading{}, fmt.Errorf("%w: %q", mlgate.ErrNotFound, src.Path)
	case err != nil:
		return mlgate.Reading{}, err
	case !info.IsDir():
		return r.readingOfFile(src)
	}
	return r.Reader.Folder(src, folder)
}

func (r Runner) readingOfFile(src mlgate.Source) (mlgate.Reading, error) {
	for _, file := range r.Reader.Beside(src) {
		if _, err := r.Work.Read(file, 0); err != nil && !errors.Is(err, mlgate.ErrNotFound) {
			return mlgate.Reading{}, fmt.Errorf("%q is not whole without %q: let the step close the database and end what has it open (%w)", src.Path, file, err)
		}
	}
	data, err := r.Work.Read(src.Path, r.Reader.Limit(src))
	if err != nil {
		return mlgate.Reading{}, err
	}
	return r.Reader.Metrics(src, data)
}

func (r Runner) readParams(ev *mlgate.Evidence, run config.Run) error {
	seen := map[mlgate.Param]bool{}
	for _, s := range run.Steps {
		for _, file := range s.Params {
			data, err := r.Work.Read(file.Path, maxParams)
			if err != nil {
				return fmt.Errorf("reading the params of step %s: %w", s.Name, err)
			}
			params, err := r.Reader.Params(file, data)
			if err != nil {
				return fmt.Errorf("reading the params of step %s: %w", s.Name, err)
			}
			if len(ev.Params)+len(params) > mlgate.MaxMetrics {
				return fmt.Errorf("reading the params of step %s: with %q there are more than %d: name the keys that count (%s:KEY)", s.Name, file.Path, mlgate.MaxMetrics, file.Path)
			}
			for _, p := range params {
				if !seen[p] {
					seen[p] = true
					ev.Params = append(ev.Params, p)
				}
			}
		}
	}
	slices.SortFunc(ev.Params, func(a, b mlgate.Param) int {
		return strings.Compare(a.Name+"\x00"+a.File, b.Name+"\x00"+b.File)
	})
	return nil
}

// hashFiles writes down the content of inputs, outputs and the artifact, as they are after the
// steps.
func (r Runner) hashFiles(ctx context.Context, ev *mlgate.Evidence, run config.Run, recipe pipeline.Recipe) error {
	inputs := slices.Clone(recipe.Untracked)
	tracked := map[string]bool{}
	for _, f := range declaredInputs(run, recipe) {
		inputs = append(inputs, f.Path)
		tracked[f.Path] = true
	}
	var outputs []string
	for _, s := range run.Steps {
		outputs = append(outputs, s.Outputs...)
	}
	var err error
	if ev.Inputs, err = r.Work.Digests(ctx, inputs); err != nil {
		return err
	}
	for i := range ev.Inputs {
		ev.Inputs[i].Tracked = tracked[ev.Inputs[i].Path]
	}
	if ev.Outputs, err = r.Work.Digests(ctx, outputs); err != nil {
		return err
	}
	if run.Artifact == "" {
		return nil
	}
	files, err := r.Work.Digests(ctx, []string{run.Artifact})
	if err != nil {
		return err
	}
	if len(files) == 1 {
		ev.Artifact = &files[0]
	}
	return nil
}

// declaredInputs are the tracked files that a step names as input or params.
func declaredInputs(run config.Run, recipe pipeline.Recipe) []mlgate.TreeFile {
	var patterns []string
	for _, s := range run.Steps {
		patterns = append(patterns, s.Inputs...)
		for _, p := range s.Params {
			patterns = append(patterns, p.Path)
		}
	}
	var files []mlgate.TreeFile
	compiled := glob.CompileAll(patterns)
	for _, f := range recipe.Files {
		if glob.MatchAny(compiled, f.Path) {
			files = append(files, f)
		}
	}
	return files
}
