package governance_test

import (
	"testing"

	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func TestFold(t *testing.T) {
	t.Parallel()
	g := func(s mlgate.Status) []mlgate.GateResult {
		return []mlgate.GateResult{{Metric: "ok", Finding: mlgate.Finding{Status: mlgate.Pass}}, {Metric: "acc", Finding: mlgate.Finding{Status: s}}}
	}
	o := governance.FoldOptions{OnInconclusive: mlgate.Warn, Demanded: true}
	with := func(change func(*governance.FoldOptions)) governance.FoldOptions { c := o; change(&c); return c }
	for _, c := range []struct {
		name string
		s    mlgate.Status
		o    governance.FoldOptions
		word mlgate.Word
		why  string
	}{
		{"pass", mlgate.Pass, o, mlgate.Passed, ""},
		{"warn", mlgate.Warn, o, mlgate.PassedWarnings, "acc"},
		{"fail", mlgate.Fail, o, mlgate.Blocked, "acc"},
		{"doubt", mlgate.Inconclusive, o, mlgate.TooNoisy, "acc"},
		{"doubt for want of a baseline", mlgate.Inconclusive, with(func(o *governance.FoldOptions) { o.NoBaseline = true }), mlgate.PassedWarnings, "no baseline yet"},
		{"doubt that blocks", mlgate.Inconclusive, with(func(o *governance.FoldOptions) { o.OnInconclusive = mlgate.Fail }), mlgate.Blocked, "acc: too noisy to call, and on_inconclusive is fail"},
		{"unknown", mlgate.Unknown, o, mlgate.CouldNotDecide, "acc"},
		{"a status nobody set", mlgate.Status(0), o, mlgate.CouldNotDecide, "acc"},
		{"nothing demanded", mlgate.Pass, governance.FoldOptions{}, mlgate.NotJudged, "nothing is demanded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if v := governance.Fold(g(c.s), nil, c.o); v.Word != c.word || v.Cause != c.why {
				t.Errorf("got %q (%q), want %q (%q)", v.Word, v.Cause, c.word, c.why)
			}
		})
	}
}
