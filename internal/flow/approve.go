package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// Approve writes down that a person says yes to bringing a version to a stage. Nothing moves.
func (d Desk) Approve(ctx context.Context, ask HandAsk) (mlgate.StageApproval, error) {
	var a mlgate.StageApproval
	for range maxTries {
		h, err := d.Begin(ctx, ask.Ask)
		if err != nil {
			return a, err
		}
		f, err := h.facts(ctx, "")
		if err != nil {
			return a, err
		}
		decision, err := promotion.ByHand(f, ask.Stage, ask.Version)
		if err != nil {
			return a, err
		}
		if err := ask.meant(decision); err != nil {
			return a, err
		}
		m := decision.Move
		a = mlgate.StageApproval{
			Format: 1, Stage: ask.Stage, Version: m.Version, Evidence: m.Evidence, From: m.From, Revision: m.Revision, By: d.By, Reason: ask.Reason, At: d.Now().UTC(),
		}
		sealed, err := mlgate.Seal(mlgate.KindApproval, a, mlgate.Envelope{Key: a.Stage, At: a.At, Version: d.Version})
		if err != nil {
			return a, err
		}
		err = d.append(ctx, h.log, fmt.Sprintf("%s: %s says yes to %s → %s", h.model, a.By, a.Version, a.Stage)+paragraph([][2]string{{"From", a.From}, {"Evidence", string(a.Evidence)}, {"Reason", a.Reason}}), []mlgate.Sealed{sealed})
		if !errors.Is(err, errJudgeAgain) {
			return a, err
		}
	}
	return a, fmt.Errorf("approving %q: others wrote to the ledger %d times meanwhile: %w; run again", ask.Stage, maxTries, mlgate.ErrConflict)
}
