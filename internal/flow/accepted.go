package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// mergeStage is the stage that a merge moves, by a set of rules; empty: there is none.
func mergeStage(r rules) string {
	at := slices.IndexFunc(r.demand.Promote, func(s mlgate.StageRule) bool { return s.When == "merge" })
	if at < 0 {
		return ""
	}
	return r.demand.Promote[at].To
}

// pastWants is what all sets of rules that go by one stage want to know of the versions that it came to be at.
type pastWants struct {
	names []string // and patterns, of metrics whose best value counts
	bands []mlgate.GateRule
}

func (h *Hearing) pastWants(stage string) (w pastWants) {
	var all []mlgate.GateRule
	for _, r := range h.allRules() {
		if mergeStage(r) == stage {
			all = append(all, r.demand.Gates...)
		}
	}
	w.names = gate.Remembered(all)
	w.bands = slices.DeleteFunc(all, func(r mlgate.GateRule) bool { return r.Band == nil })
	return w
}

// about reports whether a metric is one of those.
func (w pastWants) about(metric string) bool {
	return slices.ContainsFunc(w.names, func(n string) bool { return glob.Name(n, metric) }) ||
		slices.ContainsFunc(w.bands, func(r mlgate.GateRule) bool { return glob.Name(r.Pattern, metric) })
}

// enough reports whether every band has its values, or has looked as far back as it may.
func (w pastWants) enough(read int, versions []mlgate.PastVersion) bool {
	return read >= mlgate.MaxBand || !slices.ContainsFunc(w.bands, func(r mlgate.GateRule) bool {
		have := 0
		for _, v := range versions {
			if slices.ContainsFunc(v.Measured.Metrics, func(m mlgate.Metric) bool { return glob.Name(r.Pattern, m.Name) }) {
				have++
			}
		}
		return have < r.Band.Over
	})
}

// accepted is what the accepted versions of the stage of `when: merge` measured, if a rule looks at them.
// The judged commit is none of them. A version that another tool made is counted. Sets of rules that name
// the same stage share what was read.
func (h *Hearing) accepted(ctx context.Context, r rules) (*mlgate.Past, error) {
	if !slices.ContainsFunc(r.demand.Gates, mlgate.GateRule.OfPast) {
		return nil, nil //nolint:nilnil // nobody asks
	}
	stage := mergeStage(r)
	if stage == "" {
		return &mlgate.Past{}, nil
	}
	if past := h.pasts[stage]; past != nil {
		return past, nil
	}
	past, err := h.remembered(ctx, stage)
	if err != nil {
		return nil, err
	}
	if h.pasts == nil {
		h.pasts = map[string]*mlgate.Past{}
	}
	h.pasts[stage] = past
	return past, nil
}

// remembered reads the versions of a stage from the newest back, until the verdict on one of them tells of all
// before it: of the next to newest as a rule. Verdicts of an mlgate that handed nothing on, or for other
// gates, are read past.
func (h *Hearing) remembered(ctx context.Context, stage string) (*mlgate.Past, error) {
	line, err := h.line(ctx, stage)
	if err != nil {
		return nil, err
	}
	judged := slices.IndexFunc(line, func(e mlgate.Entry) bool { return e.Commit == h.judged.commit })
	past, want := &mlgate.Past{Stage: stage}, h.pastWants(stage)
	for i, e := range slices.Backward(line) {
		if i == judged {
			continue
		}
		v, before, err := h.acceptedVersion(ctx, e)
		if err != nil {
			return nil, fmt.Errorf("reading what %s %s measured: %w", h.model, e.Version, err)
		}
		if v.Measured == nil {
			past.Unknown++
		} else {
			v.Measured.Metrics = slices.DeleteFunc(v.Measured.Metrics, func(m mlgate.Metric) bool { return !want.about(m.Name) })
			past.Versions = append(past.Versions, v)
		}
		own := i > judged && judged >= 0 // what it hands on counts the judged commit
		if !own && (len(want.names) == 0 || gate.Covers(before, want.names)) && want.enough(len(line)-i, past.Versions) {
			past.Before = before
			break
		}
	}
	slices.Reverse(past.Versions)
	return past, nil
}

// line are the versions that a stage came to be at, and that nobody took back. A tag takes back what the
// ledger knows of: a person who may push tags alone could else make everything be compared with an old version.
// A move counts once, however many tags repeat it.
func (h *Hearing) line(ctx context.Context, stage string) ([]mlgate.Entry, error) {
	var kept []mlgate.Entry
	versions, moves := map[string]bool{}, map[string]bool{}
	for _, e := range promotion.Assignments(h.entries, stage) {
		if e.Removed || e.Move != "" && moves[e.Move] {
			continue
		}
		if versions[e.Version] {
			ours, err := intended(ctx, h.log, e)
			if err != nil {
				return nil, err
			}
			if !ours {
				continue
			}
		}
		versions[e.Version], moves[e.Move] = true, true
		kept = append(kept, e)
	}
	return promotion.Lineage(kept, stage), nil
}

// acceptedVersion is what a version measured, and what the verdict that let it move hands on of those before.
// What the ledger's own move names and the ledger does not have was taken out of it.
func (h *Hearing) acceptedVersion(ctx context.Context, e mlgate.Entry) (v mlgate.PastVersion, before *mlgate.PastRecord, err error) {
	m, _, err := moveOf(ctx, h.log, e)
	if err != nil || m == nil || m.Commit != e.Commit || m.Recipe == "" {
		return v, nil, err
	}
	v.PastSource = mlgate.PastSource{Version: e.Version, Commit: e.Commit, Evidence: m.Evidence}
	if v.Measured, err = evidenceOf(ctx, h.log, m.Recipe, m.Evidence); err != nil {
		return v, nil, takenOut(err, "evidence")
	}
	if m.Verdict == "" {
		return v, nil, nil
	}
	s, err := recordOf(ctx, h.log, mlgate.KindVerdict, m.Commit, m.Verdict)
	if err != nil {
		return v, nil, takenOut(err, "verdict")
	}
	var said mlgate.VerdictRecord
	if err := s.Decode(&said); err != nil {
		return v, nil, err
	}
	for _, g := range said.Gates {
		if g.Waived != nil {
			v.Waived = append(v.Waived, g.Rule)
		}
	}
	if i := slices.IndexFunc(said.Past, func(r mlgate.PastRecord) bool { return r.Stage == e.Stage }); i >= 0 {
		before = &said.Past[i]
	}
	return v, before, nil
}

func takenOut(err error, what string) error {
	if errors.Is(err, mlgate.ErrNotFound) {
		return fmt.Errorf("the ledger is unreadable: it has the move and not the %s that the move names; restore the reference (a clone or backup has it)", what)
	}
	return err
}

// handedOn are the records of accepted versions that this hearing's verdict keeps for the next, by stage.
func (h *Hearing) handedOn() []mlgate.PastRecord {
	var all []mlgate.PastRecord
	if !h.isPush() { // what is not pushed is no version yet
		return nil
	}
	for stage, past := range h.pasts {
		if names := h.pastWants(stage).names; len(names) > 0 {
			all = append(all, gate.Record(past, names))
		}
	}
	slices.SortFunc(all, func(a, b mlgate.PastRecord) int { return strings.Compare(a.Stage, b.Stage) })
	return all
}

// recordOf finds the one record of a kind and key that has a digest; ErrNotFound: there is none.
func recordOf(ctx context.Context, log mlgate.Log, kind mlgate.Kind, key string, digest mlgate.Digest) (mlgate.Sealed, error) {
	found, err := log.Find(ctx, kind, key)
	if err != nil {
		return mlgate.Sealed{}, err
	}
	at := slices.IndexFunc(found, func(s mlgate.Sealed) bool { return s.Digest == digest })
	if at < 0 {
		return mlgate.Sealed{}, mlgate.ErrNotFound
	}
	return found[at], nil
}

// evidenceOf finds evidence of a recipe by its digest; ErrNotFound: the ledger does not have it.
func evidenceOf(ctx context.Context, log mlgate.Log, recipe, digest mlgate.Digest) (*mlgate.Evidence, error) {
	s, err := recordOf(ctx, log, mlgate.KindEvidence, string(recipe), digest)
	if err != nil {
		return nil, err
	}
	e := new(mlgate.Evidence)
	return e, s.Decode(e)
}
