package governance_test

import (
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func TestWaive(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return time.Date(2026, 11, 24+n, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name   string
		status mlgate.Status
		rule   string
		until  time.Time
		word   mlgate.Word
		says   string // rule of the finding about the waiver
	}{
		{"excuses", mlgate.Fail, "gate/acc", day(5), mlgate.Passed, ""},
		{"on its last day", mlgate.Fail, "gate/acc", day(0), mlgate.Passed, ""},
		{"ended yesterday", mlgate.Fail, "gate/acc", day(-1), mlgate.Blocked, "waiver/expired"},
		{"runs too long", mlgate.Fail, "gate/acc", day(400), mlgate.Blocked, "waiver/too-long"},
		{"of another rule", mlgate.Fail, "gate/ac", day(5), mlgate.Blocked, "waiver/unused"},
		{"is no pattern", mlgate.Fail, "gate/*", day(5), mlgate.Blocked, "waiver/unused"},
		{"not needed", mlgate.Pass, "gate/acc", day(5), mlgate.Passed, "waiver/unused"},
		{"what nobody knows is not excused", mlgate.Unknown, "gate/acc", day(5), mlgate.CouldNotDecide, "waiver/unused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			gates := []mlgate.GateResult{{Metric: "acc", Finding: mlgate.Finding{Rule: "gate/acc", Status: c.status}}}
			about := governance.Waive(gates, nil, []mlgate.Waiver{{Rule: c.rule, Until: c.until}}, now)
			got := ""
			if len(about) > 0 {
				got = about[0].Rule
			}
			v := governance.Fold(gates, about, governance.FoldOptions{OnInconclusive: mlgate.Warn, Demanded: true})
			if v.Word != c.word || got != c.says {
				t.Errorf("got %q and %q, want %q and %q", v.Word, got, c.word, c.says)
			}
		})
	}
}
