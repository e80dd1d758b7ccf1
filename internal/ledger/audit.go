package ledger

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Auditor = gitLedger{}

// kindsOf are the folders of a ledger.
var kindsOf = map[string]mlgate.Kind{
	"evidence": mlgate.KindEvidence, "verdict": mlgate.KindVerdict, "move": mlgate.KindMove, "open": mlgate.KindMove, "hold": mlgate.KindHold,
	"held": mlgate.KindHeld, "approval": mlgate.KindApproval, "override": mlgate.KindOverride, "position": mlgate.KindPosition,
}

// Models asks the remote for ledgers.
func (l gitLedger) Models(ctx context.Context) ([]string, error) {
	refs, err := l.repo.RemoteRefs(ctx, Ref("")+"*")
	if err != nil {
		return nil, err
	}
	var all []string
	for _, r := range refs {
		all = append(all, strings.ReplaceAll(strings.TrimPrefix(r.Name, Ref("")), "%2F", "/"))
	}
	return all, nil
}

// audit is one ledger that is looked through.
type audit struct {
	log  *gitLog
	out  mlgate.Chain
	each func(mlgate.Filed) error
}

// Audit fetches the whole history, compares each commit with the one before, and reads every record of the head.
func (l gitLedger) Audit(ctx context.Context, model string, each func(mlgate.Filed) error) (mlgate.Chain, error) {
	ref := Ref(model)
	tags := "refs/tags/" + strings.ReplaceAll(model, "/", "%2F")
	refs, err := l.repo.RemoteRefs(ctx, ref, tags+"@*", tags+"#*") // as Open: the registry answers from the same moment
	if err != nil {
		return mlgate.Chain{}, err
	}
	a := audit{log: &gitLog{repo: l.repo, ref: ref, model: model}, each: each}
	for _, r := range refs {
		if r.Name == ref {
			a.log.head = r.ID
		}
	}
	if a.out.Head = a.log.head; a.out.Head == "" {
		return a.out, nil
	}
	if err := l.repo.Fetch(ctx, a.log.head); err != nil {
		return a.out, fmt.Errorf("fetching the ledger %s: %w", ref, err)
	}
	if a.log.tree, err = l.repo.Tree(ctx, a.log.head); err != nil {
		return a.out, a.log.unreadable(err)
	}
	if err := a.history(ctx); err != nil {
		return a.out, err
	}
	return a.out, a.records(ctx)
}

func (a *audit) broken(at, why string, args ...any) {
	a.out.Broken = append(a.out.Broken, mlgate.Broken{At: at, Why: fmt.Sprintf(why, args...), Fix: mlgate.LedgerFix})
}

// history compares each commit with the one before it: records are added, and never changed or taken out.
func (a *audit) history(ctx context.Context) error {
	steps, err := a.log.repo.History(ctx, a.log.head)
	if err != nil {
		return err
	}
	steps = withoutSides(steps)
	var links [][2]string
	var from []string // by link: the commit of the ledger which made it
	for _, s := range steps {
		a.out.Commits = append(a.out.Commits, s.Commit)
		for _, c := range s.Changes {
			if strings.HasPrefix(c.Path, shelves+"/") && c.NewMode == "160000" && (c.OldMode == "" || c.OldMode == "160000") {
				links, from = append(links, [2]string{c.OldID, c.NewID}), append(from, s.Commit)
			} else {
				a.change(s.Commit, c)
			}
		}
	}
	shelved, err := a.log.repo.Between(ctx, links)
	if err != nil {
		return err
	}
	later := map[string][]mlgate.FileChange{} // by commit of the ledger
	for i, s := range shelved {
		later[from[i]] = append(later[from[i]], s.Changes...)
	}
	done := map[string][]string{}
	for _, s := range steps {
		for _, c := range later[s.Commit] {
			a.change(s.Commit, c)
		}
		for _, c := range slices.Concat(s.Changes, later[s.Commit]) {
			if dir, is := strings.CutSuffix(c.Path, "/done.json"); is && c.OldMode == "" && strings.HasPrefix(dir, string(mlgate.KindMove)+"/") {
				done[s.Commit] = append(done[s.Commit], path.Base(dir))
			}
		}
	}
	for _, s := range slices.Backward(steps) {
		a.out.Done = append(a.out.Done, done[s.Commit]...)
	}
	return nil
}

// withoutSides leaves out what lies beside the very first records: a shelf or a list is a commit of its own, which is
// a parent of the ledger's first commit, and that has no other. A list lies in no folder, and a shelf is linked to.
func withoutSides(steps []git.Step) []git.Step {
	last := len(steps) - 1
	if last < 1 {
		return steps
	}
	first, side := &steps[last-1], steps[last]
	inFolder := func(c mlgate.FileChange) bool { return strings.Contains(c.Path, "/") }
	linked := func(c mlgate.FileChange) bool { return c.NewID == side.Commit }
	if slices.ContainsFunc(side.Changes, inFolder) && !slices.ContainsFunc(first.Changes, linked) {
		return steps
	}
	first.Changes = slices.DeleteFunc(first.Changes, func(c mlgate.FileChange) bool { return c.NewMode == "" })
	return steps[:last]
}

// change says what is wrong with a change of one file: the newest word on a stage takes the place of the one
// before, and an open move is closed; all else stays as it was written.
func (a *audit) change(commit string, c mlgate.FileChange) {
	top, _, _ := strings.Cut(c.Path, "/")
	kind := kindsOf[top]
	switch {
	case c.OldMode == "":
	case c.NewMode == "" && top == "open", c.NewMode != "" && top != "open" && perStage(kind):
	case c.NewMode == "":
		a.broken(c.Path, "the commit %.12s took it out of the ledger", commit)
	default:
		a.broken(c.Path, "the commit %.12s changed it after it was written", commit)
	}
}

// records reads all that the head has.
func (a *audit) records(ctx context.Context) error {
	files, err := a.log.tree.Files(".")
	if err != nil {
		return a.log.unreadable(err)
	}
	for _, f := range files {
		if dir, is := strings.CutPrefix(f.Path, shelves+"/"); is && f.Mode == "160000" {
			err = a.shelf(ctx, strings.ReplaceAll(dir, "/", ""), f)
		} else {
			err = a.record(ctx, a.log.tree, "", f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *audit) shelf(ctx context.Context, start string, link mlgate.TreeFile) error {
	tree, err := a.log.repo.Tree(ctx, link.ID)
	if err != nil {
		if ctx.Err() == nil && errors.Is(err, mlgate.ErrNotFound) {
			a.broken(link.Path, "the shelf %.12s that it links to is not in the history", link.ID)
			return nil
		}
		return a.log.unreadable(err)
	}
	files, err := tree.Files(".")
	if err != nil {
		return a.log.unreadable(err)
	}
	for _, f := range files {
		if err := a.record(ctx, tree, start, f); err != nil {
			return err
		}
	}
	return nil
}

// record reads one file: it must be whole, and stand where what it says belongs. start is what keys of its shelf
// begin with; empty: it is on none.
func (a *audit) record(ctx context.Context, tree mlgate.Tree, start string, f mlgate.TreeFile) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	at := f.Path
	if start != "" {
		at = path.Join(shelves, start[:1], start[1:]) + ":" + f.Path
	}
	top, _, _ := strings.Cut(f.Path, "/")
	kind, known := kindsOf[top]
	if !known || f.Mode != "100644" {
		a.broken(at, "mlgate writes no such file")
		return nil
	}
	s, err := a.log.record(kind, tree, f.Path)
	if err != nil {
		a.broken(at, "%s", strings.TrimSuffix(err.Error(), restore))
		return nil
	}
	if want := placeOf(top, s); want != f.Path || start != "" && shelf(s.Envelope.Key) != path.Join(shelves, start[:1], start[1:]) {
		a.broken(at, "by what it says it belongs to %s", want)
		return nil
	}
	if err := a.beside(ctx, s); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		a.broken(at, "what lies beside it: %v", err)
		return nil
	}
	return a.each(mlgate.Filed{Path: at, Sealed: s})
}

// beside compares the lists that lie beside evidence with what it says of them.
func (a *audit) beside(ctx context.Context, s mlgate.Sealed) error {
	if s.Beside == nil {
		return nil
	}
	var e mlgate.Evidence
	return errors.Join(s.Decode(&e), e.LoadInputs(ctx), e.LoadExamples(ctx))
}

// placeOf is the file that a record belongs to.
func placeOf(top string, s mlgate.Sealed) string {
	key := s.Envelope.Key
	if !fileable(s.Kind, key) && s.Kind != mlgate.KindHeld {
		return "no file at all"
	}
	switch {
	case top == "open":
		return path.Join(top, key+".json")
	case perStage(s.Kind):
		return stageFile(s.Kind, key)
	case s.Kind == mlgate.KindHeld:
		return path.Join(top, strings.TrimSuffix(path.Base(stageFile(s.Kind, key)), ".json"), string(s.Digest)+".json")
	case s.Kind == mlgate.KindMove:
		return path.Join(folder(s.Kind, key), s.Envelope.Part+".json")
	case s.Kind == mlgate.KindEvidence:
		return path.Join(folder(s.Kind, key), fmt.Sprintf("%04d-%s.json", s.Envelope.Attempt, s.Digest))
	}
	return path.Join(folder(s.Kind, key), string(s.Digest)+".json")
}
