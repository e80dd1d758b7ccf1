package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// book is a ledger in memory that counts how often it is asked.
type book struct {
	mlgate.Log
	records map[string][]mlgate.Sealed
	asked   int
}

func (b *book) Find(_ context.Context, kind mlgate.Kind, key string) ([]mlgate.Sealed, error) {
	b.asked++
	return b.records[string(kind)+" "+key], nil
}

func (b *book) keep(t *testing.T, kind mlgate.Kind, key string, v any) mlgate.Sealed {
	t.Helper()
	s, err := mlgate.Seal(kind, v, mlgate.Envelope{Key: key, Part: "intent"})
	if err != nil {
		t.Fatal(err)
	}
	if key == "" {
		key = string(s.Digest[:idLength])
	}
	b.records[string(kind)+" "+key] = append(b.records[string(kind)+" "+key], s)
	return s
}

// history is a model whose versions are all accepted by one gate.
type history struct {
	*testing.T
	book    *book
	entries []mlgate.Entry
	rule    mlgate.GateRule
	mute    bool // verdicts hand nothing on, as those of an older mlgate
	waive   bool
	n       int // judgments
}

func newHistory(t *testing.T, rule mlgate.GateRule) *history {
	t.Helper()
	return &history{T: t, book: &book{records: map[string][]mlgate.Sealed{}}, rule: rule}
}

func (h *history) judge(value float64) (mlgate.GateResult, *Hearing) {
	h.Helper()
	demand := config.Demand{Gates: []mlgate.GateRule{h.rule}, Promote: []mlgate.StageRule{{To: "staging", When: "merge"}}}
	hearing := &Hearing{log: h.book, entries: h.entries, rules: []rules{{demand: demand}}, model: "churn"}
	h.n++
	hearing.judged.commit, hearing.ask.Change.Event = fmt.Sprintf("%040d", h.n), mlgate.Push
	past, err := hearing.accepted(h.Context(), hearing.rules[0])
	if err != nil {
		h.Fatal(err)
	}
	return gate.JudgeAmong(demand.Gates, measured(value), nil, past)[0], hearing
}

func measured(value float64) *mlgate.Evidence {
	return &mlgate.Evidence{Metrics: []mlgate.Metric{{Name: "auc", Value: mlgate.Number(value)}}}
}

// merge judges a value, and brings it to the stage.
func (h *history) merge(value float64) mlgate.GateResult {
	h.Helper()
	got, hearing := h.judge(value)
	if h.waive {
		got.Waived = &mlgate.Waiver{Rule: got.Rule}
	}
	n, commit := len(h.entries)+1, hearing.judged.commit
	version, recipe := fmt.Sprintf("v0.%d.0", n), mlgate.DigestOf([]byte(commit))
	said := mlgate.VerdictRecord{Commit: commit, Gates: []mlgate.GateResult{got}, Past: hearing.handedOn()}
	if h.mute {
		said.Past = nil
	}
	m := mlgate.Move{
		Stage: "staging", Version: version, Commit: commit, Recipe: recipe,
		Evidence: h.book.keep(h.T, mlgate.KindEvidence, string(recipe), measured(value)).Digest,
		Verdict:  h.book.keep(h.T, mlgate.KindVerdict, commit, said).Digest,
	}
	h.assign(m)
	return got
}

// assign adds the tag of a move that the ledger knows.
func (h *history) assign(m mlgate.Move) {
	h.Helper()
	id := string(h.book.keep(h.T, mlgate.KindMove, "", m).Digest[:idLength])
	h.entries = append(h.entries, mlgate.Entry{Stage: m.Stage, Version: m.Version, Commit: m.Commit, Move: id, Revision: fmt.Sprint(len(h.entries) + 1)})
}

func (h *history) want(got mlgate.GateResult, status mlgate.Status, says string) {
	h.Helper()
	if got.Status != status || !strings.Contains(got.Message, says) {
		h.Errorf("got %s: %s; want %s with %q", got.Status, got.Message, status, says)
	}
}

func dropping() mlgate.GateRule {
	drop := 0.02
	return mlgate.GateRule{Pattern: "auc", Better: mlgate.Higher, MaxTotalDrop: &drop, Severity: mlgate.Fail}
}

// Three hundred merges of 0.0001 less each: from the one on that lies more than 0.02 below the best, all are
// blocked, however long ago the best was, and none of them costs more to judge than the third did.
func TestDropsAddUpForEver(t *testing.T) {
	t.Parallel()
	h := newHistory(t, dropping())
	var cost []int
	for n := range 300 {
		before := h.book.asked
		got := h.merge(0.92 - 0.0001*float64(n))
		cost = append(cost, h.book.asked-before)
		switch {
		case n == 0:
			h.want(got, mlgate.Inconclusive, "no accepted version has auc yet")
		case n <= 200:
			h.want(got, mlgate.Pass, "")
		default:
			h.want(got, mlgate.Fail, "since v0.1.0 the best accepted version, v0.1.0, has 0.92")
		}
	}
	if slices.Max(cost) != cost[2] {
		t.Errorf("looks into the ledger per judgment: %v", cost)
	}
}

// A band reads as many versions as it is over, and with a metric that few of them have, a hundred.
func TestBandsReadWhatTheyLookAt(t *testing.T) {
	t.Parallel()
	h := newHistory(t, mlgate.GateRule{Pattern: "auc", Better: mlgate.Higher, Band: &mlgate.Band{Over: 5, Deviations: 3}, Severity: mlgate.Fail})
	for n := range 120 {
		h.merge(0.9 + 0.001*float64(n%7))
	}
	for pattern, most := range map[string]int{"auc": 5, "other": mlgate.MaxBand} {
		h.rule.Pattern = pattern
		before := h.book.asked
		got, _ := h.judge(0.9)
		if pattern == "auc" {
			h.want(got, mlgate.Pass, "")
		}
		if looks := h.book.asked - before; looks != 3*most {
			t.Errorf("a band of %s looks into the ledger %d times, want %d", pattern, looks, 3*most)
		}
	}
}

// Verdicts of an mlgate that handed nothing on, and of a time when the gate was not there, are read past.
func TestRecordsThatSayNothing(t *testing.T) {
	t.Parallel()
	h := newHistory(t, dropping())
	h.mute = true
	h.merge(0.92)
	for range 150 {
		h.merge(0.91)
	}
	got, _ := h.judge(0.899)
	h.want(got, mlgate.Fail, "the best accepted version, v0.1.0, has 0.92")
	h.mute = false
	h.merge(0.91)
	before := h.book.asked
	got, _ = h.judge(0.899)
	h.want(got, mlgate.Fail, "the best accepted version, v0.1.0, has 0.92")
	if more := h.book.asked - before; more != 3 {
		t.Errorf("after one verdict that hands on, a judgment looks into the ledger %d times, want 3", more)
	}

	h.rule.Pattern = "a*"
	got, _ = h.judge(0.899)
	h.want(got, mlgate.Fail, "the best accepted version, v0.1.0, has 0.92")
	h.rule.Pattern, h.rule.MaxTotalDrop, h.rule.Min = "auc", nil, new(float64)
	h.merge(0.91)
	h.rule = dropping()
	got, _ = h.judge(0.899)
	h.want(got, mlgate.Fail, "the best accepted version, v0.1.0, has 0.92")
}

// A waiver sets the level from which drops add up, a ratchet remembers all the same; both for ever, and
// whichever way is better.
func TestWhatAVerdictHandsOn(t *testing.T) {
	t.Parallel()
	h := newHistory(t, dropping())
	h.merge(0.92)
	h.waive = true
	h.want(h.merge(0.8), mlgate.Fail, "")
	h.waive = false
	h.want(h.merge(0.81), mlgate.Pass, "")
	for range 120 {
		h.want(h.merge(0.79), mlgate.Pass, "")
	}
	got, _ := h.judge(0.789)
	h.want(got, mlgate.Fail, "since v0.2.0 the best accepted version, v0.3.0, has 0.81")
	h.rule.Ratchet = h.rule.MaxTotalDrop
	got, _ = h.judge(0.79)
	h.want(got, mlgate.Fail, "the best of 123 accepted versions, v0.1.0, has 0.92")
	h.rule.Better, h.rule.MaxTotalDrop = mlgate.Lower, nil
	got, _ = h.judge(0.82)
	h.want(got, mlgate.Fail, "the best of 123 accepted versions, v0.4.0, has 0.79")
}

// What was taken back is not handed on, if the ledger knows who took it back; what another tool's tags take
// back, repeat or lack is.
func TestTagsRewindNothing(t *testing.T) {
	t.Parallel()
	h := newHistory(t, dropping())
	h.merge(0.85)
	h.merge(0.92)
	h.merge(0.91)
	first, best := h.entries[0], h.entries[1]
	for name, forged := range map[string]mlgate.Entry{
		"a tag of another tool":   {Stage: "staging", Version: first.Version, Commit: first.Commit, Revision: "4"},
		"a copy of the first tag": {Stage: "staging", Version: first.Version, Commit: first.Commit, Move: first.Move, Revision: "4"},
		"a tag that takes back":   {Stage: "staging", Version: best.Version, Commit: best.Commit, Removed: true, Revision: "4"},
	} {
		t.Log(name)
		h.entries = append(h.entries, forged)
		got, _ := h.judge(0.86)
		h.want(got, mlgate.Fail, "v0.2.0, has 0.92")
		h.entries = h.entries[:3]
	}
	h.entries = slices.Delete(h.entries, 1, 2)
	got, _ := h.judge(0.86)
	h.want(got, mlgate.Fail, "v0.2.0, has 0.92")
	h.entries = slices.Insert(h.entries, 1, best)

	h.assign(mlgate.Move{Stage: "staging", Version: first.Version, Commit: first.Commit, Why: "rollback"})
	got, _ = h.judge(0.84)
	h.want(got, mlgate.Pass, "")
	h.merge(0.84)
	got, _ = h.judge(0.82)
	h.want(got, mlgate.Fail, "v0.1.0, has 0.85")
}

// A record that the ledger's own move names, and that is not there, was taken out: nobody guesses what it said.
func TestRecordsTakenOut(t *testing.T) {
	t.Parallel()
	for _, kind := range []mlgate.Kind{mlgate.KindEvidence, mlgate.KindVerdict} {
		h := newHistory(t, dropping())
		h.merge(0.92)
		for key := range h.book.records {
			if strings.HasPrefix(key, string(kind)) {
				delete(h.book.records, key)
			}
		}
		hearing := &Hearing{log: h.book, entries: h.entries}
		_, err := hearing.remembered(t.Context(), "staging")
		if err == nil || !strings.Contains(err.Error(), "has the move and not the "+string(kind)) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	h := newHistory(t, dropping())
	h.merge(0.92)
	key := "move " + h.entries[0].Move
	h.book.records[key] = h.book.records["move "+string(h.book.keep(t, mlgate.KindMove, "", mlgate.Move{Stage: "staging"}).Digest[:idLength])]
	if _, err := (&Hearing{log: h.book, entries: h.entries}).remembered(t.Context(), "staging"); err == nil || !strings.Contains(err.Error(), "another move") {
		t.Errorf("another move under its id: %v", err)
	}
}
