package promotion_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// The tag of staging's newest move, v0.2.0, is gone: nothing goes on from v0.1.0, which is left, until
// somebody accepts that. The number v0.2.0 is not given again.
func TestLost(t *testing.T) {
	t.Parallel()
	lost := promotion.Lost{Move: mlgate.Move{ID: "beef", Version: "v0.2.0", Stage: "staging", Why: "merge", By: "Ada"}, Left: "m#staging#1", LeftVersion: "v0.1.0"}
	facts := func() promotion.Facts {
		return promotion.Facts{Model: "m", Entries: two[:3], Stages: stages, Commit: "c", Reason: "odd", Lost: map[string]promotion.Lost{"staging": lost}, Given: []string{"v0.2.0"}}
	}
	accepted := facts()
	accepted.Holds = map[string]mlgate.Hold{"staging": {Adopted: lost.Name()}}
	other := facts()
	other.Holds = map[string]mlgate.Hold{"staging": {Adopted: "m#staging#2 without beef"}}
	adopt := facts()
	adopt.Stages = []mlgate.StageRule{{To: "staging", When: "merge", OnForeignMove: promotion.Adopt}, stages[1]}
	for name, c := range map[string]struct {
		facts   promotion.Facts
		action  promotion.Action
		says    bool
		byHand  string
		rolling string
	}{
		"as it is":               {facts(), promotion.Held, true, "v0.2.0 → staging is gone", "or name the version to go to"},
		"accepted":               {accepted, promotion.Move, false, "", "the oldest that it ever had"},
		"another state accepted": {other, promotion.Held, true, "v0.2.0 → staging is gone", "or name the version to go to"},
		"adopt":                  {adopt, promotion.Move, true, "", "or name the version to go to"},
	} {
		d := promotion.OnMerge(c.facts)[0]
		if d.Action != c.action || d.Move.Version != "v0.3.0" || (d.Why != "") != c.says {
			t.Errorf("%s: on a merge %+v", name, d)
		}
		if _, err := promotion.ByHand(c.facts, "production", ""); (err != nil) != (c.byHand != "") || err != nil && !strings.Contains(err.Error(), c.byHand) {
			t.Errorf("%s: by hand %v, want %q", name, err, c.byHand)
		}
		if _, err := promotion.Rollback(c.facts, "staging", ""); err == nil || !strings.Contains(err.Error(), c.rolling) {
			t.Errorf("%s: rolling back %v, want %q", name, err, c.rolling)
		}
	}
	if d, err := promotion.Rollback(facts(), "staging", "v0.1.0"); err != nil || d.Action != promotion.Move || d.Move.Version != "v0.1.0" {
		t.Errorf("rolling back to what seems to be there: %+v, %v", d, err)
	}
}
