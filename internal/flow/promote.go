package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// Promote is the story of a push to the default branch: judge, write down evidence and verdict
// together with the intent, move, write down that it is done. Run again it finds everything done.
// It never runs a step.
func (d Desk) Promote(ctx context.Context, ask Ask, bundle *mlgate.Bundle) (mlgate.Outcome, error) {
	h, err := d.Begin(ctx, ask)
	if err != nil {
		return mlgate.Outcome{Change: ask.Change}, err
	}
	return h.ConcludePush(ctx, bundle)
}

// ConcludePush is Promote for a hearing that was begun before the steps ran.
func (h *Hearing) ConcludePush(ctx context.Context, bundle *mlgate.Bundle) (mlgate.Outcome, error) {
	d, ask := h.desk, h.ask
	for try := range maxTries {
		var err error
		if h, err = d.settled(ctx, ask, h, try > 0); err != nil {
			return mlgate.Outcome{Change: ask.Change}, err
		}
		out, records, err := h.Judge(ctx, bundle)
		if err != nil {
			return out, err
		}
		gone, err := h.leftBehind(ctx)
		if err != nil {
			return out, err
		}
		if gone {
			out.Verdict = mlgate.Verdict{Word: mlgate.Superseded, Status: mlgate.Pass, Cause: "this commit is no longer on " + ask.Change.BaseBranch}
			out.Plan = nil
			return out, nil
		}
		if err := h.keep(ctx, &out); err != nil {
			return out, err
		}
		err = h.act(ctx, &out, records)
		if err == nil {
			h.showRest(ctx, out)
			h.prune(ctx)
		}
		if errors.Is(err, errJudgeAgain) {
			d.note("somebody else wrote to the ledger meanwhile: judging again")
			continue
		}
		return out, err
	}
	return mlgate.Outcome{Change: ask.Change}, fmt.Errorf("promoting %.12s: others wrote to the ledger %d times meanwhile: %w; run again", ask.Change.Head, maxTries, mlgate.ErrConflict)
}

// leftBehind reports whether the branch was moved to where the pushed commit is not: run again, such
// a push moves nothing.
func (h *Hearing) leftBehind(ctx context.Context) (bool, error) {
	c := h.ask.Change
	tip, err := h.desk.Branches.Tip(ctx, c.BaseBranch)
	if err != nil {
		return false, fmt.Errorf("asking for the tip of %q: %w", c.BaseBranch, err)
	}
	if tip == c.Head {
		return false, nil
	}
	if err := h.desk.Repo.Fetch(ctx, tip); err != nil {
		return false, fmt.Errorf("fetching the tip of %q: %w", c.BaseBranch, err)
	}
	on, err := h.desk.Lineage.IsAncestor(ctx, c.Head, tip)
	return !on, err
}

// begun is Begin for stories that move.
func (d Desk) begun(ctx context.Context, ask Ask) (*Hearing, error) {
	h, err := d.Begin(ctx, ask)
	if err != nil {
		return nil, err
	}
	return d.settled(ctx, ask, h, false)
}

// settled closes open moves of crashed runs, so that the hearing sees where the stages really point;
// when it closed one, or anew is set, the hearing is begun again.
func (d Desk) settled(ctx context.Context, ask Ask, h *Hearing, anew bool) (*Hearing, error) {
	if anew {
		var err error
		if h, err = d.Begin(ctx, ask); err != nil {
			return nil, err
		}
	}
	changed, err := d.settle(ctx, h.model, h.log)
	if err != nil || !changed {
		return h, err
	}
	return d.Begin(ctx, ask)
}

// act moves every stage of `when: merge` that the verdict lets through, in order. The records go
// with the first intent, or alone when nothing moves.
func (h *Hearing) act(ctx context.Context, out *mlgate.Outcome, records []mlgate.Sealed) error {
	if lets(*out) && out.Evidence != nil {
		for _, rule := range h.stages() {
			if rule.When != "merge" {
				continue
			}
			if err := h.fetchAgain(ctx, h.judged.run.Store, out.Evidence); err != nil {
				return err
			}
			moved, err := h.desk.showing(h.stages(), rule.To).bring(ctx, h.model, rule.To, records, h.mergeDecision(*out, rule.To))
			if err != nil {
				return err
			}
			out.Moved = append(out.Moved, h.released(ctx, out, moved))
			records = nil
		}
	}
	return h.recordAlone(ctx, *out, records)
}

// lets reports whether a verdict may move a stage: with `enforce: warn` a blocked one may, an
// undecided one never.
func lets(out mlgate.Outcome) bool {
	return out.Verdict.Word.Lets() || (out.WarnOnly && out.Verdict.Word == mlgate.Blocked)
}

func (h *Hearing) recordAlone(ctx context.Context, out mlgate.Outcome, records []mlgate.Sealed) error {
	if len(records) == 0 {
		return nil
	}
	write, err := h.log.Prepare(ctx, subject(out), records...)
	if err == nil {
		err = write.Commit(ctx)
	}
	if errors.Is(err, mlgate.ErrConflict) {
		return errJudgeAgain
	}
	if err != nil {
		return fmt.Errorf("writing to the ledger of %s: %w", h.model, err)
	}
	return nil
}

// mergeDecision decides on one stage, afresh with every look at the facts.
func (h *Hearing) mergeDecision(out mlgate.Outcome, stage string) decide {
	return func(ctx context.Context, log mlgate.Log, entries []mlgate.Entry, held map[string]mlgate.Hold) (promotion.Decision, error) {
		h.log, h.entries, h.holds = log, entries, held
		f, err := h.facts(ctx, out.Commit)
		if err != nil {
			return promotion.Decision{}, err
		}
		f.Recipe, f.Evidence = out.Recipe, out.EvidenceDigest
		if now, ok := promotion.Current(entries, stage); ok && h.judged.recipe.Open() {
			f.Same[stage] = f.Same[stage] && now.Evidence == out.EvidenceDigest // the recipe does not tell all
		}
		if out.Evidence.Artifact != nil {
			f.Artifact = out.Evidence.Artifact.SHA256
		}
		for _, d := range promotion.OnMerge(f) {
			if d.Move.Stage == stage {
				d.Move.Verdict, d.Move.Origin = h.sealed, h.origin
				return d, nil
			}
		}
		return promotion.Decision{}, fmt.Errorf("deciding on stage %q: no decision", stage)
	}
}
