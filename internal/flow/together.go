package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Matter is one model of a change: who brings its evidence, and what came of it.
type Matter struct {
	Ask     Ask
	Bundle  func(*Hearing) *mlgate.Bundle // what another job measured; nil: nothing
	Outcome mlgate.Outcome
	Err     error // why there is no verdict

	hearing *Hearing
	write   mlgate.Write // nil: nothing is to be recorded
}

// ConcludeAll is Conclude for several models of one change: each is judged by itself, and what is to be
// recorded goes to the ledger in one write. Where the base or a ledger changed meanwhile nothing was
// written, and each goes on alone.
func (d Desk) ConcludeAll(ctx context.Context, matters []Matter) {
	var ready []*Matter
	for i := range matters {
		m := &matters[i]
		m.Err = m.deliberate(ctx, d)
		if ctx.Err() != nil {
			return
		}
		if m.Err == nil {
			ready = append(ready, m)
		}
	}
	if len(ready) == 0 {
		return
	}
	err := d.recordAll(ctx, ready)
	if err == nil || !errors.Is(err, mlgate.ErrConflict) {
		return
	}
	d.note("the base branch or a ledger changed meanwhile: each model is judged again")
	for _, m := range ready {
		if m.Outcome, m.Err = m.hearing.Conclude(ctx, m.Bundle(m.hearing)); ctx.Err() != nil {
			return
		}
	}
}

// deliberate judges, and prepares what is to be recorded.
func (m *Matter) deliberate(ctx context.Context, d Desk) (err error) {
	m.Outcome = mlgate.Outcome{Change: m.Ask.Change}
	if m.hearing, err = d.Begin(ctx, m.Ask); err != nil {
		return err
	}
	out, records, err := m.hearing.Judge(ctx, m.Bundle(m.hearing))
	if m.Outcome = out; err != nil {
		return err
	}
	if err := m.hearing.keep(ctx, &m.Outcome); err != nil {
		return err
	}
	m.write, err = m.hearing.prepare(ctx, m.Outcome, records)
	return err
}

// recordAll writes once for all. ErrConflict: nothing is written, and all is to be looked at again;
// another error stands in every matter.
func (d Desk) recordAll(ctx context.Context, ready []*Matter) error {
	moved, err := ready[0].hearing.baseMoved(ctx)
	if err == nil && moved {
		return fmt.Errorf("recording verdicts: the base branch moved: %w", mlgate.ErrConflict)
	}
	var writes []mlgate.Write
	for _, m := range ready {
		if m.write != nil {
			writes = append(writes, m.write)
		}
	}
	if err == nil && len(writes) > 0 {
		err = d.Ledger.Together(writes...).Commit(ctx)
	}
	if err == nil || errors.Is(err, mlgate.ErrConflict) {
		return err
	}
	for _, m := range ready {
		if m.write != nil || !errors.Is(err, mlgate.ErrForbidden) {
			m.Err = m.hearing.unrecorded(&m.Outcome, err)
		}
	}
	return err
}
