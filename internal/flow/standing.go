package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// standing tells of every stage whether the newest tag on it is a move that the ledger knows, and the
// newest that it knows, and since when its version is there.
func standing(ctx context.Context, log mlgate.Log, f *promotion.Facts) error {
	f.Foreign, f.Since, f.Approvals = map[string]mlgate.Entry{}, map[string]time.Time{}, nil
	copied, err := deletions(ctx, log, f)
	if err != nil {
		return err
	}
	for _, rule := range f.Stages {
		if rule.Approvals > 0 {
			said, err := approvals(ctx, log, rule.To)
			if err != nil {
				return err
			}
			f.Approvals = append(f.Approvals, said...)
		}
		newest, ok := promotion.Newest(f.Entries, rule.To)
		if !ok {
			continue
		}
		known, err := intended(ctx, log, newest)
		if err != nil {
			return err
		}
		if copied[rule.To] || !known && (newest.Move != "" || promotion.Ours(f.Entries, rule.To)) {
			f.Foreign[rule.To] = newest
		}
		at, ok := promotion.Current(f.Entries, rule.To)
		if !ok {
			continue
		}
		since, err := arrived(ctx, log, at)
		if err != nil {
			return err
		}
		if !since.IsZero() {
			f.Since[rule.To] = since
		}
	}
	return nil
}

// deletions tells of every stage what the ledger has and no tag shows any more, and where a tag repeats an
// older move.
func deletions(ctx context.Context, log mlgate.Log, f *promotion.Facts) (copied map[string]bool, err error) {
	f.Lost, f.Given, copied = map[string]promotion.Lost{}, nil, map[string]bool{}
	all, err := positions(ctx, log)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		f.Given = append(f.Given, p.Version)
		if !slices.ContainsFunc(f.Stages, func(r mlgate.StageRule) bool { return r.To == p.Stage }) {
			continue
		}
		lost, again, err := compareTags(ctx, log, f.Entries, p)
		if err != nil {
			return nil, err
		}
		if lost != nil {
			f.Lost[p.Stage] = *lost
		}
		copied[p.Stage] = again
	}
	return copied, nil
}

// approvals are those of a stage that the ledger has.
func approvals(ctx context.Context, log mlgate.Log, stage string) ([]mlgate.StageApproval, error) {
	sealed, err := log.Find(ctx, mlgate.KindApproval, stage)
	if err != nil {
		return nil, fmt.Errorf("reading approvals of %s: %w", stage, err)
	}
	var all []mlgate.StageApproval
	for _, s := range sealed {
		var a mlgate.StageApproval
		if err := s.Decode(&a); err != nil {
			return nil, err
		}
		if a.Stage == stage { // of "a/b" too when "a" was asked for
			all = append(all, a)
		}
	}
	return all, nil
}

// maxLookedUp is how many of the newest tags are looked up when nothing is found.
const maxLookedUp = 20

// rewritten is an error when tags name moves and the ledger knows none of them: then it is not the
// ledger that they were made with. A single one that it does not know is somebody else's tag.
func rewritten(ctx context.Context, model string, log mlgate.Log, entries []mlgate.Entry) error {
	looked := 0
	for _, e := range slices.Backward(entries) {
		if e.Move == "" || e.Ledger == "" {
			continue
		}
		m, _, err := moveOf(ctx, log, e)
		if err != nil || m != nil {
			return err
		}
		if looked++; looked == maxLookedUp {
			break
		}
	}
	if looked == 0 {
		return nil
	}
	return fmt.Errorf("reading the ledger of %s: it was replaced: its tags name moves, and it knows none of them; restore the reference (a clone or backup has it) before anything moves", model)
}

// intended reports whether the ledger has the very move that a tag claims to be.
func intended(ctx context.Context, log mlgate.Log, e mlgate.Entry) (bool, error) {
	m, _, err := moveOf(ctx, log, e)
	return m != nil && !e.Removed && m.Stage == e.Stage && m.Commit == e.Commit, err
}

// arrived is when the ledger says that a version came to its stage. A move of another tool has only
// its tag's date, which anybody can choose: it counts from when mlgate first sees it, which is now.
func arrived(ctx context.Context, log mlgate.Log, e mlgate.Entry) (time.Time, error) {
	_, done, err := moveOf(ctx, log, e)
	return done, err
}

// idLength is how much of an intent's digest is the id of its move.
const idLength = 16

// moveOf finds the intent that a tag names, and when it was done. The id is made of the intent, so that whoever may write
// to the ledger, and not to tags, cannot put another one in its place.
func moveOf(ctx context.Context, log mlgate.Log, e mlgate.Entry) (m *mlgate.Move, done time.Time, err error) {
	if e.Move == "" {
		return nil, done, nil
	}
	parts, err := log.Find(ctx, mlgate.KindMove, e.Move)
	if err != nil {
		return nil, done, fmt.Errorf("reading move %s: %w", e.Move, err)
	}
	for _, s := range parts {
		switch s.Envelope.Part {
		case "intent":
			if string(s.Digest[:min(idLength, len(s.Digest))]) != e.Move {
				return nil, done, fmt.Errorf("reading move %s: the ledger is unreadable: what it has under that id is another move (%s); restore the reference (a clone or backup has it)", e.Move, s.Digest.Short())
			}
			m = new(mlgate.Move)
			if err := s.Decode(m); err != nil {
				return nil, done, err
			}
		case "done":
			done = s.Envelope.At
		}
	}
	return m, done, nil
}
