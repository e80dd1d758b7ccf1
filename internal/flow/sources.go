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
	"github.com/mlgate/mlgate/internal/stamp"
)

// maxMatches is how many files the patterns of one model may stand for.
const maxMatches = 10_000

// source is one file or folder of evidence.
type source struct {
	mlgate.Source
	pattern string // that it matches; empty: it is named
	latest  bool   // of those that the pattern matches
}

// sources are the evidence as it lies there now: in the place of each pattern the files that it matches,
// sorted. A file that is named is not found by a pattern again.
func (r Runner) sources(ctx context.Context, evidence []mlgate.Source) ([]source, error) {
	var all []source
	found := 0
	for _, src := range evidence {
		if !src.IsPattern() {
			all = append(all, source{Source: src})
			continue
		}
		match := pipeline.Matching(src, evidence)
		files, err := r.matches(ctx, match, maxMatches-found)
		if err != nil {
			return nil, err
		}
		found += len(files)
		if src.Latest {
			files = stamp.Latest(files)
		}
		for _, file := range files {
			all = append(all, source{match.Source(file), src.Path, src.Latest})
		}
	}
	return all, nil
}

// matches lists the files that a pattern stands for, at most limit. Symlinks are listed, and those to folders
// are not entered.
func (r Runner) matches(ctx context.Context, m pipeline.Match, limit int) ([]string, error) {
	pattern := m.Pattern()
	base, deep, depth := glob.Base(pattern), glob.Deep(pattern), strings.Count(pattern, "/")
	var files []string
	err := fs.WalkDir(r.Work.Below(base, 0), ".", func(name string, d fs.DirEntry, err error) error {
		file := path.Join(base, name)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case name == "." && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			return err
		case d.IsDir() && !deep && name != "." && strings.Count(file, "/") >= depth:
			return fs.SkipDir
		case !d.IsDir() && m.Takes(file):
			files = append(files, file)
		}
		if len(files) > limit {
			return fmt.Errorf("more than %d files of evidence", maxMatches)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the files of %q: %w", pattern, err)
	}
	slices.Sort(files)
	return files, nil
}

// written are the sources to read once the steps have run. A pattern finds what lies there, so a file of it
// must be an output, which is removed before the steps, or as committed: what is of the day before is an error.
func (r Runner) written(ctx context.Context, run config.Run, recipe pipeline.Recipe) ([]source, error) {
	all, err := r.sources(ctx, run.Evidence)
	if err != nil {
		return nil, err
	}
	for _, src := range run.Evidence {
		if src.IsPattern() && !slices.ContainsFunc(all, func(s source) bool { return s.pattern == src.Path }) {
			return nil, fmt.Errorf("no file matches %q%s", src.Path, absent(run, "them"))
		}
	}
	stays, matched := mayStay(run, recipe), committedMatches(run, recipe)
	for _, s := range all {
		if matched[s.pattern] && !inCommit(recipe, s.Path) {
			return nil, fmt.Errorf("%q, which %q matches, is not committed, and other files that it matches are: its numbers would be told as those of a commit that does not have them; commit it, or take it out with `exclude`", s.Path, s.pattern)
		}
		if s.latest && len(run.Steps) > 0 && !isOutput(run, s.Path) {
			return nil, fmt.Errorf("%q is the latest that %q matches, and no output of a step: beside steps `latest` reads what they write, so write its folder under `outputs`, or take it out with `exclude`", s.Path, s.pattern)
		}
		if s.pattern != "" && !stays(s.Path) {
			return nil, fmt.Errorf("%q, which %q matches, is neither an output of a step nor committed as part of the model, so it may be of another day: write its folder under `outputs`, or take it out with `exclude`", s.Path, s.pattern)
		}
	}
	return all, nil
}

// absent ends a sentence about evidence that is not there; what is it, or them.
func absent(run config.Run, what string) string {
	if len(run.Steps) == 0 {
		is := map[string]string{"it": "is it", "them": "are they"}[what]
		return fmt.Sprintf(", and no step writes %s: %s committed, or there, in the folder of %s?", what, is, mlgate.ConfigName)
	}
	return fmt.Sprintf(" after the steps: does a step write %s, in the folder of %s?", what, mlgate.ConfigName)
}

// inCommit reports whether the commit has a file of evidence: itself, or the submodule around it.
func inCommit(recipe pipeline.Recipe, file string) bool {
	if recipe.Has(file) {
		return true
	}
	return slices.ContainsFunc(recipe.Files, func(f mlgate.TreeFile) bool {
		return f.Mode == "160000" && strings.HasPrefix(file, f.Path+"/")
	})
}

// committedMatches are the patterns of evidence that match files of the commit, where no step makes any.
func committedMatches(run config.Run, recipe pipeline.Recipe) map[string]bool {
	found := map[string]bool{}
	for _, src := range run.Evidence {
		if len(run.Steps) > 0 || !src.IsPattern() {
			continue
		}
		match := pipeline.Matching(src, run.Evidence)
		if slices.ContainsFunc(recipe.Files, func(f mlgate.TreeFile) bool { return match.Takes(f.Path) }) {
			found[src.Path] = true
		}
	}
	return found
}

// uncommitted are the files and folders of evidence that the commit does not have, or not all of, by path, where
// no step makes them: somebody put them there before.
func (r Runner) uncommitted(run config.Run, recipe pipeline.Recipe, sources []source) ([]string, error) {
	if len(run.Steps) > 0 {
		return nil, nil
	}
	var out []string
	for _, s := range sources {
		all, err := r.wholeInCommit(recipe, s)
		if err != nil {
			return nil, err
		}
		if !all {
			out = append(out, s.Path)
		}
	}
	slices.Sort(out)
	return out, nil
}

// wholeInCommit reports whether the commit has a source, and of a folder every file.
func (r Runner) wholeInCommit(recipe pipeline.Recipe, s source) (bool, error) {
	if inCommit(recipe, path.Clean(s.Path)) {
		return true, nil
	}
	if !s.IsFolder() {
		return false, nil
	}
	folder := r.Work.Below(path.Clean(s.Path), 0)
	if info, err := fs.Stat(folder, "."); err != nil || !info.IsDir() {
		return false, nil //nolint:nilerr // one file of it, which the commit does not have
	}
	all := true
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if all = inCommit(recipe, path.Join(s.Path, name)); !all {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("looking which files of %q are committed: %w", s.Path, err)
	}
	return all, nil
}
