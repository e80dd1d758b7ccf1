// Package diff compares the metrics and params of two commits, or of a commit and the work tree: `mlgate diff`. It
// finds the files that count, pairs them, and says what it left out and why.
//
// Nothing is run and nothing is judged. It reaches the world through the ports of package mlgate and what its
// caller gives it of each side.
package diff

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Ask says what is compared.
type Ask struct {
	Old, New Source
	Config   string // of --config; empty: every mlops.yaml counts
	Kept     Kept   // what DVC keeps; nil: nothing
	All      bool   // list what is the same, too
	Version  string // of this mlgate
}

// Compare compares the metrics and params of two sides: in the files that mlops.yaml names, else in those
// that dvc.yaml names and those of the usual names. Nothing is run and nothing is judged. What could
// not be compared is in the answer, with the reason; an mlops.yaml of the new side that is wrong is a
// Mistake.
func Compare(ctx context.Context, r mlgate.Reader, ask Ask) (mlgate.Diff, error) {
	ask.Old.dvc, ask.New.dvc = pointersOf(ask.Old, ask.Kept), pointersOf(ask.New, ask.Kept)
	c := &comparison{reader: r, ask: ask}
	c.out = mlgate.Diff{
		Format: 1, Old: ask.Old.Side, New: ask.New.Side, Config: []string{}, Metrics: []mlgate.MetricDiff{}, Checks: []mlgate.CheckDiff{}, Values: []mlgate.ValueDiff{},
		Params: []mlgate.ValueDiff{}, Renamed: []mlgate.FileRename{}, Skipped: []mlgate.DiffSkip{}, Unreadable: []mlgate.DiffSkip{},
	}
	for _, s := range []Source{ask.Old, ask.New} {
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
