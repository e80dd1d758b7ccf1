package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Deciders are the owners of a model, as of the base of what is asked about.
func (d Desk) Deciders(ctx context.Context, ask Ask) ([]string, error) {
	h, err := d.Begin(ctx, ask)
	if err != nil {
		return nil, err
	}
	return h.deciders()
}

func (h *Hearing) deciders() ([]string, error) {
	if h.ask.Change.Event == mlgate.Manual { // what is asked by hand rests on the tip alone
		at := *h
		at.diffFrom, at.ask.Change.Event = h.judged, mlgate.Local
		return at.deciders()
	}
	if !h.diffFrom.present() {
		return nil, nil
	}
	var f governance.Facts
	if err := h.owned(&f); err != nil {
		return nil, err
	}
	if f.Code == nil {
		return f.Owners, nil
	}
	if f.Code.Broken != "" {
		return nil, fmt.Errorf("reading %s: %s", f.Code.File, f.Code.Broken)
	}
	owners, _ := f.Code.Of(h.diffFrom.file)
	return owners, nil
}

// Override writes down that a person lifts one rule for one commit; still is asked right before each
// try to write. Nothing is judged: that is for the next run on the commit.
func (d Desk) Override(ctx context.Context, ask Ask, o mlgate.Override, still func(context.Context) error) error {
	o.Format, o.Commit, o.Branch, o.Pushed, o.At = 1, ask.Change.Head, ask.Change.BaseBranch, !ask.Change.Proposed(), d.Now().UTC()
	sealed, err := mlgate.Seal(mlgate.KindOverride, o, mlgate.Envelope{Key: o.Commit, Commit: o.Commit, Run: ask.Change.Run, At: o.At, Version: d.Version})
	if err != nil {
		return err
	}
	for range maxTries {
		h, err := d.Begin(ctx, ask)
		if err != nil {
			return err
		}
		if err := h.said(ctx, o); err != nil {
			return err
		}
		if err := h.alone(ctx, o); err != nil {
			return err
		}
		if err := still(ctx); err != nil {
			return err
		}
		about := [][2]string{{"Commit", o.Commit}, {"Reason", o.Reason}, {"By", fmt.Sprintf("%s (%d)", o.By, o.ByID)}, {"Asked", o.Link}}
		err = d.append(ctx, h.log, fmt.Sprintf("%s: %s lifts %s for %.7s", h.model, o.By, o.Rule, o.Commit)+paragraph(about), []mlgate.Sealed{sealed})
		if !errors.Is(err, errJudgeAgain) {
			return err
		}
	}
	return fmt.Errorf("lifting %s: others wrote to the ledger %d times meanwhile: %w; say it again", o.Rule, maxTries, mlgate.ErrConflict)
}

// alone refuses to lift a rule for a push that stands on others which were not accepted: who made those
// was not asked about, and the push would carry them in.
func (h *Hearing) alone(ctx context.Context, o mlgate.Override) error {
	if !o.Pushed {
		return nil
	}
	line, err := h.desk.Lineage.FirstParents(ctx, o.Commit, maxAsked)
	end := slices.Index(line, h.reference.Commit)
	if end < 0 {
		end = len(line)
		if err != nil || h.reference.Commit != "" || end >= maxAsked {
			return errors.Join(fmt.Errorf("lifting %s for %.12s: the last accepted push is not among the %d commits before it", o.Rule, o.Commit, maxAsked), err)
		}
	}
	for i, commit := range line[:end] {
		by, ok, err := h.desk.BroughtBy(ctx, commit, h.ask.Change.BaseBranch, append([]string{o.Commit}, line[:i]...)...)
		if err != nil {
			return err
		}
		if !ok || by.Number != o.Number {
			return &mlgate.Mistake{
				Err: fmt.Errorf("lifting %s for %.12s: it stands on %.12s, which is not of #%d and was not accepted", o.Rule, o.Commit, commit, o.Number),
				Fix: "repair or revert that one, or merge a waiver",
			}
		}
	}
	return nil
}

// said refuses to lift a rule that no verdict on the commit names: a slip of the pen would do nothing, and
// look as if it did. Where no verdict is recorded, as for a fork's change, any rule may be meant.
func (h *Hearing) said(ctx context.Context, o mlgate.Override) error {
	sealed, err := h.log.Find(ctx, mlgate.KindVerdict, o.Commit)
	if err != nil {
		return fmt.Errorf("reading the verdicts on %.12s: %w", o.Commit, err)
	}
	var rules []string
	for _, s := range sealed {
		var v mlgate.VerdictRecord
		if err := s.Decode(&v); err != nil {
			return err
		}
		for _, g := range v.Gates {
			rules = append(rules, g.Rule)
		}
		for _, f := range v.Findings {
			if strings.HasPrefix(f.Rule, "gate/") || strings.HasPrefix(f.Rule, "check/") || strings.HasPrefix(f.Rule, "policy/") {
				rules = append(rules, f.Rule)
			}
		}
	}
	slices.Sort(rules)
	rules = slices.Compact(rules)
	if len(sealed) == 0 || slices.Contains(rules, o.Rule) {
		return nil
	}
	there := "none of a gate, check or policy is: see its report"
	if len(rules) > 0 {
		there = "these are: " + strings.Join(rules[:min(len(rules), maxRules)], ", ")
	}
	return &mlgate.Mistake{Err: fmt.Errorf("lifting %s for %.12s: that rule is named by no verdict on it", o.Rule, o.Commit), Fix: there}
}

// maxRules are listed when another was meant.
const maxRules = 20

// overrides are what people lifted for the judged commit on its way into this branch. A promotion by
// hand has demands of its own: nobody was asked about those.
func (h *Hearing) overrides(ctx context.Context) ([]mlgate.Override, error) {
	if h.stage != "" {
		return nil, nil
	}
	sealed, err := h.log.Find(ctx, mlgate.KindOverride, h.ask.Change.Head)
	if err != nil {
		return nil, fmt.Errorf("reading what was lifted for %.12s: %w", h.ask.Change.Head, err)
	}
	var all []mlgate.Override
	for _, s := range sealed {
		var o mlgate.Override
		if err := s.Decode(&o); err != nil {
			return nil, err
		}
		if o.Commit == h.ask.Change.Head && o.Branch == h.ask.Change.BaseBranch && o.Pushed == !h.ask.Change.Proposed() {
			all = append(all, o)
		}
	}
	return slices.Clip(all), nil
}
