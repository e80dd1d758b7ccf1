package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// accepted reads what the accepted versions of the stage of `when: merge` measured, if a rule looks at
// them: the newest that mlgate.MaxPast allows. The judged commit is none of them. A version that another
// tool made, or whose evidence is not in the ledger, is counted.
func (h *Hearing) accepted(ctx context.Context, r rules) (*mlgate.Past, error) {
	if !slices.ContainsFunc(r.demand.Gates, mlgate.GateRule.OfPast) {
		return nil, nil //nolint:nilnil // nobody asks
	}
	at := slices.IndexFunc(r.demand.Promote, func(s mlgate.StageRule) bool { return s.When == "merge" })
	if at < 0 {
		return &mlgate.Past{}, nil
	}
	past := &mlgate.Past{Stage: r.demand.Promote[at].To}
	line := slices.DeleteFunc(promotion.Lineage(h.entries, past.Stage), func(e mlgate.Entry) bool { return e.Commit == h.judged.commit })
	waivers := slices.ContainsFunc(r.demand.Gates, func(g mlgate.GateRule) bool { return g.MaxTotalDrop != nil || g.MaxTotalRise != nil })
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
	return past, nil
}

func (h *Hearing) acceptedVersion(ctx context.Context, e mlgate.Entry, waivers bool) (mlgate.PastVersion, error) {
	v := mlgate.PastVersion{Version: e.Version}
	m, _, err := moveOf(ctx, h.log, e)
	if err != nil || m == nil || m.Commit != e.Commit {
		return v, err
	}
	found, err := h.log.Find(ctx, mlgate.KindEvidence, string(m.Recipe))
	if err != nil {
		return v, err
	}
	for _, s := range found {
		if s.Digest != m.Evidence {
			continue
		}
		v.Evidence = new(mlgate.Evidence)
		if err := s.Decode(v.Evidence); err != nil {
			return v, err
		}
		break
	}
	if waivers && m.Verdict != "" {
		v.Waived, err = h.waivedBy(ctx, *m)
	}
	return v, err
}

// waivedBy are the rules that were waived in the verdict that let a version move.
func (h *Hearing) waivedBy(ctx context.Context, m mlgate.Move) ([]string, error) {
	found, err := h.log.Find(ctx, mlgate.KindVerdict, m.Commit)
	if err != nil {
		return nil, err
	}
	var waived []string
	for _, s := range found {
		if s.Digest != m.Verdict {
			continue
		}
		var said mlgate.VerdictRecord
		if err := s.Decode(&said); err != nil {
			return nil, err
		}
		for _, g := range said.Gates {
			if g.Waived != nil {
				waived = append(waived, g.Rule)
			}
		}
	}
	return waived, nil
}
