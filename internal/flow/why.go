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

// Why answers why a rule says what it says, why a stage points where it does, or what a version stands
// on. An unknown name is a Mistake that lists what there is.
func (d Desk) Why(ctx context.Context, q Question) (report.Answer, error) {
	a, err := d.open(ctx, q)
	if err != nil {
		return report.Answer{}, err
	}
	out := report.Answer{Model: a.model, Asked: q.Name, Now: d.Now().UTC()}
	version, isVersion := a.findVersion(q.Name)
	stage, explicit := strings.CutPrefix(q.Name, "stage/")
	isStage := a.isStage(stage)
	switch {
	case isStage && !explicit && len(a.demanded(q.Name)) > 0:
		return out, &mlgate.Mistake{Err: fmt.Errorf("explaining %q: a stage and a gate have that name", q.Name), Fix: fmt.Sprintf("say stage/%s or gate/%s", q.Name, q.Name)}
	case isVersion:
		out.Version, err = a.whyVersion(ctx, version)
	case isStage:
		out.Stage, err = a.whyStage(ctx, stage)
	default:
		out.Rule, err = a.whyRule(ctx, q.Name)
	}
	out.Notes = a.notes
	return out, err
}

// findVersion takes v1.2.0, 1.2.0 and the tag's own name.
func (a *archive) findVersion(name string) (mlgate.Entry, bool) {
	name = strings.TrimPrefix(name, a.model+"@")
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
	return found, ok
}

func (a *archive) isStage(name string) bool {
	_, demanded := a.own.demand.Stage(name)
	return demanded || slices.ContainsFunc(a.entries, func(e mlgate.Entry) bool { return e.Stage == name && name != "" })
}

func (a *archive) whyStage(ctx context.Context, stage string) (*report.StageAnswer, error) {
	out := &report.StageAnswer{Stage: stage}
	if rule, ok := a.own.demand.Stage(stage); ok {
		out.When = rule.When
	}
	if hold, ok := a.held[stage]; ok && hold.Held {
		out.Hold = &hold
	}
	at, ok := promotion.Current(a.entries, stage)
	all := promotion.Assignments(a.entries, stage)
	if ok {
		out.Version, out.Commit, out.Ref, out.Since, out.By, out.Move, out.Ledger = at.Version, at.Commit, at.Ref, at.At, at.By, at.Move, at.Ledger
		m, ended, err := a.move(ctx, at.Move)
		if err != nil {
			return nil, err
		}
		out.Why, out.Reason, out.From, out.Ended, out.By, out.Since = m.Why, m.Reason, m.From, ended, cmp.Or(m.By, at.By), moved(at, m)
		if out.Grounds, err = a.grounds(ctx, at, m); err != nil {
			return nil, err
		}
	}
	for _, e := range slices.Backward(all) {
		if e.Ref == at.Ref || len(out.Before) == maxListed {
			continue
		}
		row := historyRow(e)
		if err := explain(ctx, a.log, &row); err != nil {
			return nil, err
		}
		out.Before = append(out.Before, row)
	}
	return out, nil
}

func (a *archive) whyVersion(ctx context.Context, e mlgate.Entry) (*report.VersionAnswer, error) {
	out := &report.VersionAnswer{Version: e.Version, Commit: e.Commit, Ref: e.Ref, At: e.At, By: e.By, Removed: e.Removed, Ledger: e.Ledger, Stays: []report.Stay{}}
	m, _, err := a.move(ctx, e.Move)
	if err != nil {
		return nil, err
	}
	out.By = cmp.Or(m.By, e.By)
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
	for _, r := range a.own.demand.Promote {
		names = append(names, r.To)
	}
	for _, e := range a.entries {
		if e.Stage != "" && !slices.Contains(names, e.Stage) {
			names = append(names, e.Stage)
		}
	}
	return names
}

// stays adds the times that a version was in one stage: each ends when the stage's next tag was made.
func (a *archive) stays(ctx context.Context, version, stage string, out *report.VersionAnswer) error {
	all := promotion.Assignments(a.entries, stage)
	var last *report.Stay
	for _, e := range all {
		m, _, err := a.move(ctx, e.Move)
		if err != nil {
			return err
		}
		if last != nil {
			last.Until, last = moved(e, m), nil
		}
		if e.Version == version && !e.Removed {
			out.Stays = append(out.Stays, report.Stay{Stage: stage, From: moved(e, m), Why: m.Why, Reason: m.Reason, By: cmp.Or(m.By, e.By)})
			last = &out.Stays[len(out.Stays)-1]
		}
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
