package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// positions are where the ledger has each stage, by its newest move that was done, in the order of the
// stages' names.
func positions(ctx context.Context, log mlgate.Log) ([]mlgate.Position, error) {
	sealed, err := log.Find(ctx, mlgate.KindPosition, "")
	if err != nil {
		return nil, fmt.Errorf("reading where the stages are: %w", err)
	}
	var all []mlgate.Position
	for _, s := range sealed {
		var p mlgate.Position
		if err := s.Decode(&p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b mlgate.Position) int { return strings.Compare(a.Stage, b.Stage) })
	return all, nil
}

// compareTags compares where the ledger has a stage with what tags there are. Lost: the tag of its newest move,
// or of the version that it brought, was deleted; the latter may have been moved, too. Copied: the newest tag repeats an older move.
func compareTags(ctx context.Context, log mlgate.Log, entries []mlgate.Entry, p mlgate.Position) (lost *promotion.Lost, copied bool, err error) {
	m, _, err := moveOf(ctx, log, mlgate.Entry{Move: p.Move})
	if err != nil || m == nil {
		return nil, false, err
	}
	m.ID = p.Move
	newest, left := promotion.Newest(entries, p.Stage)
	found := &promotion.Lost{Move: *m, Left: newest.Ref, LeftVersion: newest.Version}
	if newest.Move == p.Move && left {
		moved, there := tagged(entries, *m)
		if there && moved == "" {
			return nil, false, nil
		}
		found.Version, found.Moved = true, moved
		return found, false, nil
	}
	if left {
		older, err := precedes(ctx, log, newest, *m)
		if err != nil || !older {
			return nil, false, err // of another tool, or of an mlgate that wrote no positions
		}
	}
	there := slices.ContainsFunc(entries, func(e mlgate.Entry) bool { return e.Stage == p.Stage && e.Move == p.Move })
	if there {
		return nil, true, nil
	}
	return found, false, nil
}

// tagged reports whether the version of a move has a tag of its own, also one that takes it back, and
// where that is when it is not on the commit that the ledger has for the version.
func tagged(entries []mlgate.Entry, m mlgate.Move) (moved string, there bool) {
	for _, e := range entries {
		switch {
		case e.Stage != "" || e.Version != m.Version:
		case e.Removed || e.Commit == m.Commit:
			return "", true
		default:
			moved, there = e.Commit, true
		}
	}
	return moved, there
}

// precedes reports whether a tag is of a move that the ledger knows and that was before another.
func precedes(ctx context.Context, log mlgate.Log, e mlgate.Entry, than mlgate.Move) (bool, error) {
	known, err := intended(ctx, log, e)
	if err != nil || !known {
		return false, err
	}
	m, _, err := moveOf(ctx, log, e)
	return m != nil && m.At.Before(than.At), err
}

// Lost are the tags that somebody deleted of where the stages are, and that nobody accepted, in words
// and with what to do.
func (d Desk) Lost(ctx context.Context, model string) ([]string, error) {
	log, err := d.Ledger.Open(ctx, model)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger of %s: %w", model, err)
	}
	f := promotion.Facts{Model: model}
	if f.Entries, err = d.Registry.List(ctx, model); err != nil {
		return nil, fmt.Errorf("reading the registry of %s: %w", model, err)
	}
	if f.Holds, err = holds(ctx, log); err != nil {
		return nil, err
	}
	all, err := positions(ctx, log)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		f.Stages = append(f.Stages, mlgate.StageRule{To: p.Stage})
	}
	if err := standing(ctx, log, &f); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range all {
		if why := f.Missing(p.Stage); why != "" {
			out = append(out, why)
		}
	}
	return out, nil
}
