package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// History tells every assignment of a model, and every hold and its end, newest first: the registry says
// where, the ledger says why. Moves made by other tools are marked, and so are those that the ledger holds for done and
// that have no tag any more.
func (d Desk) History(ctx context.Context, model string) ([]report.HistoryRow, error) {
	log, err := d.Ledger.Open(ctx, model)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger of %s: %w", model, err)
	}
	entries, err := d.Registry.List(ctx, model)
	if err != nil {
		return nil, fmt.Errorf("reading the registry of %s: %w", model, err)
	}
	var rows []report.HistoryRow
	for _, e := range entries {
		if e.Stage == "" {
			continue
		}
		row := historyRow(e)
		if err := explain(ctx, log, &row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	moves, err := doneMoves(ctx, log)
	if err != nil {
		return nil, err
	}
	told, err := holdRows(ctx, log)
	if err != nil {
		return nil, err
	}
	gone := untagged(moves, entries)
	for i := range gone {
		if err := explain(ctx, log, &gone[i]); err != nil {
			return nil, err
		}
	}
	rows = interleave(rows, append(gone, told...))
	slices.Reverse(rows)
	return rows, nil
}

// interleave puts more rows among others by time. The others stay in their order, which is that of
// writing, whatever the clocks said.
func interleave(rows, more []report.HistoryRow) []report.HistoryRow {
	for _, m := range more {
		at := 0
		for i, r := range rows {
			if !r.At.After(m.At) {
				at = i + 1
			}
		}
		rows = slices.Insert(rows, at, m)
	}
	return rows
}

// Known is a Mistake when nothing is recorded of a model and the tip has none of that name.
func (d Desk) Known(ctx context.Context, q Question) error {
	_, err := d.open(ctx, q)
	return err
}

// holdRows are all words on stages: held, and no longer. A ledger of an older mlgate has the newest alone.
func holdRows(ctx context.Context, log mlgate.Log) ([]report.HistoryRow, error) {
	sealed, err := log.Find(ctx, mlgate.KindHeld, "")
	if err != nil {
		return nil, fmt.Errorf("reading what was held: %w", err)
	}
	newest, err := log.Find(ctx, mlgate.KindHold, "")
	if err != nil {
		return nil, fmt.Errorf("reading holds: %w", err)
	}
	seen := map[mlgate.Digest]bool{}
	var rows []report.HistoryRow
	for _, s := range append(sealed, newest...) {
		if seen[s.Digest] {
			continue
		}
		seen[s.Digest] = true
		var h mlgate.Hold
		if err := s.Decode(&h); err != nil {
			return nil, err
		}
		row := report.HistoryRow{At: h.At, What: h.Stage + " held", Stage: h.Stage, Reason: h.Reason, By: h.By, Hold: &h}
		if !h.Held {
			row.What = h.Stage + " no longer held"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func historyRow(e mlgate.Entry) report.HistoryRow {
	row := report.HistoryRow{
		At: e.At, What: e.Version + " → " + e.Stage, Version: e.Version, Stage: e.Stage, Removed: e.Removed, By: e.By, Commit: e.Commit,
		Evidence: string(e.Evidence), Move: e.Move, Ref: e.Ref, Foreign: e.Move == "",
	}
	if e.Removed {
		row.What = e.Version + " removed from " + e.Stage
	}
	return row
}

// explain adds what the ledger knows of a move.
func explain(ctx context.Context, log mlgate.Log, row *report.HistoryRow) error {
	if row.Move == "" {
		return nil
	}
	parts, err := log.Find(ctx, mlgate.KindMove, row.Move)
	if err != nil {
		return fmt.Errorf("reading move %s: %w", row.Move, err)
	}
	for _, s := range parts {
		if s.Envelope.Part != "intent" {
			continue
		}
		var m mlgate.Move
		if err := s.Decode(&m); err != nil {
			return err
		}
		row.Why, row.Reason, row.By, row.At = m.Why, m.Reason, m.By, m.At
		if row.Assent, err = assent(ctx, log, m); err != nil {
			return err
		}
		if m.Commit == row.Commit && strings.HasPrefix(row.Commit, row.Version) { // the version's tag is gone
			row.Version, row.What = m.Version, m.Version+" → "+row.Stage
		}
	}
	if row.Why == "" {
		row.Why = "its tag names a move that the ledger does not know"
	}
	return nil
}
