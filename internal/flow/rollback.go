package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// StageAsk is what a person asks of one stage of one model.
type StageAsk struct {
	Model, Stage string
	To           string // version; empty: the one before
	Reason       string
}

// Rollback brings a stage back to an earlier version, with a reason, and holds it there: automation
// leaves it alone until Unhold. It reads ledger and registry only: going back must work when
// everything else, mlops.yaml included, is broken.
func (d Desk) Rollback(ctx context.Context, ask StageAsk) (mlgate.Planned, error) {
	if ask.Stage == "" {
		return mlgate.Planned{}, noStage("rolling back")
	}
	for range maxTries {
		hold := mlgate.Hold{Format: 1, Stage: ask.Stage, Held: true, By: d.By, Reason: ask.Reason, At: d.Now().UTC()}
		sealed, err := d.sealHold(hold)
		if err != nil {
			return mlgate.Planned{}, err
		}
		moved, err := d.bring(ctx, ask.Model, ask.Stage, []mlgate.Sealed{sealed}, func(ctx context.Context, log mlgate.Log, entries []mlgate.Entry, held map[string]mlgate.Hold) (promotion.Decision, error) {
			f := promotion.Facts{Model: ask.Model, Entries: entries, Holds: held, Stages: []mlgate.StageRule{{To: ask.Stage}}, By: d.By, Reason: ask.Reason, Now: d.Now().UTC()}
			err := standing(ctx, log, &f)
			if err != nil {
				return promotion.Decision{}, err
			}
			if f.Done, err = doneMoves(ctx, log); err != nil {
				return promotion.Decision{}, err
			}
			return promotion.Rollback(f, ask.Stage, ask.To)
		})
		if !errors.Is(err, errJudgeAgain) {
			return moved, err
		}
	}
	return mlgate.Planned{}, fmt.Errorf("rolling back %q: others wrote to the ledger %d times meanwhile: %w; run again", ask.Stage, maxTries, mlgate.ErrConflict)
}

func noStage(doing string) error {
	return &mlgate.Mistake{Err: fmt.Errorf("%s: the name of the stage is empty", doing), Fix: "`mlgate status` names the stages"}
}

func (d Desk) sealHold(hold mlgate.Hold) (mlgate.Sealed, error) {
	return mlgate.Seal(mlgate.KindHold, hold, mlgate.Envelope{Key: hold.Stage, At: hold.At, Version: d.Version})
}

// strangeTag is what lifting a hold accepts: the newest tag of a stage when no move of the ledger made
// it, or that the tag of its newest move is gone.
func strangeTag(ctx context.Context, log mlgate.Log, entries []mlgate.Entry, stage string) (string, error) {
	f := promotion.Facts{Entries: entries, Stages: []mlgate.StageRule{{To: stage}}}
	err := standing(ctx, log, &f)
	if lost, is := f.Lost[stage]; is {
		return lost.Name(), err
	}
	return f.Foreign[stage].Ref, err
}

// Unhold lets automation move a stage again: after a rollback, or after another tool moved it. The
// stage stays where it is. What it returns is written down.
func (d Desk) Unhold(ctx context.Context, ask StageAsk) (hold mlgate.Hold, err error) {
	if ask.Stage == "" {
		return hold, noStage("lifting the hold")
	}
	for range maxTries {
		log, entries, err := d.newest(ctx, ask.Model)
		if err != nil {
			return hold, err
		}
		held, err := holds(ctx, log)
		if err != nil {
			return hold, err
		}
		hold = mlgate.Hold{Format: 1, Stage: ask.Stage, By: d.By, Reason: ask.Reason, At: d.Now().UTC()}
		if hold.Adopted, err = strangeTag(ctx, log, entries, ask.Stage); err != nil {
			return hold, err
		}
		if !held[ask.Stage].Held && (hold.Adopted == "" || hold.Adopted == held[ask.Stage].Adopted) {
			return hold, &mlgate.Mistake{Err: fmt.Errorf("lifting the hold on %q of %s: it is not held", ask.Stage, ask.Model), Fix: "`mlgate status` shows what is"}
		}
		sealed, err := d.sealHold(hold)
		if err != nil {
			return hold, err
		}
		err = d.append(ctx, log, fmt.Sprintf("%s: %s is no longer held", ask.Model, ask.Stage)+paragraph([][2]string{{"Reason", ask.Reason}, {"By", d.By}, {"Adopted", hold.Adopted}}), []mlgate.Sealed{sealed})
		if !errors.Is(err, errJudgeAgain) {
			return hold, err
		}
	}
	return hold, fmt.Errorf("lifting the hold on %q: others wrote to the ledger %d times meanwhile: %w; run again", ask.Stage, maxTries, mlgate.ErrConflict)
}
