package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
	"github.com/mlgate/mlgate/internal/report"
)

// Status tells where every stage points and since when, what is held or left open, the newest verdict
// of the default branch, and whether the branch is ahead of what is promoted.
func (d Desk) Status(ctx context.Context, q Question) (report.Status, error) {
	a, err := d.open(ctx, q)
	if err != nil {
		return report.Status{}, err
	}
	out := report.Status{Model: a.model, Branch: q.Change.Default, Tip: q.Change.Head, Stages: []report.StageStatus{}, Open: []report.OpenMove{}, Now: d.Now().UTC()}
	if err := a.past(ctx); err != nil {
		return out, err
	}
	commits, err := a.walk(ctx, q.Change.Head, maxWalk)
	if err != nil {
		return out, err
	}
	if err := a.newestOf(ctx, commits, &out); err != nil {
		return out, err
	}
	for _, stage := range a.stageNames() {
		s, err := a.stageStatus(ctx, stage, commits)
		if err != nil {
			return out, err
		}
		out.Stages = append(out.Stages, s)
	}
	if err := a.lostTags(ctx); err != nil {
		return out, err
	}
	out.Notes = a.notes
	return out, a.openMoves(ctx, &out)
}

// lostTags notes what was done and cannot be seen in the registry any more.
func (a *archive) lostTags(ctx context.Context) error {
	for _, r := range a.gone {
		if strings.HasSuffix(a.held[r.Stage].Adopted, " without "+r.Move) {
			continue // a person goes on without it: `lifted` says so
		}
		a.notes = append(a.notes, fmt.Sprintf("%s (%s, %s) was done and its tag is gone: where %s points may be wrong; push the tag again from a clone that has it", r.What, r.Why, r.At.UTC().Format(time.RFC3339), r.Stage))
	}
	for _, stage := range a.stageNames() {
		why, err := a.missing(ctx, stage)
		if err != nil {
			return err
		}
		if strings.Contains(why, "the tag of that version") { // the stage's own were told
			a.notes = append(a.notes, why)
		}
	}
	return nil
}

// newestOf finds the newest verdict of a push to the branch.
func (a *archive) newestOf(ctx context.Context, commits []string, out *report.Status) error {
	for i, c := range commits[:min(len(commits), backFromTip)] {
		vs, err := a.verdictsOn(ctx, c)
		if err != nil {
			return err
		}
		for _, v := range vs {
			if v.Event == mlgate.Push {
				line := v.line()
				out.Newest, out.Behind = &line, i
				return nil
			}
		}
	}
	return nil
}

func (a *archive) stageStatus(ctx context.Context, stage string, commits []string) (report.StageStatus, error) {
	s := report.StageStatus{Stage: stage}
	if rule, ok := a.own.demand.Stage(stage); ok {
		s.When = rule.When
	}
	hold, said := a.held[stage]
	if said && hold.Held {
		s.Hold = &hold
	}
	at, ok := promotion.Current(a.entries, stage)
	if !ok {
		return s, nil
	}
	s.Version, s.Commit, s.Since, s.By, s.Foreign = at.Version, at.Commit, at.At, at.By, at.Move == ""
	m, _, err := a.move(ctx, at.Move)
	if err != nil {
		return s, err
	}
	if m.Why != "" {
		s.Why, s.By, s.Since = m.Why, m.By, m.At
	}
	if said && !hold.Held && hold.At.After(s.Since) {
		s.Lifted = &hold
	}
	if err := a.Repo.Fetch(ctx, at.Commit); err != nil {
		return s, fmt.Errorf("fetching %s %s, where %s points: %w", a.model, at.Version, stage, err)
	}
	if s.Tip, s.Ahead, err = a.position(ctx, at.Commit, commits); err != nil {
		return s, err
	}
	s.Recipe = a.sameRecipe(ctx, at.Commit)
	return s, nil
}

// position tells how the tip stands to a commit, and how many commits of the branch came after it.
func (a *archive) position(ctx context.Context, commit string, commits []string) (string, int, error) {
	switch i := slices.Index(commits, commit); {
	case i == 0:
		return "same", 0, nil
	case i > 0:
		return "ahead", i, nil
	}
	descends, err := a.Lineage.IsAncestor(ctx, commit, a.q.Change.Head)
	if err != nil || !descends {
		return "apart", 0, err
	}
	return "ahead", 0, nil
}

// sameRecipe compares the tip with a version; a version whose mlops.yaml cannot be read any more has
// none to compare.
func (a *archive) sameRecipe(ctx context.Context, commit string) string {
	if !a.own.present() {
		return ""
	}
	s, err := a.side(ctx, commit, "", a.own.file)
	switch {
	case err != nil || !s.present():
		return ""
	case s.recipe.Digest == a.own.recipe.Digest:
		return "same"
	}
	return "other"
}

func (a *archive) openMoves(ctx context.Context, out *report.Status) error {
	open, err := a.log.OpenMoves(ctx)
	if err != nil {
		return fmt.Errorf("reading open moves: %w", err)
	}
	for _, s := range open {
		var m mlgate.Move
		if err := s.Decode(&m); err != nil {
			return err
		}
		out.Open = append(out.Open, report.OpenMove{ID: s.Envelope.Key, Stage: m.Stage, Version: m.Version, Why: m.Why, By: m.By, At: m.At})
	}
	return nil
}
