package verify_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/verify"
)

// shown is a ledger whose records are these.
type shown struct {
	chain mlgate.Chain
	filed []mlgate.Filed
}

func (shown) Models(context.Context) ([]string, error) { return nil, nil }

func (s shown) Audit(_ context.Context, _ string, each func(mlgate.Filed) error) (mlgate.Chain, error) {
	for _, f := range s.filed {
		if err := each(f); err != nil {
			return s.chain, err
		}
	}
	return s.chain, nil
}

func (s *shown) add(t *testing.T, kind mlgate.Kind, path string, v any, env mlgate.Envelope) mlgate.Digest {
	t.Helper()
	sealed, err := mlgate.Seal(kind, v, env)
	if err != nil {
		t.Fatal(err)
	}
	s.filed = append(s.filed, mlgate.Filed{Path: path, Sealed: sealed})
	return sealed.Digest
}

// move writes down an intent, and how it ended, and returns its id.
func (s *shown) move(t *testing.T, m mlgate.Move, end string) string {
	t.Helper()
	m.Format, m.Model = 1, "churn"
	sealed, err := mlgate.Seal(mlgate.KindMove, m, mlgate.Envelope{})
	if err != nil {
		t.Fatal(err)
	}
	id := string(sealed.Digest[:16])
	s.add(t, mlgate.KindMove, "move/"+id+"/intent.json", m, mlgate.Envelope{Key: id, Part: "intent"})
	if end != "" {
		s.add(t, mlgate.KindMove, "move/"+id+"/"+end+".json", mlgate.MoveEnd{Format: 1, Move: id}, mlgate.Envelope{Key: id, Part: end})
	}
	if end == "done" {
		s.chain.Done = append(s.chain.Done, id)
	}
	return id
}

// What records and tags say of each other is compared; what is open, or another tool's, is told and not broken.
func TestModel(t *testing.T) {
	t.Parallel()
	s := &shown{chain: mlgate.Chain{Head: "h2", Commits: []string{"h2", "h1"}}}
	commit, other := strings.Repeat("a", 40), strings.Repeat("b", 40)
	done := s.move(t, mlgate.Move{Stage: "staging", Version: "v0.1.0", Commit: commit}, "done")
	gone := s.move(t, mlgate.Move{Stage: "staging", Version: "v0.2.0", Commit: other}, "lost")
	open := s.move(t, mlgate.Move{Stage: "canary", Version: "v0.3.0", Commit: commit}, "")
	hidden := s.move(t, mlgate.Move{Stage: "shadow", Version: "v0.4.0", Commit: commit}, "")
	s.filed = append(s.filed, mlgate.Filed{Path: "open/" + open + ".json"}, mlgate.Filed{Path: "open/" + done + ".json"})
	s.add(t, mlgate.KindMove, "move/end", mlgate.MoveEnd{Format: 1, Move: "feedfeedfeedfeed"}, mlgate.Envelope{Key: "feedfeedfeedfeed", Part: "done"})
	s.add(t, mlgate.KindHold, "hold/staging.json", mlgate.Hold{Format: 1, Stage: "production"}, mlgate.Envelope{Key: "staging"})
	s.add(t, mlgate.KindEvidence, "evidence/x", map[string]string{"model": "fraud", "recipe": "r"}, mlgate.Envelope{Key: "r", Attempt: 1})
	s.add(t, mlgate.KindVerdict, "verdict/x", map[string]any{"model": "churn", "commit": commit, "recipe": "r", "evidence": "e"}, mlgate.Envelope{Key: commit})
	s.add(t, mlgate.KindOverride, "override/x", mlgate.Override{Format: 1, Commit: other}, mlgate.Envelope{Key: commit})
	tag := func(ref, stage, version, commit, move, ledger string) mlgate.Entry {
		return mlgate.Entry{Model: "churn", Ref: ref, Stage: stage, Version: version, Commit: commit, Move: move, Ledger: ledger}
	}
	v, err := verify.Model(t.Context(), s, "churn", these([]mlgate.Entry{
		tag("fine", "staging", "v0.1.0", commit, done, "h1"), tag("version", "", "v0.1.0", commit, done, "h2"), tag("foreign", "staging", "v9", commit, "", ""),
		tag("lost", "staging", "v0.2.0", other, gone, "h1"), tag("moved", "staging", "v0.1.0", other, done, "h1"), tag("renamed", "", "v0.1.1", commit, done, "h1"),
		tag("unknown", "staging", "v0.1.0", commit, "0123456789abcdef", "h1"), tag("rewritten", "staging", "v0.1.0", commit, done, "h0"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, x := range v.Broken {
		said = append(said, x.At+": "+x.Why)
		if x.Fix == "" {
			t.Errorf("%s: nothing to do", x.At)
		}
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{
		"move/" + hidden[:2] + "/" + hidden + ": it is neither done nor lost, and open/", "open/" + done + ".json: the move is done",
		"move/fe/feedfeedfeedfeed: the move is done, and the intent is not there", `hold/staging.json: it is about "production", and is filed under "staging"`,
		`evidence/x: it is about "fraud r"`, "verdict/x: it rests on the evidence e", "override/x: it is about",
		"tag lost: the ledger has its move " + gone + " as lost", "tag moved: it is on bbbbbbb", "tag renamed: it is on aaaaaaa",
		"tag unknown: it names the move 0123456789abcdef", "tag rewritten: it names the ledger's head of its time",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not said in:\n%s", want, all)
		}
	}
	if len(v.Broken) != 12 || v.Tags != 7 || v.Foreign != 1 || fmt.Sprint(v.Open) == "[]" || v.Commits != 2 {
		t.Errorf("%d broken, %d tags, %d foreign, open %v:\n%s", len(v.Broken), v.Tags, v.Foreign, v.Open, all)
	}
}

// The first attempt at a recipe counts: one that was filed before it, twice with its number, or as going on with what is
// not there, is named.
func TestAttemptsInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		numbers []int
		extends mlgate.Digest
		want    string
	}{
		"as they came": {[]int{1, 2, 3}, "", ""},
		"before":       {[]int{0, 1}, "", "e0: it says that it is attempt 0 of its recipe"},
		"beside":       {[]int{1, 1}, "", "e1: it says that it is attempt 1 of its recipe, and in its place belongs attempt 2"},
		"a gap":        {[]int{1, 3}, "", "e1: it says that it is attempt 3"},
		"on nothing":   {[]int{1}, "feed", "e0: it rests on the evidence feed"},
	} {
		s := &shown{}
		for i, n := range c.numbers {
			e := mlgate.Evidence{Format: 1, Model: "churn", Recipe: "r", Seconds: float64(i), Repeats: &mlgate.Repeats{}}
			if c.extends != "" {
				e.Repeats.Extends = &mlgate.Extended{Evidence: c.extends}
			}
			s.add(t, mlgate.KindEvidence, fmt.Sprintf("e%d", i), e, mlgate.Envelope{Key: "r", Attempt: n})
		}
		v, err := verify.Model(t.Context(), s, "churn", these(nil))
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, x := range v.Broken {
			said += x.At + ": " + x.Why
		}
		if (c.want == "") != (said == "") || !strings.Contains(said, c.want) {
			t.Errorf("%s: %q", name, said)
		}
	}
}
