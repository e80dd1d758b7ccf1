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
	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

// maxMatches is how many files the patterns of one model may stand for.
const maxMatches = 10_000

// source is one file or folder of evidence.
type source struct {
	mlgate.Source
	pattern string // that it matches; empty: it is named
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
		files, err := r.matches(ctx, matching(src, evidence), maxMatches-found)
		if err != nil {
			return nil, err
		}
		found += len(files)
		for _, file := range files {
			all = append(all, source{matched(src, file), src.Path})
		}
	}
	return all, nil
}

// match says which files a pattern stands for.
type match struct {
	src   mlgate.Source
	want  glob.Pattern
	but   []glob.Pattern
	named map[string]bool
}

// matching makes the pattern of src ready; a file that the evidence names is left to its name.
func matching(src mlgate.Source, evidence []mlgate.Source) match {
	m := match{src: src, want: glob.Compile(src.Path), but: glob.CompileAll(src.Exclude), named: map[string]bool{}}
	for _, e := range evidence {
		m.named[e.Path] = true
	}
	return m
}

func (m match) takes(file string) bool {
	return m.want.Match(file) && !m.named[file] && !glob.MatchAny(m.but, file)
}

// matches lists the files that a pattern stands for, at most limit. Symlinks are listed, and those to folders
// are not entered.
func (r Runner) matches(ctx context.Context, m match, limit int) ([]string, error) {
	pattern := m.src.Path
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
		case !d.IsDir() && m.takes(file):
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

// matched is the source of one file that the pattern of src matches.
func matched(src mlgate.Source, file string) mlgate.Source {
	below := strings.TrimPrefix(file, glob.Base(src.Path)+"/")
	src.Prefix = strings.ReplaceAll(src.Prefix, mlgate.PathInPrefix, strings.TrimSuffix(below, path.Ext(below)))
	src.Path, src.Exclude = file, nil
	return src
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
			return nil, fmt.Errorf("no file matches %q after the steps: does a step write them, in the folder of %s?", src.Path, ConfigName)
		}
	}
	stays := mayStay(run, recipe)
	for _, s := range all {
		if s.pattern != "" && !stays(s.Path) {
			return nil, fmt.Errorf("%q, which %q matches, is neither an output of a step nor committed as part of the model, so it may be of another day: write its folder under `outputs`, or take it out with `exclude`", s.Path, s.pattern)
		}
	}
	return all, nil
}

// named are the files that one entry of evidence stands for, on either side: what is a candidate on one is
// compared on both. A pattern that matches nothing stands for itself, and is told to be nowhere.
func (c *comparison) named(run config.Run, e mlgate.Source) []discovery.Candidate {
	sources := []mlgate.Source{e}
	if e.IsPattern() {
		m, dir := matching(e, run.Evidence), ""
		if run.Dir != "." {
			dir = run.Dir + "/"
		}
		var found []mlgate.Source
		for _, f := range slices.Concat(c.ask.Old.Files, c.ask.New.Files) {
			if file, below := strings.CutPrefix(f.Path, dir); below && m.takes(file) {
				found = append(found, matched(e, file))
			}
		}
		if len(found) > 0 {
			sources = found
		}
	}
	var out []discovery.Candidate
	for _, src := range sources {
		out = append(out, discovery.Candidate{Path: path.Join(run.Dir, src.Path), Kind: src.Kind, Look: src.Look, Prefix: src.Prefix, Run: src.Run, Table: src.Table, By: run.Path})
	}
	return out
}
