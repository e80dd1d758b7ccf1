package governance_test

import (
	"testing"

	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// A gate that waits for accepted versions is young, not noisy; beside other doubt it is doubt.
func TestFoldOfYoungGates(t *testing.T) {
	t.Parallel()
	doubtful := func(name string, have, needs int) mlgate.GateResult {
		past := &mlgate.GatePast{Needs: needs, Count: 9, Values: make([]mlgate.Number, have)}
		return mlgate.GateResult{Metric: name, Finding: mlgate.Finding{Status: mlgate.Inconclusive}, Past: past}
	}
	waived := doubtful("old", 0, 0)
	waived.Waived = new(mlgate.Waiver)
	one, two, noisy := doubtful("f1", 2, 4), doubtful("auc", 0, 1), doubtful("recall", 7, 0)
	said := []mlgate.Finding{{Rule: "policy/x", Status: mlgate.Inconclusive}}
	warn, strict := governance.FoldOptions{OnInconclusive: mlgate.Warn}, governance.FoldOptions{OnInconclusive: mlgate.Fail}
	first := governance.FoldOptions{OnInconclusive: mlgate.Warn, NoBaseline: true}
	for _, c := range []struct {
		name     string
		gates    []mlgate.GateResult
		findings []mlgate.Finding
		o        governance.FoldOptions
		word     mlgate.Word
		why      string
	}{
		{"one", []mlgate.GateResult{one, waived}, nil, warn, mlgate.PassedWarnings, "too few versions for f1 yet: 2 of 4"},
		{"two: the youngest is told", []mlgate.GateResult{one, two}, nil, warn, mlgate.PassedWarnings, "too few versions for f1 and auc yet: 0 of 1"},
		{"blocked", []mlgate.GateResult{one}, nil, strict, mlgate.Blocked, "too few versions for f1 yet: 2 of 4, and on_inconclusive is fail"},
		{"beside noise", []mlgate.GateResult{one, noisy}, nil, warn, mlgate.TooNoisy, "f1 and recall"},
		{"beside another doubt", []mlgate.GateResult{one}, said, warn, mlgate.TooNoisy, "f1 and policy x"},
		{"without a baseline", []mlgate.GateResult{one}, nil, first, mlgate.PassedWarnings, "no baseline yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if v := governance.Fold(c.gates, c.findings, c.o); v.Word != c.word || v.Cause != c.why || v.Status != mlgate.Inconclusive {
				t.Errorf("got %q (%q), want %q (%q)", v.Word, v.Cause, c.word, c.why)
			}
		})
	}
}

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
