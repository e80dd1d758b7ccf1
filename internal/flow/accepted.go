package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// accepted reads what the accepted versions of the stage of `when: merge` measured, if a rule looks at
// them: the newest that mlgate.MaxPast allows. The judged commit is none of them. A version that another
// tool made, or whose evidence is not in the ledger, is counted. Sets of rules that name the same stage
// share what was read.
func (h *Hearing) accepted(ctx context.Context, r rules) (*mlgate.Past, error) {
	if !slices.ContainsFunc(r.demand.Gates, mlgate.GateRule.OfPast) {
		return nil, nil //nolint:nilnil // nobody asks
	}
	at := slices.IndexFunc(r.demand.Promote, func(s mlgate.StageRule) bool { return s.When == "merge" })
	if at < 0 {
		return &mlgate.Past{}, nil
	}
	stage := r.demand.Promote[at].To
	if past := h.pasts[stage]; past != nil {
		return past, nil
	}
	past := &mlgate.Past{Stage: stage}
	line := slices.DeleteFunc(promotion.Lineage(h.entries, past.Stage), func(e mlgate.Entry) bool { return e.Commit == h.judged.commit })
	waivers := slices.ContainsFunc(h.allRules(), func(r rules) bool {
		return slices.ContainsFunc(r.demand.Gates, func(g mlgate.GateRule) bool { return g.MaxTotalDrop != nil || g.MaxTotalRise != nil })
	})
	for _, e := range line[max(0, len(line)-mlgate.MaxPast):] {
		v, err := h.acceptedVersion(ctx, e, waivers)
		if err != nil {
			return nil, fmt.Errorf("reading what %s %s measured: %w", h.model, e.Version, err)
		}
		if v.Evidence == nil {
			past.Unknown++
			continue
		}
		past.Versions = append(past.Versions, v)
	}
	if h.pasts == nil {
		h.pasts = map[string]*mlgate.Past{}
	}
	h.pasts[stage] = past
	return past, nil
}

func (h *Hearing) acceptedVersion(ctx context.Context, e mlgate.Entry, waivers bool) (mlgate.PastVersion, error) {
	v := mlgate.PastVersion{Version: e.Version}
	m, _, err := moveOf(ctx, h.log, e)
	if err != nil || m == nil || m.Commit != e.Commit {
		return v, err
	}
	v.Evidence, err = evidenceOf(ctx, h.log, m.Recipe, m.Evidence)
	if err != nil && !errors.Is(err, mlgate.ErrNotFound) {
		return v, err
	}
	if !waivers || m.Verdict == "" {
		return v, nil
	}
	v.Waived, err = h.waivedBy(ctx, *m)
	return v, err
}

// waivedBy are the rules that were waived in the verdict that let a version move.
func (h *Hearing) waivedBy(ctx context.Context, m mlgate.Move) ([]string, error) {
	s, err := recordOf(ctx, h.log, mlgate.KindVerdict, m.Commit, m.Verdict)
	if errors.Is(err, mlgate.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var said mlgate.VerdictRecord
	if err := s.Decode(&said); err != nil {
		return nil, err
	}
	var waived []string
	for _, g := range said.Gates {
		if g.Waived != nil {
			waived = append(waived, g.Rule)
		}
	}
	return waived, nil
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
