package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// History tells every assignment of a model, newest first: the registry says where, the ledger
// says why. Moves made by other tools are marked.
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
	slices.Reverse(rows)
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
