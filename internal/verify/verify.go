// Package verify looks through the ledger of a model as a whole, and compares it with the tags that name it:
// what is broken is named, each with what to do.
//
// It judges nothing, mends nothing, and stops at nothing that is wrong.
package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// tagFix is what to do about a tag that is not as mlgate made it.
const tagFix = "find out who pushed the tag; put it back as it was from a clone that has it, or look at `mlgate why TAG` and delete it"

// idLength is how much of an intent's digest is the id of its move.
const idLength = 16

// books is what is kept of the records of one ledger, to compare them with each other and with tags.
type books struct {
	out       mlgate.Verified
	counts    map[mlgate.Kind]int
	evidence  map[mlgate.Digest]mlgate.Digest // by digest: the recipe
	verdicts  map[mlgate.Digest]string        // by digest: the commit
	claims    []claim
	attempts  map[string][]attempt // by recipe
	intents   map[string]mlgate.Move
	ends      map[string]string // by id of a move: done or lost
	open      map[string]bool
	positions map[string]mlgate.Position
	adopted   map[string]string // by stage: what a person accepted
}

// attempt is evidence with its place among those of its recipe.
type attempt struct {
	at string
	n  int
}

// claim is a verdict that says which evidence it rests on, or evidence that goes on with other.
type claim struct {
	at               string
	recipe, evidence mlgate.Digest
}

// Model looks through one ledger, and compares it with the registry's entries of the same moment.
func Model(ctx context.Context, ledgers mlgate.Auditor, model string, entries []mlgate.Entry) (mlgate.Verified, error) {
	b := &books{
		counts: map[mlgate.Kind]int{}, evidence: map[mlgate.Digest]mlgate.Digest{}, verdicts: map[mlgate.Digest]string{}, attempts: map[string][]attempt{},
		intents: map[string]mlgate.Move{}, ends: map[string]string{}, open: map[string]bool{}, positions: map[string]mlgate.Position{}, adopted: map[string]string{},
	}
	b.out = mlgate.Verified{Model: model, Broken: []mlgate.Broken{}, Records: []mlgate.Count{}}
	chain, err := ledgers.Audit(ctx, model, b.take)
	if err != nil {
		return b.out, err
	}
	b.out.Head, b.out.Commits, b.out.Broken = chain.Head, len(chain.Commits), append(b.out.Broken, chain.Broken...)
	b.order()
	b.references()
	b.stages(chain.Done)
	b.tags(entries, chain)
	b.replaced(entries)
	for _, k := range []mlgate.Kind{mlgate.KindEvidence, mlgate.KindVerdict, mlgate.KindMove, mlgate.KindHeld, mlgate.KindApproval, mlgate.KindOverride} {
		b.out.Records = append(b.out.Records, mlgate.Count{What: string(k), N: b.counts[k]})
	}
	slices.SortStableFunc(b.out.Broken, func(x, y mlgate.Broken) int { return strings.Compare(x.At, y.At) })
	return b.out, nil
}

func (b *books) broken(at, fix, why string, args ...any) {
	b.out.Broken = append(b.out.Broken, mlgate.Broken{At: at, Why: fmt.Sprintf(why, args...), Fix: fix})
}

// order counts the attempts of each recipe: they are numbered from 1 as they come, and the first counts, so that one
// which was put before it, or beside it, would take its place.
func (b *books) order() {
	for _, recipe := range sorted(b.attempts) {
		all := b.attempts[recipe]
		slices.SortStableFunc(all, func(x, y attempt) int { return x.n - y.n })
		for i, a := range all {
			if a.n != i+1 {
				b.broken(a.at, mlgate.LedgerFix, "it says that it is attempt %d of its recipe, and in its place belongs attempt %d", a.n, i+1)
				break
			}
		}
	}
}

// references compares what records say of each other.
func (b *books) references() {
	for _, c := range b.claims {
		if recipe, there := b.evidence[c.evidence]; !there || recipe != c.recipe {
			b.broken(c.at, mlgate.LedgerFix, "it rests on the evidence %s of recipe %s, which the ledger does not have", c.evidence.Short(), c.recipe.Short())
		}
	}
	for _, id := range sorted(b.intents) {
		m, at := b.intents[id], "move/"+id[:2]+"/"+id
		if recipe, there := b.evidence[m.Evidence]; m.Evidence != "" && (!there || m.Recipe != "" && recipe != m.Recipe) {
			b.broken(at, mlgate.LedgerFix, "it brought the evidence %s, which the ledger does not have", m.Evidence.Short())
		}
		if commit, there := b.verdicts[m.Verdict]; m.Verdict != "" && (!there || commit != m.Commit) {
			b.broken(at, mlgate.LedgerFix, "it names the verdict %s on %.7s, which the ledger does not have", m.Verdict.Short(), m.Commit)
		}
		switch ended := b.ends[id]; {
		case ended == "":
			b.out.Open = append(b.out.Open, fmt.Sprintf("%s → %s, %s", m.Version, m.Stage, id))
			if !b.open[id] {
				b.broken(at, mlgate.LedgerFix, "it is neither done nor lost, and open/%s.json is not there", id)
			}
		case b.open[id]:
			b.broken("open/"+id+".json", mlgate.LedgerFix, "the move is %s", ended)
		}
	}
	for _, id := range sorted(b.ends) {
		if _, there := b.intents[id]; !there {
			b.broken("move/"+id[:min(2, len(id))]+"/"+id, mlgate.LedgerFix, "the move is %s, and the intent is not there", b.ends[id])
		}
	}
}

// stages compares where the ledger says that stages are with the moves in it, in the order in which they were done.
func (b *books) stages(done []string) {
	newest := map[string]string{}
	for _, id := range done {
		if m, there := b.intents[id]; there {
			newest[m.Stage] = id
		}
	}
	for _, stage := range sorted(b.positions) {
		if p := b.positions[stage]; newest[stage] != p.Move {
			b.broken("position/"+strings.ReplaceAll(stage, "/", "%2F")+".json", mlgate.LedgerFix, "it says that the newest move of %s is %s, and the ledger's newest that was done is %s", stage, p.Move, or(newest[stage], "none"))
		}
	}
}

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

// replaced looks for tags that were put in the place of mlgate's: where a stage's newest move has no tag, and one that
// says nothing of a move stands there, that looks like another tool's. What a person let go on is no finding.
func (b *books) replaced(entries []mlgate.Entry) {
	for _, stage := range sorted(b.positions) {
		id, stranger := b.positions[stage].Move, ""
		for _, e := range entries {
			if e.Stage == stage && e.Move == id {
				stranger = ""
				break
			}
			if e.Stage == stage && e.Move == "" {
				stranger = e.Ref
			}
		}
		if stranger == "" || b.adopted[stage] == stranger || strings.HasSuffix(b.adopted[stage], " without "+id) {
			continue
		}
		m := b.intents[id]
		b.broken("tag "+stranger, tagFix, "it names no move, and no tag is there of the newest move of %s, %s, which brought %s of %.7s: was it put in that one's place?", stage, id, m.Version, m.Commit)
	}
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}
