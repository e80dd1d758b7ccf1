package flow

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// MaxDiffFile is the largest file that Diff looks into, in bytes.
const MaxDiffFile = 16 << 20

// DiffSource is one side of a difference: a commit, or the work tree.
type DiffSource struct {
	Side  mlgate.DiffSide
	Files []mlgate.TreeFile // sorted by path; without an id where there is none
	// Read returns a regular file. ErrNotFound: the content is not here. ErrTooLarge: it is more than
	// MaxDiffFile.
	Read func(path string) ([]byte, error)
	// Look finds a file that Files left out; nil: they are complete.
	Look  func(path string) (mlgate.TreeFile, bool)
	ahead func(ids []string) error // reads these blobs ahead; nil: that is of no use
	Note  string                   // what was left out of Files, and why; empty: nothing
	dvc   *pointers
}

// DiffAsk says what is compared.
type DiffAsk struct {
	Old, New DiffSource
	Config   string // of --config; empty: every mlops.yaml counts
	Kept     Kept   // what DVC keeps; nil: nothing
	All      bool   // list what is the same, too
	Version  string // of this mlgate
}

// CommitSource opens a commit by its id.
func CommitSource(ctx context.Context, repo mlgate.Repo, name, commit string) (DiffSource, error) {
	tree, err := repo.Tree(ctx, commit)
	if err != nil {
		return DiffSource{}, fmt.Errorf("reading %q: %w", name, err)
	}
	files, err := tree.Files(".")
	if err != nil {
		return DiffSource{}, fmt.Errorf("reading %q: %w", name, err)
	}
	read := func(path string) ([]byte, error) {
		data, err := tree.ReadFile(path)
		if err == nil && len(data) > MaxDiffFile {
			return nil, fmt.Errorf("reading %q: %w: it has %d bytes, at most %d are read", path, mlgate.ErrTooLarge, len(data), MaxDiffFile)
		}
		return data, err
	}
	src := DiffSource{Side: mlgate.DiffSide{Name: name, Commit: commit}, Files: files, Read: read}
	if p, ok := tree.(mlgate.Prefetcher); ok {
		src.ahead = p.Prefetch
	}
	return src, nil
}

// Diff compares the metrics and params of two sides: in the files that mlops.yaml names, else in those
// that dvc.yaml names and those of the usual names. Nothing is run and nothing is judged. What could
// not be compared is in the answer, with the reason; an mlops.yaml of the new side that is wrong is a
// Mistake.
func Diff(ctx context.Context, r mlgate.Reader, ask DiffAsk) (mlgate.Diff, error) {
	ask.Old.dvc, ask.New.dvc = pointersOf(ask.Old, ask.Kept), pointersOf(ask.New, ask.Kept)
	c := &comparison{reader: r, ask: ask}
	c.out = mlgate.Diff{
		Format: 1, Old: ask.Old.Side, New: ask.New.Side, Config: []string{}, Metrics: []mlgate.MetricDiff{}, Checks: []mlgate.CheckDiff{}, Values: []mlgate.ValueDiff{},
		Params: []mlgate.ValueDiff{}, Renamed: []mlgate.FileRename{}, Skipped: []mlgate.DiffSkip{}, Unreadable: []mlgate.DiffSkip{},
	}
	for _, s := range []DiffSource{ask.Old, ask.New} {
		if s.Note != "" {
			c.skip(".", s.Side.Name, s.Note)
		}
	}
	old, now, err := c.candidates()
	if err != nil {
		return mlgate.Diff{}, err
	}
	metrics, params := c.pairs(old.Metrics, now.Metrics), c.pairs(old.Params, now.Params)
	all := slices.Concat(metrics, params)
	for i, p := range all {
		if ctx.Err() != nil {
			return mlgate.Diff{}, context.Cause(ctx)
		}
		if i%atOnce == 0 {
			if err := c.prefetch(all[i:min(len(all), i+atOnce)]); err != nil {
				return mlgate.Diff{}, fmt.Errorf("reading the files to compare: %w", err)
			}
		}
		if i < len(metrics) {
			c.metrics(p)
		} else {
			c.params(p)
		}
	}
	c.sort()
	return c.out, nil
}

// atOnce is how many pairs of files are read ahead.
const atOnce = 256

// prefetch reads what differs ahead; both sides share one repository.
func (c *comparison) prefetch(pairs []pair) error {
	if c.ask.Old.ahead == nil || len(pairs) < 2 {
		return nil
	}
	var ids []string
	for _, p := range pairs {
		if p.old != nil && p.now != nil && p.old.ID == p.now.ID && !c.ask.All {
			continue
		}
		for _, f := range []*mlgate.TreeFile{p.old, p.now} {
			if f != nil && f.ID != "" && !byMD5(*f) {
				ids = append(ids, f.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return c.ask.Old.ahead(ids)
}

// candidates are what either side's mlops.yaml names; where none names a file, what is found.
func (c *comparison) candidates() (old, now discovery.Found, err error) {
	if now, err = c.declared(c.ask.New); err != nil {
		return old, now, err
	}
	if old, err = c.declared(c.ask.Old); err != nil {
		if len(now.Metrics) == 0 {
			return old, now, err
		}
		why, _, _ := strings.Cut(err.Error(), "\n")
		c.skip(ConfigName, c.ask.Old.Side.Name, why) // of the past: it cannot be mended
	}
	if len(old.Metrics)+len(now.Metrics) > 0 {
		for _, p := range old.Params { // a key that either side names is compared
			now.Params = addParams(now.Params, p)
		}
		old.Params, now.Params = nil, discovery.Merge(now.Params, nil)
		return old, now, nil
	}
	for i, s := range []DiffSource{c.ask.Old, c.ask.New} {
		found := discovery.Find(discovery.Side{Files: s.Files, Read: s.Read})
		for _, k := range found.Skipped {
			c.skip(k.File, s.Side.Name, k.Why)
		}
		found.Metrics = s.unfolded(found.Metrics)
		if i == 0 {
			old = found
		} else {
			now = found
		}
	}
	return old, now, c.unnamed(&old, &now)
}

// declared is what the mlops.yaml files of a side name.
func (c *comparison) declared(s DiffSource) (discovery.Found, error) {
	var found discovery.Found
	for _, name := range c.configs(s) {
		src, err := s.Read(name)
		if err != nil {
			return found, fmt.Errorf("reading %q of %s: %w", name, s.Side.Name, err)
		}
		run, err := config.ParseRun(name, src)
		var demand config.Demand
		if err == nil {
			demand, err = config.ParseDemand(name, src, c.ask.Version)
		}
		if err != nil {
			return found, fmt.Errorf("reading the %s of %s: %w", ConfigName, s.Side.Name, err)
		}
		c.out.Config = append(c.out.Config, name)
		c.gates = append(c.gates, demand.Gates...)
		for _, e := range run.Evidence {
			found.Metrics = append(found.Metrics, c.named(run, e)...)
		}
		for _, st := range run.Steps {
			for _, p := range st.Params {
				found.Params = addParams(found.Params, discovery.Candidate{Path: path.Join(run.Dir, p.Path), Keys: p.Keys, By: name})
			}
		}
	}
	found.Metrics, found.Params = discovery.Merge(found.Metrics, nil), discovery.Merge(found.Params, nil)
	return found, nil
}

// addParams adds keys to those that another step names of the same file.
func addParams(have []discovery.Candidate, p discovery.Candidate) []discovery.Candidate {
	i := slices.IndexFunc(have, func(h discovery.Candidate) bool { return h.Path == p.Path })
	switch {
	case i < 0:
		return append(have, p)
	case have[i].Keys == nil || p.Keys == nil:
		have[i].Keys = nil
	default:
		have[i].Keys = append(have[i].Keys, p.Keys...)
	}
	return have
}

// configs lists the mlops.yaml files of a side, or the one that was asked for where it is there.
func (c *comparison) configs(s DiffSource) []string {
	var names []string
	for _, f := range s.Files {
		wanted := path.Base(f.Path) == ConfigName && !discovery.Hidden(f.Path)
		if c.ask.Config != "" {
			wanted = f.Path == path.Clean(c.ask.Config)
		}
		if wanted && discovery.Regular(f) {
			names = append(names, f.Path)
		}
	}
	return names
}

func (c *comparison) skip(file, side, why string) {
	c.out.Skipped = append(c.out.Skipped, mlgate.DiffSkip{File: file, Side: side, Why: why})
}

// sort makes the answer the same each time, whatever was renamed.
func (c *comparison) sort() {
	byName := func(af, an, bf, bn string) int {
		if d := strings.Compare(af, bf); d != 0 {
			return d
		}
		return strings.Compare(an, bn)
	}
	slices.SortStableFunc(c.out.Metrics, func(a, b mlgate.MetricDiff) int { return byName(a.File, a.Name, b.File, b.Name) })
	slices.SortStableFunc(c.out.Checks, func(a, b mlgate.CheckDiff) int { return byName(a.File, a.Name, b.File, b.Name) })
	for _, list := range [][]mlgate.ValueDiff{c.out.Values, c.out.Params} {
		slices.SortStableFunc(list, func(a, b mlgate.ValueDiff) int { return byName(a.File, a.Name, b.File, b.Name) })
	}
	slices.SortStableFunc(c.out.Renamed, func(a, b mlgate.FileRename) int { return byName(a.New, a.Old, b.New, b.Old) })
	for _, list := range [][]mlgate.DiffSkip{c.out.Skipped, c.out.Unreadable} {
		slices.SortStableFunc(list, func(a, b mlgate.DiffSkip) int { return byName(a.File, a.Why, b.File, b.Why) })
	}
	c.out.Skipped = merged(c.out.Skipped)
	slices.Sort(c.out.Config)
	c.out.Config = slices.Compact(c.out.Config)
}

// merged says once what is true of both sides.
func merged(skips []mlgate.DiffSkip) []mlgate.DiffSkip {
	out := []mlgate.DiffSkip{}
	for _, s := range skips {
		if n := len(out); n > 0 && out[n-1].File == s.File && out[n-1].Why == s.Why {
			if out[n-1].Side != s.Side {
				out[n-1].Side = ""
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// missing says why a file that is named has no content on a side.
func missing(s DiffSource, err error) string {
	if errors.Is(err, mlgate.ErrNotFound) && s.Side.Commit != "" {
		return "its content is not in the clone; a clone made without --filter has it"
	}
	return err.Error()
}
