package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
	"github.com/mlgate/mlgate/internal/report"
)

// maxListed verdicts or moves are listed in an answer.
const maxListed = 6

// Why answers why a rule says what it says, why a stage points where it does, what a version stands on,
// or what is known of a commit. An unknown name is a Mistake that says where it was looked for, and lists
// what there is.
func (d Desk) Why(ctx context.Context, q Question) (report.Answer, error) {
	q.Name = strings.TrimPrefix(q.Name, "refs/tags/")
	a, err := d.open(ctx, q)
	if err != nil {
		return report.Answer{}, err
	}
	out := report.Answer{Model: a.model, Asked: q.Name, Now: d.Now().UTC()}
	err = a.answer(ctx, q.Name, &out)
	out.Notes = a.notes
	return out, err
}

// answer finds out what a name is. What a gate is called exactly needs no look at all moves.
func (a *archive) answer(ctx context.Context, name string, out *report.Answer) (err error) {
	stage, explicit := strings.CutPrefix(name, "stage/")
	if !a.gated(name) || a.isStage(stage) {
		if err := a.past(ctx); err != nil {
			return err
		}
	}
	version, isVersion := a.findVersion(name)
	tag, isTag := a.findTag(name)
	switch {
	case isVersion:
		out.Version, err = a.whyVersion(ctx, version)
	case isTag:
		out.Stage, err = a.whyTag(ctx, tag)
	case a.isStage(stage) && !explicit && len(a.demanded(name)) > 0:
		return &mlgate.Mistake{Err: fmt.Errorf("explaining %q: a stage and a gate have that name", name), Fix: fmt.Sprintf("say stage/%s or gate/%s", name, name)}
	case a.isStage(stage):
		out.Stage, err = a.whyStage(ctx, stage)
	case a.gated(name):
		out.Rule, err = a.whyRule(ctx, name)
	default:
		err = a.whyElse(ctx, name, out)
	}
	return err
}

// whyElse answers what is neither version nor stage nor a gate of the tip.
func (a *archive) whyElse(ctx context.Context, name string, out *report.Answer) error {
	commit, err := a.findCommit(ctx, name)
	switch {
	case err != nil:
	case commit != "":
		out.Commit, err = a.whyCommit(ctx, commit)
	default:
		out.Rule, err = a.whyRule(ctx, name)
	}
	return err
}

// gated reports whether a gate of the tip has exactly this name.
func (a *archive) gated(name string) bool {
	name = strings.TrimPrefix(name, "gate/")
	return slices.ContainsFunc(a.own.demand.Gates, func(g mlgate.GateRule) bool { return g.Pattern == name })
}

// findVersion takes v1.2.0, 1.2.0 and the tag's own name; a version whose tag is gone is known from the
// move that brought it, and has no Ref.
func (a *archive) findVersion(name string) (mlgate.Entry, bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, a.model+"@"), strings.ReplaceAll(a.model, "/", "%2F")+"@")
	var found mlgate.Entry
	ok := false
	for _, e := range a.entries {
		if e.Stage == "" && (e.Version == name || e.Version == "v"+name) {
			if ok && e.Removed {
				found.Removed = true
				continue
			}
			found, ok = e, true
		}
	}
	for _, m := range a.moves {
		if !ok && (m.Version == name || m.Version == "v"+name) {
			return mlgate.Entry{Model: a.model, Version: m.Version, Commit: m.Commit, At: m.At, By: m.By, Move: m.ID, Evidence: m.Evidence, Artifact: m.Artifact}, true
		}
	}
	return found, ok
}

// findTag is an assignment by its tag.
func (a *archive) findTag(name string) (mlgate.Entry, bool) {
	i := slices.IndexFunc(a.entries, func(e mlgate.Entry) bool { return e.Stage != "" && e.Ref == name })
	if i < 0 {
		return mlgate.Entry{}, false
	}
	return a.entries[i], true
}

func (a *archive) isStage(name string) bool {
	_, demanded := a.own.demand.Stage(name)
	gone := slices.ContainsFunc(a.gone, func(r report.HistoryRow) bool { return r.Stage == name })
	return demanded || gone || slices.ContainsFunc(a.entries, func(e mlgate.Entry) bool { return e.Stage == name && name != "" })
}

// whyTag tells of one assignment, whether the stage is there still or not.
func (a *archive) whyTag(ctx context.Context, e mlgate.Entry) (*report.StageAnswer, error) {
	if at, ok := promotion.Current(a.entries, e.Stage); ok && at.Ref == e.Ref {
		return a.whyStage(ctx, e.Stage)
	}
	out := &report.StageAnswer{Stage: e.Stage, Past: true}
	if err := a.standsOn(ctx, e, out); err != nil {
		return nil, err
	}
	all, err := a.visits(ctx, e.Stage)
	i := slices.IndexFunc(all, func(v visit) bool { return v.at.After(out.Since) })
	if i >= 0 {
		out.Until = all[i].at
	}
	return out, err
}

// standsOn fills in one assignment, the move that made it, and its grounds.
func (a *archive) standsOn(ctx context.Context, at mlgate.Entry, out *report.StageAnswer) error {
	out.Version, out.Commit, out.Ref, out.Move, out.Ledger = at.Version, at.Commit, at.Ref, at.Move, at.Ledger
	m, ended, err := a.move(ctx, at.Move)
	if err != nil {
		return err
	}
	out.Why, out.Reason, out.From, out.Ended, out.By, out.Since = m.Why, m.Reason, m.From, ended, cmp.Or(m.By, at.By), moved(at, m)
	if out.Assent, err = assent(ctx, a.log, m); err != nil {
		return err
	}
	out.Grounds, err = a.grounds(ctx, at, m)
	return err
}

func (a *archive) whyStage(ctx context.Context, stage string) (*report.StageAnswer, error) {
	out := &report.StageAnswer{Stage: stage}
	if rule, ok := a.own.demand.Stage(stage); ok {
		out.When = rule.When
	}
	at, ok := promotion.Current(a.entries, stage)
	if ok {
		if err := a.standsOn(ctx, at, out); err != nil {
			return nil, err
		}
	}
	if hold, ok := a.held[stage]; ok && hold.Held {
		out.Hold = &hold
	} else if ok && hold.At.After(out.Since) {
		out.Lifted = &hold
	}
	var err error
	if out.Gone, err = a.missing(ctx, stage); err != nil {
		return nil, err
	}
	out.Before, err = a.rowsBefore(ctx, stage, at.Ref)
	return out, err
}

// rowsBefore are the moves of a stage but for the one that a tag is of, newest first, those without a
// tag among them.
func (a *archive) rowsBefore(ctx context.Context, stage, ref string) ([]report.HistoryRow, error) {
	var rows []report.HistoryRow
	for _, e := range promotion.Assignments(a.entries, stage) {
		if e.Ref == ref {
			continue
		}
		row := historyRow(e)
		if err := explain(ctx, a.log, &row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	tagged := len(rows)
	for _, r := range a.gone {
		if r.Stage == stage {
			rows = append(rows, r)
		}
	}
	if len(rows) > tagged {
		slices.SortStableFunc(rows, func(x, y report.HistoryRow) int { return x.At.Compare(y.At) })
	}
	slices.Reverse(rows)
	return rows[:min(len(rows), maxListed)], nil
}

func (a *archive) whyVersion(ctx context.Context, e mlgate.Entry) (*report.VersionAnswer, error) {
	m, _, err := a.move(ctx, e.Move)
	if err != nil {
		return nil, err
	}
	out := &report.VersionAnswer{
		Version: e.Version, Commit: e.Commit, Ref: e.Ref, At: moved(e, m), By: cmp.Or(m.By, e.By), Removed: e.Removed, Gone: e.Ref == "", Move: e.Move, Ledger: e.Ledger, Stays: []report.Stay{},
	}
	if i := slices.IndexFunc(a.moves, func(m mlgate.Move) bool { return m.Version == e.Version && m.Commit != e.Commit }); i >= 0 && !e.Removed {
		out.Made = a.moves[i].Commit
	}
	if out.Grounds, err = a.grounds(ctx, e, m); err != nil {
		return nil, err
	}
	for _, stage := range a.stageNames() {
		if err := a.stays(ctx, e.Version, stage, out); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out.Stays, func(x, y report.Stay) int { return x.From.Compare(y.From) })
	return out, nil
}

// stageNames are those under promote in their order, then others that were ever assigned.
func (a *archive) stageNames() []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, r := range a.own.demand.Promote {
		add(r.To)
	}
	for _, e := range a.entries {
		add(e.Stage)
	}
	for _, r := range a.gone {
		add(r.Stage)
	}
	return names
}

// stays adds the times that a version was in one stage: each ends with the stage's next move.
func (a *archive) stays(ctx context.Context, version, stage string, out *report.VersionAnswer) error {
	all, err := a.visits(ctx, stage)
	if err != nil {
		return err
	}
	for i, v := range all {
		if v.version != version || v.removed {
			continue
		}
		s := report.Stay{Stage: stage, From: v.at, Why: v.move.Why, Reason: v.move.Reason, By: cmp.Or(v.move.By, v.by), Gone: v.gone}
		if i+1 < len(all) {
			s.Until = all[i+1].at
		}
		if s.Assent, err = assent(ctx, a.log, v.move); err != nil {
			return err
		}
		out.Stays = append(out.Stays, s)
	}
	return nil
}

// moved is when a stage was moved: the ledger knows; a tag's own date comes after all tags before it,
// as GTO orders by it.
func moved(e mlgate.Entry, m mlgate.Move) time.Time {
	if m.At.IsZero() {
		return e.At
	}
	return m.At
}
