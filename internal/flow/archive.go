package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// Question is what somebody wants to know of one model. It is answered from ledger and tags; nothing
// is written, and open moves are left as they are.
type Question struct {
	Change mlgate.Change // of the default branch's tip
	Config string
	Model  string // empty: the one of mlops.yaml at the tip
	Name   string // rule, stage or version
	Head   string // commit at hand on a laptop; its verdicts are looked at too

	Others []string // models of the tip, when it has several and none is Model
}

// How far back verdicts are looked for, in commits.
const (
	backFromTip  = 200
	backFromHead = 50
)

// archive is what is written down of one model, opened to be read.
type archive struct {
	Desk
	q       Question
	model   string
	log     mlgate.Log
	entries []mlgate.Entry
	held    map[string]mlgate.Hold
	moves   []mlgate.Move       // that were done
	gone    []report.HistoryRow // those whose tags were deleted
	own     side                // mlops.yaml at the tip; absent when it cannot be read, or is another model's
	other   string              // that model
	notes   []string
}

// open reads ledger, registry and the tip's demands. Questions must be answered when mlops.yaml is
// broken, so with the model named, trouble with it is a note.
func (d Desk) open(ctx context.Context, q Question) (*archive, error) {
	a := &archive{Desk: d, q: q, model: q.Model}
	if err := a.readTip(ctx); err != nil {
		if q.Model == "" {
			return nil, err
		}
		a.notes = append(a.notes, fmt.Sprintf("what %s demands now is not known: %v", q.Change.Default, err))
	}
	var err error
	if a.log, err = d.Ledger.Open(ctx, a.model); err != nil {
		return nil, fmt.Errorf("opening the ledger of %s: %w", a.model, err)
	}
	if a.entries, err = d.Registry.List(ctx, a.model); err != nil {
		return nil, fmt.Errorf("reading the registry of %s: %w", a.model, err)
	}
	if a.log.Head() == "" && len(a.entries) == 0 && !a.own.present() {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("looking for the model %q: nothing is recorded of it", a.model), Fix: a.otherModel()}
	}
	if a.held, err = holds(ctx, a.log); err != nil {
		return nil, err
	}
	return a, a.rename(ctx)
}

func (a *archive) readTip(ctx context.Context) error {
	tip := a.q.Change.Head
	if len(a.q.Others) > 0 {
		return fmt.Errorf("it has no model %s", a.model)
	}
	if err := a.Repo.Fetch(ctx, tip); err != nil {
		return fmt.Errorf("fetching the tip of %q: %w", a.q.Change.Default, err)
	}
	s, err := a.side(ctx, tip, "", a.q.Config)
	switch {
	case err != nil:
		return err
	case !s.present():
		return errNoConfig
	case a.model == "":
		a.model = s.run.Model
	case a.model != s.run.Model:
		a.notes = append(a.notes, fmt.Sprintf("%s of %s is about %s: what is demanded of %s now is not known", s.file, a.q.Change.Default, s.run.Model, a.model))
		a.other = s.run.Model
		return nil
	}
	a.own = s
	return nil
}

func (a *archive) otherModel() string {
	if all := a.q.Others; len(all) > 0 {
		return "there are " + few(all)
	}
	if a.other != "" {
		return "mlops.yaml is about " + a.other
	}
	return "leave the name out for the model of mlops.yaml"
}

// verdict is a recorded one with its digest.
type verdict struct {
	mlgate.VerdictRecord
	digest mlgate.Digest
}

func (v verdict) line() report.VerdictLine {
	return report.VerdictLine{
		Word: v.Verdict.Word, Cause: v.Verdict.Cause, At: v.At, Event: v.Event, Number: v.Number, Stage: v.Stage, Commit: v.Commit, Actor: v.Actor,
		Rules: v.Rules, Evidence: v.Evidence, Baseline: v.Baseline, Waivers: v.Waivers, Record: v.digest,
	}
}

// verdictsOn reads the verdicts on one commit, or with an empty key all of them, newest first.
func (a *archive) verdictsOn(ctx context.Context, commit string) ([]verdict, error) {
	sealed, err := a.log.Find(ctx, mlgate.KindVerdict, commit)
	if err != nil {
		return nil, fmt.Errorf("reading the verdicts of %s: %w", a.model, err)
	}
	var out []verdict
	for _, s := range sealed {
		v := verdict{digest: s.Digest}
		if err := s.Decode(&v.VerdictRecord); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	newestFirst(out)
	return out, nil
}

func newestFirst(all []verdict) {
	slices.SortStableFunc(all, func(x, y verdict) int { return y.At.Compare(x.At) })
}

// recent reads the verdicts on the newest commits of the default branch and of the branch at hand, so
// that the work does not grow with the ledger.
func (a *archive) recent(ctx context.Context) ([]verdict, error) {
	commits, err := a.walk(ctx, a.q.Change.Head, backFromTip)
	if err != nil {
		return nil, err
	}
	if a.q.Head != "" {
		more, err := a.walk(ctx, a.q.Head, backFromHead)
		if err != nil {
			return nil, err
		}
		commits = append(commits, more...)
	}
	slices.Sort(commits)
	var out []verdict
	for _, c := range slices.Compact(commits) {
		vs, err := a.verdictsOn(ctx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, vs...)
	}
	newestFirst(out)
	return out, nil
}

// walk lists a commit and those before it.
func (a *archive) walk(ctx context.Context, from string, limit int) ([]string, error) {
	if err := a.Repo.Fetch(ctx, from); err != nil {
		return nil, fmt.Errorf("fetching %.12s: %w", from, err)
	}
	before, err := a.Lineage.FirstParents(ctx, from, limit)
	if err != nil {
		return nil, fmt.Errorf("walking back from %.12s: %w", from, err)
	}
	return append([]string{from}, before...), nil
}

// grounds finds the evidence that a tag names, and the verdict that let it in.
func (a *archive) grounds(ctx context.Context, e mlgate.Entry, m mlgate.Move) (report.Grounds, error) {
	g := report.Grounds{Digest: e.Evidence}
	all, err := a.verdictsOn(ctx, e.Commit)
	if err != nil {
		return g, err
	}
	if v := ledTo(all, e, m); v != nil {
		line := v.line()
		g.Verdict, g.Gates, g.Findings = &line, v.Gates, v.Findings
	}
	if e.Evidence == "" {
		g.Missing = "the tag names none: another tool made it"
		return g, nil
	}
	recipes := []mlgate.Digest{m.Recipe}
	for _, v := range all {
		if v.Evidence == e.Evidence {
			recipes = append(recipes, v.Recipe)
		}
	}
	g.Evidence, err = a.evidence(ctx, e.Evidence, recipes)
	if errors.Is(err, mlgate.ErrNotFound) {
		g.Missing, err = "the ledger has no evidence of that digest", nil
	}
	return g, err
}

// ledTo is the verdict that a move names. A rollback and another tool name none: then it is the newest
// on that evidence, before the move, that lets anything move.
func ledTo(all []verdict, e mlgate.Entry, m mlgate.Move) *verdict {
	for i, v := range all {
		if m.Verdict != "" && v.digest == m.Verdict {
			return &all[i]
		}
	}
	for i, v := range all {
		before := m.At.IsZero() || !v.At.After(m.At)
		if before && v.Verdict.Word.Lets() && (e.Evidence == "" || v.Evidence == e.Evidence) {
			return &all[i]
		}
	}
	return nil
}

func (a *archive) evidence(ctx context.Context, digest mlgate.Digest, recipes []mlgate.Digest) (*mlgate.Evidence, error) {
	slices.Sort(recipes)
	for _, r := range slices.Compact(recipes) {
		if r == "" {
			continue
		}
		e, err := evidenceOf(ctx, a.log, r, digest)
		if err == nil {
			return e, nil
		}
		if !errors.Is(err, mlgate.ErrNotFound) {
			return nil, fmt.Errorf("reading the evidence of %s: %w", a.model, err)
		}
	}
	return nil, mlgate.ErrNotFound
}

// move reads what the ledger knows of a move: the intent, and how it ended. A tag of another tool has
// none.
func (a *archive) move(ctx context.Context, id string) (m mlgate.Move, ended string, err error) {
	if id == "" {
		return m, "", nil
	}
	parts, err := a.log.Find(ctx, mlgate.KindMove, id)
	if err != nil {
		return m, "", fmt.Errorf("reading move %s: %w", id, err)
	}
	for _, s := range parts {
		if s.Envelope.Part != "intent" {
			ended = s.Envelope.Part
		} else if err := s.Decode(&m); err != nil {
			return m, "", err
		}
	}
	return m, ended, nil
}
