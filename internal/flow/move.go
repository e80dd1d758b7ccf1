package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// An intent of somebody else is given this long to be closed before it is taken for a crash.
const (
	patience = 6 * time.Second
	poll     = 500 * time.Millisecond
)

// errJudgeAgain: the ledger changed before the records of a judgment were in it.
var errJudgeAgain = fmt.Errorf("recording the judgment: %w", mlgate.ErrConflict)

// decide looks at the newest facts and says what to do with one stage.
type decide func(ctx context.Context, log mlgate.Log, entries []mlgate.Entry, held map[string]mlgate.Hold) (promotion.Decision, error)

// move moves one stage in two writes: first the intent (with the records that led to it), then the
// registry's tags together with "done". Whoever loses a race looks again and decides afresh.
func (d Desk) move(ctx context.Context, model string, records []mlgate.Sealed, decide decide) (mlgate.Planned, error) {
	for try := range maxTries {
		log, entries, err := d.newest(ctx, model)
		if err != nil {
			return mlgate.Planned{}, err
		}
		held, err := holds(ctx, log)
		if err != nil {
			return mlgate.Planned{}, err
		}
		decision, err := decide(ctx, log, entries, held)
		if err != nil {
			return mlgate.Planned{}, err
		}
		if decision.Action != promotion.Move {
			return told(decision), d.append(ctx, log, "nothing to move: "+decision.Why, records)
		}
		move, err := d.intend(ctx, log, decision.Move, records)
		if errors.Is(err, mlgate.ErrConflict) && len(records) > 0 {
			return mlgate.Planned{}, errJudgeAgain
		}
		if err == nil {
			records = nil
			if err := d.announce(ctx, move); err != nil {
				return mlgate.Planned{}, err
			}
			err = d.finish(ctx, move)
		}
		if err == nil {
			decision.Move = move
			return told(decision), nil
		}
		if !errors.Is(err, mlgate.ErrConflict) {
			return mlgate.Planned{}, err
		}
		d.note("%s: somebody else moved something of %s first: deciding again", decision.Move.Stage, model)
		if err := d.Sleep(ctx, time.Duration(try+1)*poll/2); err != nil {
			return mlgate.Planned{}, err
		}
	}
	return mlgate.Planned{}, fmt.Errorf("moving a stage of %s: lost against others %d times%s: %w; run again", model, maxTries, d.winner(ctx, model), mlgate.ErrConflict)
}

// winner tells the newest move of a model, for those that lost against it.
func (d Desk) winner(ctx context.Context, model string) string {
	entries, err := d.Registry.List(ctx, model)
	if err != nil || len(entries) == 0 {
		return ""
	}
	e := entries[len(entries)-1]
	for _, o := range entries {
		if o.Stage != "" {
			e = o
		}
	}
	return fmt.Sprintf(", the last was %s → %s by %s at %s", e.Version, e.Stage, cmp.Or(e.By, "somebody"), e.At.UTC().Format("15:04:05 UTC"))
}

// newest opens the ledger and lists the registry, with every crashed move closed.
func (d Desk) newest(ctx context.Context, model string) (mlgate.Log, []mlgate.Entry, error) {
	for {
		log, err := d.Ledger.Open(ctx, model)
		if err != nil {
			return nil, nil, fmt.Errorf("opening the ledger of %s: %w", model, err)
		}
		changed, err := d.settle(ctx, model, log)
		if err != nil {
			return nil, nil, err
		}
		if changed {
			continue
		}
		entries, err := d.Registry.List(ctx, model)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the registry of %s: %w", model, err)
		}
		return log, entries, rewritten(ctx, model, log, entries)
	}
}

func (d Desk) append(ctx context.Context, log mlgate.Log, subject string, records []mlgate.Sealed) error {
	if len(records) == 0 {
		return nil
	}
	w, err := log.Prepare(ctx, subject, records...)
	if err == nil {
		err = w.Commit(ctx)
	}
	if errors.Is(err, mlgate.ErrConflict) {
		return errJudgeAgain
	}
	return err
}

// intend writes down what is about to happen. Nothing has moved when it returns.
func (d Desk) intend(ctx context.Context, log mlgate.Log, m mlgate.Move, records []mlgate.Sealed) (mlgate.Move, error) {
	m.Format = 1
	intent, err := mlgate.Seal(mlgate.KindMove, m, mlgate.Envelope{Part: "intent", Commit: m.Commit, At: m.At, Version: d.Version})
	if err != nil {
		return m, err
	}
	m.ID = string(intent.Digest[:idLength])
	intent.Envelope.Key = m.ID
	w, err := log.Prepare(ctx, title(m)+", about to"+particulars(m), append(records, intent)...)
	if err != nil {
		return m, fmt.Errorf("writing down the move of %s to %s: %w", m.Version, m.Stage, err)
	}
	if err := w.Commit(ctx); err != nil {
		return m, fmt.Errorf("writing down the move of %s to %s: %w", m.Version, m.Stage, err)
	}
	return m, nil
}

func title(m mlgate.Move) string {
	return fmt.Sprintf("%s: %s → %s (%s)", m.Model, m.Version, m.Stage, m.Why)
}

// particulars are what `git log` of the ledger tells of a move below its title.
func particulars(m mlgate.Move) string {
	return paragraph([][2]string{
		{"From", m.From}, {"Reason", m.Reason}, {"By", m.By}, {"Reviewed by", strings.Join(m.Reviewed, ", ")}, {"Commit", m.Commit}, {"Pull request", m.Origin.String()}, {"Evidence", string(m.Evidence)}, {"Artifact", string(m.Artifact)}, {"Verdict", string(m.Verdict)},
	})
}

// paragraph is a list of what is known, below a title.
func paragraph(all [][2]string) string {
	s := "\n"
	for _, kv := range all {
		if kv[1] != "" {
			s += "\n" + kv[0] + ": " + strings.ReplaceAll(kv[1], "\n", " ")
		}
	}
	return s
}

// finish moves the stage and writes down that it is done, in one write where the registry can.
func (d Desk) finish(ctx context.Context, m mlgate.Move) error {
	log, err := d.Ledger.Open(ctx, m.Model)
	if err != nil {
		return fmt.Errorf("opening the ledger of %s: %w", m.Model, err)
	}
	mine, err := stillOpen(ctx, log, m.ID)
	if err != nil {
		return err
	}
	if !mine {
		return fmt.Errorf("moving %s to %s: another run closed this move: %w", m.Version, m.Stage, mlgate.ErrConflict)
	}
	w, err := d.endMove(ctx, log, m, "done", "")
	if err != nil {
		return err
	}
	err = d.Registry.Assign(ctx, m, log.Head(), w)
	if err == nil {
		d.note("%s: %s is now %s", m.Model, m.Stage, m.Version)
		return nil
	}
	if errors.Is(err, mlgate.ErrForbidden) {
		d.lose(ctx, log, m, "the registry refused")
	}
	return fmt.Errorf("moving %s to %s: %w", m.Version, m.Stage, err)
}

// lose closes a move that did not happen. When that cannot be written either, the next run does.
func (d Desk) lose(ctx context.Context, log mlgate.Log, m mlgate.Move, why string) {
	w, err := d.endMove(ctx, log, m, "lost", why)
	if err == nil {
		err = w.Commit(ctx)
	}
	if err != nil {
		d.note("the move %s stays open: %v; the next run closes it", m.ID, err)
	}
}

func (d Desk) endMove(ctx context.Context, log mlgate.Log, m mlgate.Move, part, why string) (mlgate.Write, error) {
	at := d.Now().UTC()
	s, err := mlgate.Seal(mlgate.KindMove, mlgate.MoveEnd{Format: 1, Move: m.ID, Reason: why, At: at},
		mlgate.Envelope{Key: m.ID, Part: part, Commit: m.Commit, At: at, Version: d.Version})
	if err != nil {
		return nil, err
	}
	records := []mlgate.Sealed{s}
	if part == "done" {
		p, err := mlgate.Seal(mlgate.KindPosition, mlgate.Position{Format: 1, Stage: m.Stage, Move: m.ID, Version: m.Version, At: m.At},
			mlgate.Envelope{Key: m.Stage, At: at, Version: d.Version})
		if err != nil {
			return nil, err
		}
		records = append(records, p)
	}
	return log.Prepare(ctx, title(m)+", "+part+particulars(m), records...)
}

func stillOpen(ctx context.Context, log mlgate.Log, id string) (bool, error) {
	open, err := log.OpenMoves(ctx)
	if err != nil {
		return false, fmt.Errorf("reading open moves: %w", err)
	}
	for _, s := range open {
		if s.Envelope.Key == id {
			return true, nil
		}
	}
	return false, nil
}

// settle closes what a crashed run left open: with the move's tag in the registry it was done,
// without it is lost. Another run that is merely slow is given time first. It reports whether
// anything changed, so that the caller looks again.
func (d Desk) settle(ctx context.Context, model string, log mlgate.Log) (bool, error) {
	open, err := log.OpenMoves(ctx)
	if err != nil {
		return false, fmt.Errorf("reading open moves: %w", err)
	}
	if len(open) == 0 {
		return false, nil
	}
	head := log.Head()
	for waited := time.Duration(0); waited < patience; waited += poll {
		if err := d.Sleep(ctx, poll); err != nil {
			return false, err
		}
		now, err := d.Ledger.Open(ctx, model)
		if err != nil {
			return false, fmt.Errorf("opening the ledger of %s: %w", model, err)
		}
		if now.Head() != head {
			return true, nil
		}
	}
	entries, err := d.Registry.List(ctx, model)
	if err != nil {
		return false, fmt.Errorf("reading the registry of %s: %w", model, err)
	}
	return true, d.closeMove(ctx, log, open[0], entries) // one at a time: each needs the newest tip
}

func (d Desk) closeMove(ctx context.Context, log mlgate.Log, s mlgate.Sealed, entries []mlgate.Entry) error {
	var m mlgate.Move
	if err := s.Decode(&m); err != nil {
		return err
	}
	m.ID = s.Envelope.Key
	part, why := "lost", "the run that meant it ended before it moved anything"
	for _, e := range entries {
		if e.Move == m.ID {
			part, why = "done", "the run that did it ended before it wrote that down"
		}
	}
	d.note("closing move %s (%s → %s) of an earlier run: %s", m.ID, m.Version, m.Stage, part)
	w, err := d.endMove(ctx, log, m, part, why)
	if err == nil {
		err = w.Commit(ctx)
	}
	if errors.Is(err, mlgate.ErrConflict) {
		return nil // somebody else closed it: the caller looks again
	}
	return err
}
