package verify

import (
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// take reads one record that is whole: what it says of itself must be what it is filed under.
func (b *books) take(f mlgate.Filed) error {
	if id, is := strings.CutPrefix(f.Path, "open/"); is {
		b.open[strings.TrimSuffix(id, ".json")] = true
		return nil
	}
	b.counts[f.Kind]++
	var is, filed string
	var err error
	switch f.Kind {
	case mlgate.KindEvidence:
		is, err = b.takeEvidence(f)
		filed = b.out.Model + " " + f.Envelope.Key
	case mlgate.KindVerdict:
		is, err = b.takeVerdict(f)
		filed = b.out.Model + " " + f.Envelope.Key
	case mlgate.KindMove:
		is, filed, err = b.takeMove(f)
	case mlgate.KindOverride:
		var o mlgate.Override
		err = f.Decode(&o)
		is, filed = o.Commit, f.Envelope.Key
	default:
		is, err = b.takeStage(f)
		filed = f.Envelope.Key
	}
	switch {
	case err != nil:
		b.broken(f.Path, mlgate.LedgerFix, "%v", err)
	case is != filed:
		b.broken(f.Path, mlgate.LedgerFix, "it is about %q, and is filed under %q", is, filed)
	}
	return nil
}

func (b *books) takeEvidence(f mlgate.Filed) (string, error) {
	var e struct { // the numbers of a large ledger are not needed
		Model   string        `json:"model"`
		Recipe  mlgate.Digest `json:"recipe"`
		Repeats struct {
			Extends *mlgate.Extended `json:"extends"`
		} `json:"repeats"`
	}
	err := f.Decode(&e)
	b.evidence[f.Digest] = e.Recipe
	b.attempts[f.Envelope.Key] = append(b.attempts[f.Envelope.Key], attempt{f.Path, f.Envelope.Attempt})
	if x := e.Repeats.Extends; x != nil {
		b.claims = append(b.claims, claim{f.Path, e.Recipe, x.Evidence})
	}
	return e.Model + " " + string(e.Recipe), err
}

func (b *books) takeVerdict(f mlgate.Filed) (string, error) {
	var v struct {
		Model    string        `json:"model"`
		Commit   string        `json:"commit"`
		Recipe   mlgate.Digest `json:"recipe"`
		Evidence mlgate.Digest `json:"evidence"`
	}
	err := f.Decode(&v)
	b.verdicts[f.Digest] = v.Commit
	if v.Evidence != "" {
		b.claims = append(b.claims, claim{f.Path, v.Recipe, v.Evidence})
	}
	return v.Model + " " + v.Commit, err
}

// takeMove: the id of a move is made of its intent, so that no other can take its place.
func (b *books) takeMove(f mlgate.Filed) (is, filed string, err error) {
	id := f.Envelope.Key
	if f.Envelope.Part != "intent" {
		var end mlgate.MoveEnd
		err = f.Decode(&end)
		b.ends[id] = f.Envelope.Part
		return end.Move, id, err
	}
	var m mlgate.Move
	err = f.Decode(&m)
	b.intents[id] = m
	return m.Model + " " + string(f.Digest[:idLength]), b.out.Model + " " + id, err
}

// takeStage reads what is filed under the name of a stage.
func (b *books) takeStage(f mlgate.Filed) (string, error) {
	var s struct {
		Stage   string `json:"stage"`
		Adopted string `json:"adopted"` // of a hold
	}
	if f.Kind != mlgate.KindPosition {
		err := f.Decode(&s)
		if s.Adopted != "" {
			b.adopted[s.Stage] = append(b.adopted[s.Stage], s.Adopted)
		}
		return s.Stage, err
	}
	var p mlgate.Position
	err := f.Decode(&p)
	b.positions[p.Stage] = p
	return p.Stage, err
}
