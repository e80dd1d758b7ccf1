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
	adopted   map[string][]string // by stage: what people accepted
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

// Model looks through one ledger, and compares it with what list then says of the model: the registry's entries of the
// moment at which the ledger was asked for, as a move and its tags are one write.
func Model(ctx context.Context, ledgers mlgate.Auditor, model string, list func(context.Context, string) ([]mlgate.Entry, error)) (mlgate.Verified, error) {
	b := &books{
		counts: map[mlgate.Kind]int{}, evidence: map[mlgate.Digest]mlgate.Digest{}, verdicts: map[mlgate.Digest]string{}, attempts: map[string][]attempt{},
		intents: map[string]mlgate.Move{}, ends: map[string]string{}, open: map[string]bool{}, positions: map[string]mlgate.Position{}, adopted: map[string][]string{},
	}
	b.out = mlgate.Verified{Model: model, Broken: []mlgate.Broken{}, Records: []mlgate.Count{}}
	chain, err := ledgers.Audit(ctx, model, b.take)
	if err != nil {
		return b.out, err
	}
	entries, err := list(ctx, model)
	if err != nil {
		return b.out, err
	}
	b.out.Head, b.out.Commits, b.out.Broken = chain.Head, len(chain.Commits), append(b.out.Broken, chain.Broken...)
	b.order()
	b.references()
	b.stages(chain.Done)
	b.tags(entries, chain)
	b.untagged(entries, chain.Done)
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
