package flow

import (
	"context"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
	"github.com/mlgate/mlgate/internal/report"
)

// assent is who said yes to a move: of one by hand the approvals that counted, and who let its run go on; of one on a
// merge what was lifted for the push.
func assent(ctx context.Context, log mlgate.Log, m mlgate.Move) (report.Assent, error) {
	out := report.Assent{Reviewed: m.Reviewed}
	if m.Commit == "" { // its tag is gone, and nobody read the move
		return out, nil
	}
	switch m.Why {
	case "manual":
		said, err := approvals(ctx, log, m.Stage)
		if err != nil {
			return out, err
		}
		out.Approved = promotion.Approving(said, m, m.By)
	case "merge":
		sealed, err := log.Find(ctx, mlgate.KindOverride, m.Commit)
		if err != nil {
			return out, fmt.Errorf("reading what was lifted for %.12s: %w", m.Commit, err)
		}
		for _, s := range sealed {
			var o mlgate.Override
			if err := s.Decode(&o); err != nil {
				return out, err
			}
			if o.Commit == m.Commit && o.Pushed {
				out.Overridden = append(out.Overridden, o)
			}
		}
	}
	return out, nil
}
