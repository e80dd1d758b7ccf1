package flow

import (
	"context"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// How far back P is looked for, and how many commits passed over are named.
const (
	maxWalk  = 1000
	maxNamed = 5
)

// findReference finds P: the newest first-parent ancestor whose push verdict in the ledger let it
// pass. A blocked push is passed over, so that no later push is measured against it.
func (h *Hearing) findReference(ctx context.Context) (mlgate.Reference, error) {
	var ref mlgate.Reference
	if h.log.Head() != "" {
		parents, cut := h.desk.Lineage.FirstParents(ctx, h.ask.Change.Head, maxWalk)
		if cut != nil && len(parents) == 0 {
			return ref, fmt.Errorf("looking for the last accepted push: %w", cut)
		}
		for _, c := range parents {
			word, cause, err := h.pushVerdict(ctx, c)
			if err != nil {
				return ref, err
			}
			if word.Lets() {
				ref.Commit, ref.Why = c, "the last accepted push ("+string(word)+")"
				return ref, nil
			}
			if len(ref.Skipped) < maxNamed {
				ref.Skipped = append(ref.Skipped, skipped(c, word, cause))
			}
		}
		if cut != nil { // it may lie behind the edge, and nothing weaker may stand for it
			return ref, fmt.Errorf("looking for the last accepted push: %w", cut)
		}
	}
	before := h.ask.Change.Before
	if before == "" || strings.Trim(before, "0") == "" {
		return mlgate.Reference{Why: "nothing was accepted before", Skipped: ref.Skipped}, nil
	}
	if err := h.desk.Repo.Fetch(ctx, before); err != nil {
		return ref, fmt.Errorf("fetching the tip before this push: %w", err)
	}
	return mlgate.Reference{Commit: before, Why: "the tip before this push: no accepted push is in the ledger", Skipped: ref.Skipped}, nil
}

func skipped(commit string, word mlgate.Word, cause string) mlgate.Skip {
	s := mlgate.Skip{Source: fmt.Sprintf("%.7s", commit), Why: string(word)}
	switch {
	case word == "":
		s.Why = "not judged"
	case cause != "":
		s.Why += ": " + cause
	}
	return s
}

// pushVerdict is the newest word on a commit pushed to this branch, or empty. "Not affected", which a later run of the
// same push may find, does not take the place of a judgment.
func (h *Hearing) pushVerdict(ctx context.Context, commit string) (mlgate.Word, string, error) {
	sealed, err := h.log.Find(ctx, mlgate.KindVerdict, commit)
	if err != nil {
		return "", "", fmt.Errorf("reading the verdict on %.12s: %w", commit, err)
	}
	var last mlgate.VerdictRecord
	for _, s := range sealed {
		var v mlgate.VerdictRecord
		if err := s.Decode(&v); err != nil {
			return "", "", err
		}
		if v.Event == mlgate.Push && v.Branch == h.ask.Change.BaseBranch && (v.Verdict.Word != mlgate.NotAffected || last.Verdict.Word == "") {
			last = v
		}
	}
	return last.Verdict.Word, last.Verdict.Cause, nil
}

// descent asks how the versions that stages point at relate to the commit.
func (d Desk) descent(ctx context.Context, f *promotion.Facts) error {
	for _, s := range f.Stages {
		at, ok := promotion.Current(f.Entries, s.To)
		if !ok || f.Commit == "" {
			continue
		}
		if err := d.Repo.Fetch(ctx, at.Commit); err != nil {
			return fmt.Errorf("fetching %s %s, where %s points: %w", f.Model, at.Version, s.To, err)
		}
		descends, err := d.Lineage.IsAncestor(ctx, at.Commit, f.Commit)
		if err != nil {
			return err
		}
		older, err := d.Lineage.IsAncestor(ctx, f.Commit, at.Commit)
		if err != nil {
			return err
		}
		f.Descends[at.Commit] = descends
		f.Older[at.Commit] = older && at.Commit != f.Commit
	}
	return nil
}
