package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Looking makes what looks at the gates of this hearing while steps run: by the demands and the baseline
// that will judge, which are of before the first step. It decides nothing: the judge does, by a test that
// allows for the looks.
func (h *Hearing) Looking() Look {
	var base *mlgate.Evidence
	found := false
	return func(ctx context.Context, ev *mlgate.Evidence) (open []string, why string, err error) {
		if h.measuresOwn() {
			return nil, "these runs become the baseline of what follows", nil
		}
		if !found {
			b, err := h.compareWith(ctx, h.rules[len(h.rules)-1].demand.Baseline)
			if err != nil {
				return nil, "", fmt.Errorf("looking for a baseline: %w", err)
			}
			base, found = b.Evidence, true
		}
		if base == nil {
			return nil, "there is no baseline, and these runs become that of what follows", nil
		}
		for _, r := range h.rules {
			open = append(open, gate.Undecided(gate.Judge(r.demand.Gates, ev, base), ev)...)
		}
		slices.Sort(open)
		return slices.Compact(open), "", nil
	}
}
