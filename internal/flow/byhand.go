package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/baseline"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// HandAsk is a promotion asked for by a person.
type HandAsk struct {
	Ask
	Stage    string
	Version  string        // empty: what the stage's `from` points at
	Evidence mlgate.Digest // that the person saw; empty: any
	Reason   string
	Reviewed []string // who let the run that asks go on, as the forge says: written down, and no approvals
	// Started is the commit that a run of the CI system was started on; empty: no such run asks.
	Started string
	// May is asked with the version's commit before anything is judged: whether this person may bring it. Nil: yes.
	May func(ctx context.Context, commit string) error
	// Still is asked right before the intent is written down: whether what was asked for still is. Nil: it is.
	Still func(context.Context) error
}

// meant compares what would be moved with what the person named.
func (a HandAsk) meant(d promotion.Decision) error {
	if a.Evidence == "" || a.Evidence == d.Move.Evidence {
		return nil
	}
	return &mlgate.Mistake{
		Err: fmt.Errorf("bringing %s to %s: its evidence is %s, and asked for was %s", d.Move.Version, a.Stage, d.Move.Evidence, a.Evidence),
		Fix: "look again at what `mlgate plan` and `mlgate why " + d.Move.Version + "` say, and name that",
	}
}

// PromoteByHand brings a version to a stage: the version's own evidence is judged again by the
// demands of the default branch's tip, against what is in the stage now.
func (d Desk) PromoteByHand(ctx context.Context, ask HandAsk) (mlgate.Outcome, error) {
	model := ""
	for try := range maxTries {
		h, err := d.begun(ctx, ask.Ask)
		if err != nil {
			return mlgate.Outcome{Change: ask.Change}, err
		}
		model = h.model
		out, err := h.byHand(ctx, ask)
		if !errors.Is(err, errJudgeAgain) {
			h.showUnmoved(ctx, out, err)
			return out, err
		}
		d.note("%s: somebody else wrote to the ledger of %s first: deciding again", ask.Stage, model)
		if err := d.Sleep(ctx, time.Duration(try+1)*poll/2); err != nil {
			return mlgate.Outcome{Change: ask.Change}, err
		}
	}
	return mlgate.Outcome{Change: ask.Change}, fmt.Errorf("promoting to %q: others wrote to the ledger %d times meanwhile%s: %w; run again", ask.Stage, maxTries, d.winner(ctx, model), mlgate.ErrConflict)
}

func (h *Hearing) byHand(ctx context.Context, ask HandAsk) (mlgate.Outcome, error) {
	out := h.outline()
	out.Stage = ask.Stage
	f, err := h.facts(ctx, "")
	if err != nil {
		return out, err
	}
	f.Reason, h.stage = ask.Reason, ask.Stage
	d, err := promotion.ByHand(f, ask.Stage, ask.Version)
	if err != nil {
		return out, err
	}
	if err := ask.meant(d); err != nil {
		return out, err
	}
	if ask.May != nil {
		if err := ask.May(ctx, d.Move.Commit); err != nil {
			return out, err
		}
	}
	switch d.Action {
	case promotion.Nothing:
		out.Verdict = mlgate.Verdict{Word: mlgate.NotAffected, Status: mlgate.Pass, Cause: d.Why}
		out.Moved = []mlgate.Planned{told(d)}
		h.showRest(ctx, mlgate.Outcome{})
		return out, nil
	case promotion.Held, promotion.Soaking, promotion.Unapproved:
		return out, &mlgate.Waiting{Reason: d.Why}
	case promotion.Move:
	default:
		return out, &mlgate.Mistake{Err: fmt.Errorf("promoting to %s: %s", ask.Stage, d.Why)}
	}
	if err := h.replayed(ctx, ask); err != nil {
		return out, err
	}
	at, err := h.weighVersion(ctx, &out, d)
	if err != nil {
		return out, err
	}
	if err := h.conclude(ctx, &out); err != nil {
		return out, err
	}
	records, err := h.sealVerdict(out)
	if err != nil {
		return out, err
	}
	if !lets(out) {
		return out, h.recordAlone(ctx, out, records)
	}
	if err := h.fetchAgain(ctx, h.judged.run.Store, out.Evidence); err != nil {
		return out, err
	}
	moved, err := h.desk.showing(f.Stages, ask.Stage).bring(ctx, h.model, ask.Stage, records, func(ctx context.Context, log mlgate.Log, entries []mlgate.Entry, held map[string]mlgate.Hold) (promotion.Decision, error) {
		f.Entries, f.Holds = entries, held
		if err := standing(ctx, log, &f); err != nil {
			return promotion.Decision{}, err
		}
		d, err := promotion.ByHand(f, ask.Stage, at.Version)
		if err == nil {
			err = ask.meant(d)
		}
		if err == nil && ask.Still != nil {
			err = ask.Still(ctx)
		}
		d.Move.Recipe, d.Move.Evidence = out.Recipe, out.EvidenceDigest
		d.Move.Artifact, d.Move.Verdict, d.Move.Reviewed = at.Artifact, h.sealed, ask.Reviewed
		return d, err
	})
	if err == nil {
		moved = h.released(ctx, &out, moved)
	}
	out.Moved = []mlgate.Planned{moved}
	return out, err
}

// replayed refuses a run that was started before what the stage has now: somebody asked for something
// else then, and running it again is no new wish.
func (h *Hearing) replayed(ctx context.Context, ask HandAsk) error {
	now, filled := promotion.Current(h.entries, ask.Stage)
	if ask.Started == "" || !filled {
		return nil
	}
	if err := h.desk.Repo.Fetch(ctx, ask.Started, now.Commit); err != nil {
		return fmt.Errorf("fetching what this run was started on, and what is in %s: %w", ask.Stage, err)
	}
	for _, line := range [][2]string{{now.Commit, ask.Started}, {ask.Started, ask.Change.Head}} {
		on, err := h.desk.Lineage.IsAncestor(ctx, line[0], line[1])
		if err != nil {
			return err
		}
		if !on {
			return &mlgate.Mistake{
				Err: fmt.Errorf("promoting to %s: this run was started on %.7s, which is not between %s (%.7s, in %s now) and the tip of %s: it is an old run that was run again", ask.Stage, ask.Started, now.Version, now.Commit, ask.Stage, ask.Change.BaseBranch),
				Fix: "start a new run",
			}
		}
	}
	return nil
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
		return at, &mlgate.Mistake{Err: fmt.Errorf("promoting %s %s: its commit %.12s has no %s", h.model, at.Version, at.Commit, mlgate.ConfigName)}
	}
	sealed, err := h.evidenceOf(ctx, s, at)
	if err != nil {
		return at, err
	}
	h.judged.commit, h.judged.tree, h.judged.recipe, h.judged.run = s.commit, s.tree, s.recipe, s.run
	h.judged.file, h.files = s.file, nil // policies see the version, which edits nothing now
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
// names none, and then the first attempt on the branch counts, as far as it was extended.
func (h *Hearing) evidenceOf(ctx context.Context, s side, at mlgate.Entry) (mlgate.Sealed, error) {
	all, err := h.log.Find(ctx, mlgate.KindEvidence, string(s.recipe.Digest))
	if err != nil {
		return mlgate.Sealed{}, fmt.Errorf("looking for the evidence of %s %s: %w", h.model, at.Version, err)
	}
	var usable []*mlgate.Sealed
	for i, e := range all {
		if e.Digest == at.Evidence {
			return e, nil
		}
		if at.Evidence == "" && e.Envelope.Scope == mlgate.ScopeBranch {
			usable = append(usable, &all[i])
		}
	}
	first, _, err := baseline.First(usable)
	if err != nil {
		return mlgate.Sealed{}, err
	}
	if first != nil {
		return *first, nil
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
