package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/baseline"
	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// exhibit is the evidence that counts for the judged recipe, and what else there is.
type exhibit struct {
	evidence *mlgate.Evidence
	digest   mlgate.Digest
	steps    []mlgate.StepRun
	problems []mlgate.Finding // why there is no evidence
	fresh    *mlgate.Sealed   // of the bundle, to be recorded
	unused   string           // why more repeats of the bundle do not count
	artifact []byte           // of the bundle, to be stored
}

// exhibit chooses the evidence: the first complete attempt at this recipe counts, so that running
// again until lucky gains nothing; the bundle's own is that attempt when there was none.
func (h *Hearing) exhibit(ctx context.Context, bundle *mlgate.Bundle) (exhibit, error) {
	var x exhibit
	if bundle != nil {
		if err := h.fits(bundle); err != nil {
			return x, err
		}
		x.steps, x.fresh, x.artifact = bundle.Steps, bundle.Evidence, bundle.Artifact
		if x.problems = bundleProblems(bundle, h.judged.file); len(x.problems) > 0 {
			return x, nil
		}
	}
	first, err := h.firstAttempt(ctx, x.fresh)
	if err != nil {
		return x, err
	}
	if first == nil {
		return x, h.nothingYet(bundle)
	}
	x.digest, x.evidence = first.Digest, new(mlgate.Evidence)
	if err := first.Decode(x.evidence); err != nil {
		return x, err
	}
	h.evidence, h.evidenceID = x.evidence, x.digest
	if x.fresh != nil && x.fresh.Digest != x.digest {
		x.unused, err = notTaken(x.fresh, x.evidence)
	}
	return x, err
}

// notTaken says why repeats of a bundle do not count, where they are more than those of the evidence that does.
func notTaken(fresh *mlgate.Sealed, counts *mlgate.Evidence) (string, error) {
	var e mlgate.Evidence
	if err := fresh.Decode(&e); err != nil {
		return "", err
	}
	have := 1
	if counts.Repeats != nil {
		have = len(counts.Repeats.Seconds)
	}
	switch r := e.Repeats; {
	case r == nil:
		return "", nil
	case r.Extends != nil:
		return fmt.Sprintf("the %s of this run are not taken: another run went on with the first %d of them, and was recorded before it", repeatsOf(r), r.Extends.Runs), nil
	case len(r.Seconds) > have:
		return fmt.Sprintf("the %s of this run are not taken: evidence of this recipe was recorded before, and the first counts", repeatsOf(r)), nil
	}
	return "", nil
}

func (h *Hearing) nothingYet(b *mlgate.Bundle) error {
	reason := fmt.Sprintf("no evidence yet for recipe %s of %s, and no bundle of it: `mlgate run` makes one; did the job that runs the steps of %s end, and was its bundle brought here?", h.judged.recipe.Digest.Short(), h.model, h.model)
	if b != nil && b.Skipped != "" {
		reason = fmt.Sprintf("the job that runs the steps ran none (%s), and the judge finds no evidence that it may use: run that job again with --fresh", b.Skipped)
	}
	return &mlgate.Waiting{Reason: reason}
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
		if s.Seed > 0 {
			f.Message += fmt.Sprintf(", with %s=%d", mlgate.SeedName, s.Seed)
		}
		found = append(found, f)
	}
	if len(found) == 0 && b.Evidence == nil && b.Skipped == "" {
		found = append(found, mlgate.Finding{Rule: "evidence/unreadable", Status: mlgate.Fail, Message: b.Problem, Pos: mlgate.Pos{File: file}})
	}
	return found
}

// firstAttempt is the oldest evidence that this judgment may rest on: made on the branch, or made for
// this very change into this very branch, whose workflows made it, or for one that touched nothing protected; then what the bundle brings. What is
// promoted rests on numbers of a change only when its folder was the same to the last file. What was
// measured on other data that git does not track, or in another image of the same name, or whose artifact cannot be opened, is passed over.
// Where it was extended, the newest extension is it.
func (h *Hearing) firstAttempt(ctx context.Context, fresh *mlgate.Sealed) (*mlgate.Sealed, error) {
	all, err := h.log.Find(ctx, mlgate.KindEvidence, string(h.judged.recipe.Digest))
	if err != nil {
		return nil, fmt.Errorf("looking for evidence: %w", err)
	}
	var branch, change []*mlgate.Sealed
	for i, s := range all {
		mine := !h.isPush() && s.Envelope.Commit == h.ask.Change.Head && (!h.ask.Change.Proposed() || s.Envelope.Base == h.ask.Change.BaseBranch)
		switch {
		case s.Envelope.Scope == mlgate.ScopeBranch:
			branch = append(branch, &all[i])
		case mine || s.Envelope.Reusable && h.reuse() != config.Never && (!h.isPush() || s.Envelope.Folder != "" && s.Envelope.Folder == h.folder()):
			change = append(change, &all[i])
		}
	}
	if fresh != nil {
		own := *fresh
		own.Envelope.Scope = h.scope()
		if h.measuresOwn() {
			branch = append(branch, &own)
		} else {
			change = append(change, &own)
		}
	}
	return h.chosen(ctx, append(branch, change...), fresh)
}

// chosen is the first of the attempts that is usable, as far as it was extended: by what is recorded, or by fresh
// evidence, unless somebody recorded another extension first.
func (h *Hearing) chosen(ctx context.Context, all []*mlgate.Sealed, fresh *mlgate.Sealed) (*mlgate.Sealed, error) {
	roots, extensions, err := baseline.Roots(all)
	if err != nil {
		return nil, err
	}
	for _, root := range roots {
		may, err := h.usable(ctx, root, fresh)
		if err != nil {
			return nil, err
		}
		if !may {
			continue
		}
		var usable []*mlgate.Sealed
		for _, s := range extensions {
			if may, err := h.usable(ctx, s, fresh); err != nil {
				return nil, err
			} else if may {
				usable = append(usable, s)
			}
		}
		return baseline.Last(root, usable)
	}
	return nil, nil //nolint:nilnil // nothing was measured yet
}

// folder is the id of all that lies below the model's folder.
func (h *Hearing) folder() string {
	if !h.judged.present() {
		return ""
	}
	e, err := h.judged.tree.Entry(h.judged.run.Dir)
	if err != nil {
		return "" // matches nothing that was recorded with one
	}
	return e.ID
}

// usable reports whether evidence of the ledger may stand for what is judged now.
func (h *Hearing) usable(ctx context.Context, s, fresh *mlgate.Sealed) (bool, error) {
	if !h.judged.recipe.Open() && h.judged.run.Store == "" {
		return true, nil // nothing depends on what it says, and it may list a hundred thousand files
	}
	var e mlgate.Evidence
	if err := s.Decode(&e); err != nil {
		return false, err
	}
	if h.judged.recipe.Open() {
		if fresh == nil {
			return false, nil
		}
		var now mlgate.Evidence
		if err := fresh.Decode(&now); err != nil {
			return false, err
		}
		if !e.SameInputs(&now) {
			if err := loadBoth(ctx, &e, &now); err != nil {
				return false, err
			}
		}
		if !slices.Equal(untracked(e), untracked(now)) || !slices.Equal(e.Images, now.Images) {
			return false, nil
		}
	}
	if h.judged.run.Store == "" || e.Artifact == nil || fresh != nil && fresh.Digest == s.Digest {
		return true, nil
	}
	store, err := h.desk.Store(h.judged.run.Store)
	if err != nil {
		return false, err
	}
	has, err := store.Has(ctx, h.model, e.Artifact.SHA256)
	if err != nil {
		return false, fmt.Errorf("looking for the artifact of %s: %w", h.model, err)
	}
	return has, nil
}

// untracked are the inputs that git does not have.
func untracked(e mlgate.Evidence) []mlgate.File {
	return slices.DeleteFunc(slices.Clone(e.Inputs), func(f mlgate.File) bool { return f.Tracked })
}

// reuse is the strictest word of all demands that hold.
func (h *Hearing) reuse() string {
	word := config.SameRecipe
	for _, r := range h.rules {
		if r.demand.Reuse == config.Never || r.demand.Reuse == config.ExactTree && word == config.SameRecipe {
			word = r.demand.Reuse
		}
	}
	return word
}

// Config is the path of the judged mlops.yaml; where the change deletes it, the one before.
func (h *Hearing) Config() string { return cmp.Or(h.judged.file, h.base.file) }

// Recipe is the recipe of the judged tree.
func (h *Hearing) Recipe() mlgate.Digest { return h.judged.recipe.Digest }

// Model is the name of the judged model.
func (h *Hearing) Model() string { return h.model }

// Change is what is judged, as it was asked for.
func (h *Hearing) Change() mlgate.Change { return h.ask.Change }

// Told is how the outcome is to be told: the comment's behaviour, and whether the model has one of its own.
func (h *Hearing) Told() (comment string, split bool) {
	out := h.outline()
	return out.Comment, out.Split
}

// Skip is the bundle of a job that ran nothing, and why.
func (h *Hearing) Skip(why string) *mlgate.Bundle {
	return &mlgate.Bundle{Commit: h.judged.commit, Tree: h.judged.tree.ID(), Model: h.model, Recipe: h.judged.recipe.Digest, Skipped: why}
}

// Known looks for evidence that makes running the steps unnecessary, and says which; empty: they must
// run. What a run has that git does not track, and what a moving tag means today, can only be found by running.
func (h *Hearing) Known(ctx context.Context) (string, error) {
	word := h.reuse()
	if word == config.Never || h.judged.recipe.Open() {
		return "", nil
	}
	first, err := h.firstAttempt(ctx, nil)
	if err != nil || first == nil {
		return "", err
	}
	if word == config.ExactTree && first.Envelope.Tree != h.judged.tree.ID() {
		return "", nil
	}
	if thin, err := h.thin(first); err != nil || thin {
		return "", err
	}
	return fmt.Sprintf("evidence of recipe %s from %s, commit %.7s", h.judged.recipe.Digest.Short(), first.Envelope.At.UTC().Format("2006-01-02 15:04 UTC"), first.Envelope.Commit), nil
}
