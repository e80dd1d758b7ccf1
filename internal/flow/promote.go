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
		err = h.act(ctx, &out, records)
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
	tip, err := h.desk.Lineage.Tip(ctx, c.BaseBranch)
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
			moved, err := h.desk.bring(ctx, h.model, records, h.mergeDecision(*out, rule.To))
			if err != nil {
				return err
			}
			out.Moved = append(out.Moved, moved)
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
		if out.Evidence.Artifact != nil {
			f.Artifact = out.Evidence.Artifact.SHA256
		}
		for _, d := range promotion.OnMerge(f) {
			if d.Move.Stage == stage {
				d.Move.Verdict = h.sealed
				return d, nil
			}
		}
		return promotion.Decision{}, fmt.Errorf("deciding on stage %q: no decision", stage)
	}
}

// HandAsk is a promotion asked for by a person.
type HandAsk struct {
	Ask
	Stage   string
	Version string // empty: what the stage's `from` points at
	Reason  string
}

// PromoteByHand brings a version to a stage: the version's own evidence is judged again by the
// demands of the default branch's tip, against what is in the stage now.
func (d Desk) PromoteByHand(ctx context.Context, ask HandAsk) (mlgate.Outcome, error) {
	for range maxTries {
		h, err := d.begun(ctx, ask.Ask)
		if err != nil {
			return mlgate.Outcome{Change: ask.Change}, err
		}
		out, err := h.byHand(ctx, ask)
		if errors.Is(err, errJudgeAgain) {
			continue
		}
		return out, err
	}
	return mlgate.Outcome{Change: ask.Change}, fmt.Errorf("promoting to %q: others wrote to the ledger %d times meanwhile: %w; run again", ask.Stage, maxTries, mlgate.ErrConflict)
}

func (h *Hearing) byHand(ctx context.Context, ask HandAsk) (mlgate.Outcome, error) {
	out := h.outline()
	out.Stage = ask.Stage
	f, err := h.facts(ctx, "")
	if err != nil {
		return out, err
	}
	f.Reason = ask.Reason
	d, err := promotion.ByHand(f, ask.Stage, ask.Version)
	if err != nil {
		return out, err
	}
	switch d.Action {
	case promotion.Nothing:
		out.Verdict = mlgate.Verdict{Word: mlgate.NotAffected, Status: mlgate.Pass, Cause: d.Why}
		out.Moved = []mlgate.Planned{told(d)}
		return out, nil
	case promotion.Held, promotion.Soaking:
		return out, &mlgate.Waiting{Reason: d.Why}
	case promotion.Move:
	default:
		return out, &mlgate.Mistake{Err: fmt.Errorf("promoting to %s: %s", ask.Stage, d.Why)}
	}
	at, err := h.weighVersion(ctx, &out, d)
	if err != nil {
		return out, err
	}
	h.conclude(&out)
	records, err := h.sealVerdict(out)
	if err != nil {
		return out, err
	}
	if !lets(out) {
		return out, h.recordAlone(ctx, out, records)
	}
	moved, err := h.desk.bring(ctx, h.model, records, func(ctx context.Context, log mlgate.Log, entries []mlgate.Entry, held map[string]mlgate.Hold) (promotion.Decision, error) {
		f.Entries, f.Holds = entries, held
		if err := standing(ctx, log, &f); err != nil {
			return promotion.Decision{}, err
		}
		d, err := promotion.ByHand(f, ask.Stage, at.Version)
		d.Move.Recipe, d.Move.Evidence = out.Recipe, out.EvidenceDigest
		d.Move.Artifact, d.Move.Verdict = at.Artifact, h.sealed
		return d, err
	})
	out.Moved = []mlgate.Planned{moved}
	return out, err
}

// weighVersion judges the evidence that a registered version was promoted with.
func (h *Hearing) weighVersion(ctx context.Context, out *mlgate.Outcome, d promotion.Decision) (mlgate.Entry, error) {
	at, ok := registered(h.entries, d.Move.Version)
	if !ok {
		return at, &mlgate.Mistake{Err: fmt.Errorf("promoting %s %s: no such version", h.model, d.Move.Version)}
	}
	s, err := h.versionSide(ctx, at)
	if err != nil {
		return at, err
	}
	if !s.present() {
		return at, &mlgate.Mistake{Err: fmt.Errorf("promoting %s %s: its commit %.12s has no %s", h.model, at.Version, at.Commit, ConfigName)}
	}
	sealed, err := h.evidenceOf(ctx, s, at)
	if err != nil {
		return at, err
	}
	h.judged.commit, h.judged.tree, h.judged.recipe = s.commit, s.tree, s.recipe
	out.Commit, out.Tree, out.Recipe = s.commit, s.tree.ID(), s.recipe.Digest
	out.EvidenceDigest, out.Evidence = sealed.Digest, new(mlgate.Evidence)
	if err := sealed.Decode(out.Evidence); err != nil {
		return at, err
	}
	newest := &h.rules[len(h.rules)-1]
	h.rules = h.rules[len(h.rules)-1:]
	newest.demand.Baseline = []mlgate.BaselineRule{{Kind: "stage", Stage: d.Move.Stage}}
	h.demands, h.diffFrom, h.base = nil, side{}, side{}
	out.DemandChanges, out.Reference = nil, mlgate.Reference{}
	out.DemandsFrom, out.DemandsDigest, out.Rules, out.Files = newest.label, []mlgate.Digest{newest.digest}, []mlgate.RuleSet{newest.source()}, nil
	return at, h.weigh(ctx, out)
}

// evidenceOf finds the very evidence that a version's tag names; a version that another tool made
// names none, and then the first attempt on the branch counts.
func (h *Hearing) evidenceOf(ctx context.Context, s side, at mlgate.Entry) (mlgate.Sealed, error) {
	all, err := h.log.Find(ctx, mlgate.KindEvidence, string(s.recipe.Digest))
	if err != nil {
		return mlgate.Sealed{}, fmt.Errorf("looking for the evidence of %s %s: %w", h.model, at.Version, err)
	}
	for _, e := range all {
		if e.Digest == at.Evidence || (at.Evidence == "" && e.Envelope.Scope == mlgate.ScopeBranch) {
			return e, nil
		}
	}
	return mlgate.Sealed{}, &mlgate.Mistake{
		Err: fmt.Errorf("promoting %s %s: the ledger has no evidence of it", h.model, at.Version),
		Fix: "a version that another tool registered must be measured first: `mlgate run` on its commit on the default branch, then `mlgate promote --bundle`",
	}
}

func registered(entries []mlgate.Entry, version string) (mlgate.Entry, bool) {
	for _, e := range promotion.Versions(entries) {
		if e.Version == version {
			return e, true
		}
	}
	return mlgate.Entry{}, false
}
