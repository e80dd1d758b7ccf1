package flow

import (
	"context"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// released names the tag that a stage has now, where the stage's rule asks for a release: of a move that
// was made, and of one that an earlier run made of the very commit that was judged here.
func (h *Hearing) released(ctx context.Context, out *mlgate.Outcome, moved mlgate.Planned) mlgate.Planned {
	asks := slices.ContainsFunc(h.stages(), func(r mlgate.StageRule) bool { return r.To == moved.Stage && r.Release })
	if !asks || out.Evidence == nil {
		return moved
	}
	entries, err := h.desk.Registry.List(ctx, h.model)
	if err != nil {
		h.desk.note("%s: looking for the tag of the release: %v; make it by hand", h.model, err)
		return moved
	}
	now, _ := promotion.Current(entries, moved.Stage)
	if at, ok := registered(entries, moved.Version); ok && now.Version == at.Version && at.Commit == out.Commit {
		moved.Tag = at.Ref
	}
	return moved
}
