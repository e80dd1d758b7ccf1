package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
	"github.com/mlgate/mlgate/internal/report"
)

// doneMoves are all moves that were done, in the order of the ledger.
func doneMoves(ctx context.Context, log mlgate.Log) ([]mlgate.Move, error) {
	parts, err := log.Find(ctx, mlgate.KindMove, "")
	if err != nil {
		return nil, fmt.Errorf("reading the moves: %w", err)
	}
	done := map[string]bool{}
	for _, s := range parts {
		done[s.Envelope.Key] = done[s.Envelope.Key] || s.Envelope.Part == "done"
	}
	var all []mlgate.Move
	for _, s := range parts {
		if s.Envelope.Part != "intent" || !done[s.Envelope.Key] {
			continue
		}
		var m mlgate.Move
		if err := s.Decode(&m); err != nil {
			return nil, err
		}
		m.ID = s.Envelope.Key
		all = append(all, m)
	}
	return all, nil
}

// untagged are the moves that were done and whose tags somebody deleted since, in the order of the ledger.
func untagged(moves []mlgate.Move, entries []mlgate.Entry) []report.HistoryRow {
	tagged := map[string]bool{}
	for _, e := range entries {
		if e.Stage != "" {
			tagged[e.Move] = true
		}
	}
	var rows []report.HistoryRow
	for _, m := range moves {
		if !tagged[m.ID] {
			rows = append(rows, report.HistoryRow{
				At: m.At, What: m.Version + " → " + m.Stage, Version: m.Version, Stage: m.Stage, Why: m.Why, Reason: m.Reason, By: m.By,
				Commit: m.Commit, Evidence: string(m.Evidence), Move: m.ID, Untagged: true,
			})
		}
	}
	return rows
}

// past reads all moves, once: where it is not needed a question does not pay for them.
func (a *archive) past(ctx context.Context) (err error) {
	if a.moves != nil {
		return nil
	}
	if a.moves, err = doneMoves(ctx, a.log); err == nil {
		a.gone = untagged(a.moves, a.entries)
	}
	return err
}

// rename gives assignments whose version has no tag any more the name that the ledger knows.
func (a *archive) rename(ctx context.Context) error {
	for i, e := range a.entries {
		if e.Stage == "" || !strings.HasPrefix(e.Commit, e.Version) {
			continue
		}
		m, _, err := a.move(ctx, e.Move)
		if err != nil {
			return err
		}
		if m.Commit == e.Commit {
			a.entries[i].Version = m.Version
		}
	}
	return nil
}

// visit is one move of a stage, by its tag or, where that is gone, by the ledger alone.
type visit struct {
	at      time.Time
	version string
	removed bool
	gone    bool
	by      string
	move    mlgate.Move
}

// visits are all moves of a stage, oldest first.
func (a *archive) visits(ctx context.Context, stage string) ([]visit, error) {
	var all []visit
	for _, e := range promotion.Assignments(a.entries, stage) {
		m, _, err := a.move(ctx, e.Move)
		if err != nil {
			return nil, err
		}
		all = append(all, visit{moved(e, m), e.Version, e.Removed, false, e.By, m})
	}
	gone := false
	for _, r := range a.gone {
		if r.Stage == stage {
			gone = true
			all = append(all, visit{r.At, r.Version, false, true, r.By, mlgate.Move{Why: r.Why, Reason: r.Reason, By: r.By, At: r.At}})
		}
	}
	if gone {
		slices.SortStableFunc(all, func(x, y visit) int { return x.at.Compare(y.at) })
	}
	return all, nil
}

// missing tells what tag is gone of where a stage is.
func (a *archive) missing(ctx context.Context, stage string) (string, error) {
	f := promotion.Facts{Entries: a.entries, Holds: a.held, Stages: []mlgate.StageRule{{To: stage}}}
	err := standing(ctx, a.log, &f)
	return f.Missing(stage), err
}
