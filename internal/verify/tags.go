package verify

import (
	"cmp"
	"math"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// What to do about a tag that is not as mlgate made it, and about one that is gone.
const (
	tagFix  = "find out who pushed the tag; put it back as it was from a clone that has it, or look at `mlgate why TAG` and delete it"
	goneFix = "find out who deleted the tag; push it again from a clone that has it"
)

// tags compares each tag that names a move with that move, and the head that it names with the history.
func (b *books) tags(entries []mlgate.Entry, chain mlgate.Chain) {
	history := map[string]bool{}
	for _, c := range chain.Commits {
		history[c] = true
	}
	for _, e := range entries {
		at := "tag " + e.Ref
		if e.Move == "" {
			b.out.Foreign++
			if e.Stage != "" {
				b.out.OnStages = append(b.out.OnStages, e.Ref)
			}
			continue
		}
		b.out.Tags++
		if e.Ledger != "" && !history[e.Ledger] {
			b.broken(at, mlgate.LedgerFix, "it names the ledger's head of its time, %.12s, which is not in the history: the ledger was rewritten or is gone", e.Ledger)
		}
		m, there := b.intents[e.Move]
		switch {
		case !there:
			b.broken(at, tagFix, "it names the move %s, which the ledger does not have", e.Move)
		case b.ends[e.Move] == "lost":
			b.broken(at, tagFix, "the ledger has its move %s as lost", e.Move)
		case e.Removed:
		case m.Commit != e.Commit || e.Stage != "" && m.Stage != e.Stage || e.Stage == "" && m.Version != e.Version:
			b.broken(at, tagFix, "it is on %.7s, and its move %s brought %s of %.7s to %s", e.Commit, e.Move, m.Version, m.Commit, m.Stage)
		case e.Evidence != m.Evidence || e.Artifact != m.Artifact:
			b.broken(at, tagFix, "its evidence or artifact is not that of its move %s", e.Move)
		}
	}
}

// tagged are the tags of a model, to be found by what they should name.
type tagged struct {
	own      map[[2]string]int         // by "@version" or "#stage", and move: the counter of an assignment
	versions map[string][]mlgate.Entry // by version: its registrations
	foreign  map[string][]mlgate.Entry // by stage: assignments that name no move
}

func indexed(entries []mlgate.Entry) tagged {
	t := tagged{map[[2]string]int{}, map[string][]mlgate.Entry{}, map[string][]mlgate.Entry{}}
	for _, e := range entries {
		switch {
		case e.Removed:
		case e.Stage == "":
			t.own[[2]string{"@" + e.Version, e.Move}] = 0
			t.versions[e.Version] = append(t.versions[e.Version], e)
		case e.Move == "":
			t.foreign[e.Stage] = append(t.foreign[e.Stage], e)
		default:
			t.own[[2]string{"#" + e.Stage, e.Move}] = e.Counter()
		}
	}
	return t
}

// untagged compares every move that was done, in that order, with the tags there are: its stage's tag must be there, and
// that of the version which it brought. A tag that says nothing of a move, in the place of one that is gone, is named:
// it looks like another tool's. What a person let go on is no finding.
func (b *books) untagged(entries []mlgate.Entry, done []string) {
	t := indexed(entries)
	after := make([]int, len(done)+1) // the lowest counter of the tags of later moves
	after[len(done)] = math.MaxInt
	registered := map[string]bool{}
	for i := len(done) - 1; i >= 0; i-- {
		m := b.intents[done[i]]
		registered[m.Version] = registered[m.Version] || m.Register
		after[i] = after[i+1]
		if n, there := t.own[[2]string{"#" + m.Stage, done[i]}]; there {
			after[i] = min(after[i], n)
		}
	}
	before, accepted, seen := -1, b.without(), map[string]bool{}
	for i, id := range done {
		m, there := b.intents[id]
		if !there {
			continue
		}
		if n, there := t.own[[2]string{"#" + m.Stage, id}]; there {
			before = max(before, n)
		} else if !accepted[id] {
			b.unassigned(id, m, t.foreign[m.Stage], before, after[i+1])
		}
		if m.Register || !registered[m.Version] && !seen[m.Version+m.Commit] {
			seen[m.Version+m.Commit] = true
			if !accepted[m.Version] {
				b.unregistered(id, m, t)
			}
		}
	}
}

// without are the moves, and the versions that they brought, whose tags a person let be gone.
func (b *books) without() map[string]bool {
	all := map[string]bool{}
	for _, stage := range sorted(b.adopted) {
		for _, what := range b.adopted[stage] {
			if _, id, is := strings.Cut(what, " without "); is {
				all[id], all[b.intents[id].Version] = true, true
			}
		}
	}
	return all
}

// unassigned names a move without a tag of its stage. Tags are counted over all stages: what has its place has a counter
// between those of the moves before and after it.
func (b *books) unassigned(id string, m mlgate.Move, foreign []mlgate.Entry, before, after int) {
	for _, e := range foreign {
		if n := e.Counter(); n <= before || n >= after {
			continue
		}
		for _, ref := range b.adopted[m.Stage] {
			if ref == e.Ref {
				return
			}
		}
		b.broken("tag "+e.Ref, tagFix, "it names no move, and no tag is there of the move %s, which brought %s of %.7s to %s: was it put in that one's place?", id, m.Version, m.Commit, m.Stage)
		return
	}
	fix := goneFix
	if b.positions[m.Stage].Move == id {
		fix += ", or `mlgate unhold " + m.Stage + " --reason …` goes on without it"
	}
	b.broken("tags", fix, "the tag of %s → %s is gone, which the ledger has for done (%s by %s, move %s)", m.Version, m.Stage, m.Why, cmp.Or(m.By, "somebody"), id)
}

// unregistered names a version without its tag: that of the move which registered it, or, where another tool did, one on
// the commit that was moved.
func (b *books) unregistered(id string, m mlgate.Move, t tagged) {
	if _, there := t.own[[2]string{"@" + m.Version, id}]; there && m.Register {
		return
	}
	for _, e := range t.versions[m.Version] {
		switch {
		case m.Register && e.Move == "":
			b.broken("tag "+e.Ref, tagFix, "it names no move, and is on %.7s; no tag is there of the move %s, which registered %s on %.7s: was it put in that one's place?", e.Commit, id, m.Version, m.Commit)
			return
		case m.Register:
		case e.Commit == m.Commit:
			return
		default:
			b.broken("tag "+e.Ref, tagFix, "it is on %.7s, and the move %s brought %s of %.7s to %s", e.Commit, id, m.Version, m.Commit, m.Stage)
			return
		}
	}
	b.broken("tags", goneFix, "the tag of %s is gone, which the move %s brought to %s", m.Version, id, m.Stage)
}
