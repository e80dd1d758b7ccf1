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

// exhibit is the evidence that counts for the judged recipe, and what else there is.
type exhibit struct {
	evidence *mlgate.Evidence
	digest   mlgate.Digest
	steps    []mlgate.StepRun
	problems []mlgate.Finding // why there is no evidence
	fresh    *mlgate.Sealed   // of the bundle, to be recorded
}

// exhibit chooses the evidence: the first complete attempt at this recipe counts, so that running
// again until lucky gains nothing; the bundle's own is that attempt when there was none.
func (h *Hearing) exhibit(ctx context.Context, bundle *mlgate.Bundle) (exhibit, error) {
	var x exhibit
	if bundle != nil {
		if err := h.fits(bundle); err != nil {
			return x, err
		}
		x.steps, x.fresh = bundle.Steps, bundle.Evidence
		if x.problems = bundleProblems(bundle, h.judged.file); len(x.problems) > 0 {
			return x, nil
		}
	}
	first, err := h.firstAttempt(ctx)
	if err != nil {
		return x, err
	}
	if first == nil {
		first = x.fresh
	}
	if first == nil {
		return x, &mlgate.Waiting{Reason: fmt.Sprintf("no evidence yet for recipe %s of %s: `mlgate run` makes a bundle of it", h.judged.recipe.Digest.Short(), h.model)}
	}
	x.digest, x.evidence = first.Digest, new(mlgate.Evidence)
	return x, first.Decode(x.evidence)
}

// fits compares the bundle's claims with what the judge computed for itself.
func (h *Hearing) fits(b *mlgate.Bundle) error {
	switch {
	case b.Model != h.judged.run.Model:
		return &mlgate.Waiting{Reason: fmt.Sprintf("the bundle is of model %q, judged is %q", b.Model, h.judged.run.Model)}
	case b.Recipe != h.judged.recipe.Digest:
		return &mlgate.Waiting{Reason: fmt.Sprintf("the bundle was measured at recipe %s, and merging %.7s now gives recipe %s: the base moved on, or it is the bundle of another commit; run again on the newest merge", b.Recipe.Short(), h.judged.commit, h.judged.recipe.Digest.Short())}
	}
	return nil
}

func bundleProblems(b *mlgate.Bundle, file string) []mlgate.Finding {
	var found []mlgate.Finding
	for _, s := range b.Steps {
		if s.OK() {
			continue
		}
		f := mlgate.Finding{Rule: "step/" + s.Name, Status: mlgate.Fail, Pos: mlgate.Pos{File: file}}
		f.Message = fmt.Sprintf("step %s failed with exit code %d after %.1f s", s.Name, s.Exit, s.Seconds)
		if s.Why != "" {
			f.Message = fmt.Sprintf("step %s: %s", s.Name, s.Why)
		} else {
			f.Fix = "its output is in the log of the job that ran it"
		}
		found = append(found, f)
	}
	if len(found) == 0 && b.Evidence == nil {
		found = append(found, mlgate.Finding{Rule: "evidence/unreadable", Status: mlgate.Fail, Message: b.Problem, Pos: mlgate.Pos{File: file}})
	}
	return found
}

// firstAttempt is the oldest evidence in the ledger that this judgment may rest on: made on the
// branch, or, for a pull request, made for it or for one that touched nothing protected.
func (h *Hearing) firstAttempt(ctx context.Context) (*mlgate.Sealed, error) {
	all, err := h.log.Find(ctx, mlgate.KindEvidence, string(h.judged.recipe.Digest))
	if err != nil {
		return nil, fmt.Errorf("looking for evidence: %w", err)
	}
	var change *mlgate.Sealed
	for i, s := range all {
		switch {
		case s.Envelope.Scope == mlgate.ScopeBranch:
			return &all[i], nil
		case change != nil || h.isPush():
		case s.Envelope.Reusable || s.Envelope.Commit == h.ask.Change.Head:
			change = &all[i]
		}
	}
	return change, nil
}

// compareWith finds the baseline in the order that the demands name.
func (h *Hearing) compareWith(ctx context.Context, rule []mlgate.BaselineRule) (mlgate.Baseline, error) {
	var places []baseline.Place
	for _, r := range rule {
		place, err := h.place(ctx, r)
		if err != nil {
			return mlgate.Baseline{}, err
		}
		places = append(places, place)
	}
	var never mlgate.Digest
	if h.isPush() {
		never = h.judged.recipe.Digest
	}
	return baseline.Pick(places, never, h.desk.Now())
}

func (h *Hearing) place(ctx context.Context, r mlgate.BaselineRule) (baseline.Place, error) {
	if r.Kind == "stage" {
		return h.stagePlace(ctx, r)
	}
	p := baseline.Place{Rule: r, Label: h.ask.Change.BaseBranch}
	from := h.diffFrom
	if !from.present() {
		p.Missing = "there is no " + ConfigName + " before this change"
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
	var mistake *mlgate.Mistake
	if errors.As(err, &mistake) {
		p.Missing = "its mlops.yaml cannot be read by this mlgate"
		return p, nil //nolint:nilerr // told in the report as a place passed over
	}
	if err != nil {
		return p, err
	}
	if !s.present() {
		p.Missing = "its commit has no " + ConfigName
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
		return false, nil //nolint:nilerr // a version whose mlops.yaml this mlgate cannot read is not of the judged recipe
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
