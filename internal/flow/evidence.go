package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/baseline"
	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// compareWith finds the baseline in the order that the demands name.
func (h *Hearing) compareWith(ctx context.Context, rule []mlgate.BaselineRule) (mlgate.Baseline, error) {
	var places []baseline.Place
	for _, r := range rule {
		place, err := h.place(ctx, r)
		if err != nil {
			return mlgate.Baseline{}, err
		}
		place.Judged, place.Digest = h.evidence, h.evidenceID
		places = append(places, place)
	}
	var never mlgate.Digest
	if h.isPush() {
		never = h.judged.recipe.Digest
	}
	b, err := baseline.Pick(places, never, h.desk.Now())
	if err != nil || b.Evidence != nil {
		return b, err
	}
	return h.fromFiles(ctx, rule, b)
}

func (h *Hearing) place(ctx context.Context, r mlgate.BaselineRule) (baseline.Place, error) {
	switch r.Kind {
	case "stage":
		return h.stagePlace(ctx, r)
	case "ref":
		return h.refPlace(ctx, r)
	case "base":
		return h.commitPlace(ctx, r, h.ask.Change.BaseBranch, h.base)
	}
	return h.commitPlace(ctx, r, h.ask.Change.BaseBranch, h.diffFrom)
}

// commitPlace is the evidence of a commit before this change.
func (h *Hearing) commitPlace(ctx context.Context, r mlgate.BaselineRule, label string, from side) (baseline.Place, error) {
	p := baseline.Place{Rule: r, Label: label}
	if !from.present() {
		p.Missing = h.nothingBefore()
		return p, nil
	}
	p.Commit, p.Recipe = from.commit, from.recipe.Digest
	if p.Label == "" {
		p.Label = fmt.Sprintf("%.7s", from.commit)
	}
	var err error
	log := h.log
	if from.run.Model != h.model { // renamed: what was known of it stands under its old name
		if log, err = h.desk.Ledger.Open(ctx, from.run.Model); err != nil {
			return p, fmt.Errorf("opening the ledger of %s, the model's name before: %w", from.run.Model, err)
		}
	}
	p.Attempts, err = log.Find(ctx, mlgate.KindEvidence, string(p.Recipe))
	return p, err
}

// nothingBefore says why there is no side to compare with. On a push that is the last accepted one, and
// the file may well stand in the commit before.
func (h *Hearing) nothingBefore() string {
	if h.isPush() && h.reference.Commit == "" {
		return "no push was accepted before this one"
	}
	return "there is no " + mlgate.ConfigName + " before this change"
}

// refPlace is the evidence of a branch or tag of the remote.
func (h *Hearing) refPlace(ctx context.Context, r mlgate.BaselineRule) (baseline.Place, error) {
	p := baseline.Place{Rule: r, Label: r.Ref}
	commit, err := h.desk.Branches.Named(ctx, r.Ref)
	if errors.Is(err, mlgate.ErrNotFound) {
		p.Missing = "the remote has no branch and no tag of this name"
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("looking for %s: %w", r, err)
	}
	if err := h.desk.Repo.Fetch(ctx, commit); err != nil {
		return p, fmt.Errorf("fetching %s: %w", r, err)
	}
	s, err := h.at(ctx, commit)
	if p.Missing, err = unreadable(err); err != nil || p.Missing != "" {
		return p, err
	}
	return h.commitPlace(ctx, r, r.Ref, s)
}

// unreadable tells an mlops.yaml that is wrong, for which a place is passed over, from other trouble.
func unreadable(err error) (why string, _ error) {
	var mistake *mlgate.Mistake
	if errors.As(err, &mistake) {
		return "its mlops.yaml cannot be read by this mlgate", nil
	}
	return "", err
}

// stagePlace is the evidence of the version that a stage points at.
func (h *Hearing) stagePlace(ctx context.Context, r mlgate.BaselineRule) (baseline.Place, error) {
	p := baseline.Place{Rule: r, Label: r.Stage}
	at, ok := promotion.Current(h.entries, r.Stage)
	if !ok {
		p.Missing = "nothing is in " + r.Stage + " yet"
		return p, nil
	}
	p.Label, p.Commit, p.Version = r.Stage+" "+at.Version, at.Commit, at.Evidence
	s, err := h.versionSide(ctx, at)
	if p.Missing, err = unreadable(err); err != nil || p.Missing != "" {
		return p, err
	}
	if !s.present() {
		p.Missing = "its commit has no " + mlgate.ConfigName
		return p, nil
	}
	p.Recipe = s.recipe.Digest
	p.Attempts, err = h.log.Find(ctx, mlgate.KindEvidence, string(p.Recipe))
	return p, err
}

// versionSide reads the commit of a registered version.
func (h *Hearing) versionSide(ctx context.Context, at mlgate.Entry) (side, error) {
	if err := h.desk.Repo.Fetch(ctx, at.Commit); err != nil {
		return side{}, fmt.Errorf("fetching %s %s: %w", h.model, at.Version, err)
	}
	return h.at(ctx, at.Commit)
}

// inService reports whether a stage points at a version of the judged recipe.
func (h *Hearing) inService(ctx context.Context, stage string) (bool, error) {
	at, ok := promotion.Current(h.entries, stage)
	if !ok {
		return false, nil
	}
	s, err := h.versionSide(ctx, at)
	var mistake *mlgate.Mistake
	if errors.As(err, &mistake) {
		return false, nil // a version whose mlops.yaml this mlgate cannot read is not of the judged recipe
	}
	if err != nil {
		return false, err
	}
	return s.present() && s.recipe.Digest == h.judged.recipe.Digest, nil
}

// reusable reports whether other judgments may rest on evidence of this change: it must not touch
// what decides how numbers are made and judged.
func (h *Hearing) reusable() bool {
	for _, f := range h.files {
		if governance.Protected(h.diffFrom.demand.Protected, h.diffFrom.demand.Dir, f.Path) {
			return false
		}
	}
	return h.diffFrom.tree != nil && len(policyChanges(h.diffFrom, h.judged)) == 0
}
