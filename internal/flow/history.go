package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// History tells every assignment of a model, newest first: the registry says where, the ledger
// says why. Moves made by other tools are marked, and so are those that the ledger holds for done and
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
	gone, err := untagged(ctx, log, entries)
	if err != nil {
		return nil, err
	}
	if len(gone) > 0 {
		rows = append(rows, gone...)
		slices.SortStableFunc(rows, func(a, b report.HistoryRow) int { return a.At.Compare(b.At) })
	}
	slices.Reverse(rows)
	return rows, nil
}

// Known is a Mistake when nothing is recorded of a model and the tip has none of that name.
func (d Desk) Known(ctx context.Context, q Question) error {
	_, err := d.open(ctx, q)
	return err
}

// untagged are the moves that were done and whose tags somebody deleted since, in the order of the ledger.
func untagged(ctx context.Context, log mlgate.Log, entries []mlgate.Entry) ([]report.HistoryRow, error) {
	tagged := map[string]bool{}
	for _, e := range entries {
		if e.Stage != "" {
			tagged[e.Move] = true
		}
	}
	parts, err := log.Find(ctx, mlgate.KindMove, "")
	if err != nil {
		return nil, fmt.Errorf("reading the moves: %w", err)
	}
	done := map[string]bool{}
	for _, s := range parts {
		done[s.Envelope.Key] = done[s.Envelope.Key] || s.Envelope.Part == "done"
	}
	var rows []report.HistoryRow
	for _, s := range parts {
		id := s.Envelope.Key
		if s.Envelope.Part != "intent" || !done[id] || tagged[id] {
			continue
		}
		var m mlgate.Move
		if err := s.Decode(&m); err != nil {
			return nil, err
		}
		rows = append(rows, report.HistoryRow{
			At: m.At, What: m.Version + " → " + m.Stage, Version: m.Version, Stage: m.Stage, Why: m.Why, Reason: m.Reason, By: m.By,
			Commit: m.Commit, Evidence: string(m.Evidence), Move: id, Untagged: true,
		})
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
	}
	if row.Why == "" {
		row.Why = "its tag names a move that the ledger does not know"
	}
	return nil
}
