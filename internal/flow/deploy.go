package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// maxEnded is how many older deployments of a stage are looked at.
const maxEnded = 10

// Bounds of speaking to the forge around a move. What is written down and not done is given patience by
// other runs: announcing it may take half of that at most. A move that failed is told in little time.
const (
	announceTime = patience / 2
	failTime     = 10 * time.Second
)

// Showcase is where moves are shown as deployments. The zero value shows none.
type Showcase struct {
	Deployments mlgate.Deployments
	Link        string // to the run that moves
	// Anew shows stages that were never shown; without it only those that were.
	Anew bool
}

// showing is the desk for moves of a stage, with deployments where its rule asks for them.
func (d Desk) showing(stages []mlgate.StageRule, stage string) Desk {
	i := slices.IndexFunc(stages, func(r mlgate.StageRule) bool { return r.To == stage })
	if i < 0 || !stages[i].Deployment {
		d.Showcase = Showcase{}
	}
	d.Showcase.Anew = true
	return d
}

func taskOf(model string) string { return "promote:" + model }

func (d Desk) deployment(m mlgate.Move) mlgate.Deployment {
	return mlgate.Deployment{
		Environment: m.Stage, Task: taskOf(m.Model), Commit: m.Commit, Version: m.Version, Move: m.ID, Evidence: m.Evidence,
		Text: fmt.Sprintf("%s %s", m.Model, m.Version),
	}
}

// bring moves one stage, and brings what the forge shows of it to where it points: also what a run left
// undone that ended half-way. That it cannot be shown is told, and the next run does it; that it may not
// be is found before anything moves.
func (d Desk) bring(ctx context.Context, model, stage string, records []mlgate.Sealed, decide decide) (mlgate.Planned, error) {
	moved, err := d.move(ctx, model, records, decide)
	if d.Showcase.Deployments == nil || errors.Is(err, errJudgeAgain) { // nothing was announced
		return moved, err
	}
	if err != nil {
		d.showFailed(ctx, model, stage)
		return moved, err
	}
	if err := d.show(ctx, model, stage); err != nil {
		moved.Note = "its deployment is not shown: " + err.Error() + "; the next run completes it"
		d.note("%s: %s", model, moved.Note)
	}
	return moved, nil
}

// announce makes the deployment of a move that is written down and did not happen yet. An error: the
// forge refuses, and so the move does not happen. Other trouble is no reason to stop, and neither is a
// forge that takes long: show looks again.
func (d Desk) announce(ctx context.Context, m mlgate.Move) error {
	if d.Showcase.Deployments == nil || !d.Showcase.Anew {
		return nil
	}
	soon, cancel := context.WithTimeout(ctx, announceTime)
	defer cancel()
	made, err := d.Showcase.Deployments.Deploy(soon, d.deployment(m))
	if err == nil {
		err = d.Showcase.Deployments.Mark(soon, made.ID, mlgate.DeployRunning, "is written down", d.Showcase.Link)
	}
	if errors.Is(err, mlgate.ErrForbidden) || errors.Is(err, mlgate.ErrConflict) {
		why := fmt.Errorf("the forge refuses a deployment to the environment %q: %s", m.Stage, err) //nolint:errorlint // a refusal is no lost race
		d.drop(ctx, m, why.Error())
		return fmt.Errorf("moving %s of %s to %s: %w; nothing was moved, and the next run tries again", m.Version, m.Model, m.Stage, why)
	}
	if err != nil {
		d.note("showing %s in %s: %v", m.Version, m.Stage, err)
	}
	return nil
}

// drop closes a move that was written down and is not to happen.
func (d Desk) drop(ctx context.Context, m mlgate.Move, why string) {
	log, err := d.Ledger.Open(ctx, m.Model)
	if err != nil {
		d.note("the move %s stays open: %v; the next run closes it", m.ID, err)
		return
	}
	d.lose(ctx, log, m, why)
}

// show brings the deployments of a stage to what the registry says: that of the move that it points at
// is done, all others have ended. Looking comes before making: nothing is made twice.
func (d Desk) show(ctx context.Context, model, stage string) error {
	entries, all, err := d.shown(ctx, model, stage)
	if err != nil || len(all) == 0 && !d.Showcase.Anew {
		return err
	}
	now, _ := promotion.Current(entries, stage)
	if now.Move == "" { // nothing is there, or what another tool brought: that is the tool's to show
		return d.end(ctx, all, 0, entries)
	}
	current, there := deployed(all, now.Move)
	if !there {
		if current, err = d.Showcase.Deployments.Deploy(ctx, d.deployment(moveAt(now))); err != nil {
			return err
		}
	}
	if err := d.mark(ctx, current.ID, mlgate.DeployDone, now.Version+" is in "+stage); err != nil {
		return err
	}
	return d.end(ctx, all, current.ID, entries)
}

// showFailed ends what was announced of a move that did not happen, also after a signal. What cannot be
// said now the next run says.
func (d Desk) showFailed(ctx context.Context, model, stage string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failTime)
	defer cancel()
	_, err := d.Ledger.Open(ctx, model) // a fresh look: a write that failed may have taken effect
	if err == nil {
		err = d.endAll(ctx, model, stage)
	}
	if err != nil {
		d.note("%s: that nothing moved is not shown as a deployment in %s: %v; the next run completes it", model, stage, err)
	}
}

// endAll ends all deployments of a stage but that of the move that it points at, and makes none.
func (d Desk) endAll(ctx context.Context, model, stage string) error {
	entries, all, err := d.shown(ctx, model, stage)
	if err != nil {
		return err
	}
	now, _ := promotion.Current(entries, stage)
	current, _ := deployed(all, now.Move)
	return d.end(ctx, all, current.ID, entries)
}

// shown reads what the registry has of a model, and what the forge shows of a stage of it.
func (d Desk) shown(ctx context.Context, model, stage string) ([]mlgate.Entry, []mlgate.Deployment, error) {
	entries, err := d.Registry.List(ctx, model)
	if err != nil {
		return nil, nil, err
	}
	all, err := d.Showcase.Deployments.Deployed(ctx, stage, taskOf(model))
	return entries, all, err
}

// deployed is the deployment of a move.
func deployed(all []mlgate.Deployment, move string) (mlgate.Deployment, bool) {
	i := slices.IndexFunc(all, func(o mlgate.Deployment) bool { return move != "" && o.Move == move })
	if i < 0 {
		return mlgate.Deployment{}, false
	}
	return all[i], true
}

func moveAt(e mlgate.Entry) mlgate.Move {
	return mlgate.Move{ID: e.Move, Model: e.Model, Stage: e.Stage, Version: e.Version, Commit: e.Commit, Evidence: e.Evidence}
}

// mark adds a state, unless it is the newest already.
func (d Desk) mark(ctx context.Context, id int64, state, text string) error {
	now, err := d.Showcase.Deployments.State(ctx, id)
	if err != nil || now == state {
		return err
	}
	return d.Showcase.Deployments.Mark(ctx, id, state, text, d.Showcase.Link)
}

// end ends all deployments but the one that is current, 0 for none: a move that happened is no longer
// there, one that did not has failed. Where one has ended, those before it have.
func (d Desk) end(ctx context.Context, all []mlgate.Deployment, current int64, entries []mlgate.Entry) error {
	looked := 0
	for _, o := range all {
		if o.ID == current || o.Move == "" {
			continue
		}
		if looked++; looked > maxEnded {
			return nil
		}
		state, err := d.Showcase.Deployments.State(ctx, o.ID)
		if err != nil {
			return err
		}
		if state == mlgate.DeployInactive {
			return nil
		}
		if state == mlgate.DeployFailed {
			continue
		}
		to, text := mlgate.DeployInactive, "another version is there"
		if !slices.ContainsFunc(entries, func(e mlgate.Entry) bool { return e.Move == o.Move }) {
			to, text = mlgate.DeployFailed, "the move did not happen"
		}
		if err := d.Showcase.Deployments.Mark(ctx, o.ID, to, text, d.Showcase.Link); err != nil {
			return err
		}
	}
	return nil
}

// showRest shows the stages that this run did not move: an earlier one may have ended half-way.
func (h *Hearing) showRest(ctx context.Context, out mlgate.Outcome) {
	for _, rule := range h.stages() {
		desk := h.desk.showing(h.stages(), rule.To)
		touched := slices.ContainsFunc(out.Moved, func(m mlgate.Planned) bool { return m.Stage == rule.To })
		if touched || desk.Showcase.Deployments == nil {
			continue
		}
		if err := desk.show(ctx, h.model, rule.To); err != nil {
			h.desk.note("%s: the deployment in %s is not shown: %v; the next run completes it", h.model, rule.To, err)
		}
	}
}

// showUnmoved shows all stages when a person's wish moved none.
func (h *Hearing) showUnmoved(ctx context.Context, out mlgate.Outcome, err error) {
	var waiting *mlgate.Waiting
	if len(out.Moved) == 0 && (err == nil || errors.As(err, &waiting)) {
		h.showRest(ctx, out)
	}
}
