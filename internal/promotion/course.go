package promotion

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// course is what a stage went through, oldest first: its tags, each by the version that the ledger has for its commit,
// and, without a Ref, the moves that the ledger has for done and that have no tag any more. A move saw the counter of
// the stage's tag before it: its own tag is between that and what the next move saw. What else is there, where a move
// has no tag, was put in its place, and is left out.
func (f Facts) course(stage string) []mlgate.Entry {
	var done []mlgate.Move
	for _, m := range f.Done {
		if m.Stage == stage {
			done = append(done, m)
		}
	}
	slices.SortStableFunc(done, func(a, b mlgate.Move) int {
		return cmp.Or(cmp.Compare(seen(a), seen(b)), a.At.Compare(b.At))
	})
	all := f.named(Assignments(f.Entries, stage))
	for i, m := range done {
		next := math.MaxInt
		if i+1 < len(done) {
			next = seen(done[i+1])
		}
		between := func(e mlgate.Entry) bool { return e.Counter() > seen(m) && e.Counter() <= next }
		own := func(e mlgate.Entry) bool { return between(e) && e.Move == m.ID && e.Commit == m.Commit }
		if slices.ContainsFunc(all, own) || f.accepted(m) {
			continue
		}
		if next < math.MaxInt {
			all = slices.DeleteFunc(all, between)
		}
		at := len(all)
		for at > 0 && all[at-1].Counter() > next {
			at--
		}
		gone := mlgate.Entry{Model: m.Model, Stage: stage, Version: m.Version, Commit: m.Commit, Move: m.ID, Revision: strconv.Itoa(next)}
		all = slices.Insert(all, at, gone)
	}
	return all
}

// named gives assignments the version that the ledger has for their commit: tags of versions may have been moved.
func (f Facts) named(entries []mlgate.Entry) []mlgate.Entry {
	versions := map[string]string{} // by commit, and by move and commit
	for _, m := range f.Done {
		versions[m.Commit], versions[m.ID+m.Commit] = m.Version, m.Version
	}
	for i, e := range entries {
		entries[i].Version = cmp.Or(versions[e.Move+e.Commit], versions[e.Commit], e.Version)
	}
	return entries
}

func seen(m mlgate.Move) int { return (mlgate.Entry{Revision: m.Revision}).Counter() }

// accepted reports whether nobody expects the tag of a move: a person let that go on, or must say where to go.
func (f Facts) accepted(m mlgate.Move) bool {
	return strings.HasSuffix(f.Holds[m.Stage].Adopted, " without "+m.ID) || f.Lost[m.Stage].Move.ID == m.ID
}

// passed tells, in words, why a version that a stage had is not gone back to in silence; empty: its tags are as the
// ledger has them. A version that a person named needs no tag on the stage.
func (f Facts) passed(e mlgate.Entry, named bool) string {
	at, there := find(f.Entries, e.Version)
	given := f.given(e.Version)
	switch {
	case len(given) == 0:
		return ""
	case !there:
		return fmt.Sprintf("the tag of that version, made of %.7s, is gone", given[0])
	case !slices.Contains(given, at.Commit):
		return fmt.Sprintf("the tag of that version, made of %.7s, was moved to %.7s", given[0], at.Commit)
	case e.Ref == "" && e.Move != "" && !named:
		return fmt.Sprintf("the tag on %s of the move that brought it, %s, is gone or on another commit", e.Stage, e.Move)
	}
	return ""
}

// given are the commits that the ledger has for a version: one, where all is well.
func (f Facts) given(version string) []string {
	var commits []string
	for _, m := range f.Done {
		if m.Version == version {
			commits = append(commits, m.Commit)
		}
	}
	return commits
}

// sound are the versions that can be gone back to by name.
func (f Facts) sound(way []mlgate.Entry) string {
	var names []string
	for _, e := range way {
		if f.passed(e, true) == "" {
			names = append(names, e.Version)
		}
	}
	return strings.Join(names, ", ")
}

// overlooked is an error when a version cannot be gone back to, or only by name.
func (f Facts) overlooked(stage string, e mlgate.Entry, named bool, way []mlgate.Entry) error {
	why := f.passed(e, named)
	if why == "" {
		return nil
	}
	other := ""
	if names := f.sound(way); names != "" {
		other = ", or name the version to go to with --to: " + names
	}
	return &mlgate.Waiting{Reason: fmt.Sprintf("rolling back %q to %s, which it had before: %s; push that tag as it was from a clone that has it%s", stage, e.Version, why, other)}
}
