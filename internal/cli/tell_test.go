package cli

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// What is waived or lifted is no error beside the code, and what counts stays one; the outcome is not touched.
func TestAnnotations(t *testing.T) {
	t.Parallel()
	w := &mlgate.Waiver{Rule: "gate/recall", Owner: "@kim", Reason: "new labels"}
	out := mlgate.Outcome{
		Gates: []mlgate.GateResult{
			{Finding: mlgate.Finding{Rule: "gate/recall", Status: mlgate.Fail, Message: "too low", Waived: w}},
			{Finding: mlgate.Finding{Rule: "gate/accuracy", Status: mlgate.Fail, Message: "too low"}},
			{Finding: mlgate.Finding{Rule: "gate/loss", Status: mlgate.Pass}},
		},
		Findings: []mlgate.Finding{{Rule: "policy/card", Status: mlgate.Fail, Message: "no card", Fix: "write one", Waived: w}},
	}
	var got []string
	for _, f := range annotations([]mlgate.Outcome{out}) {
		got = append(got, f.Rule+" "+f.Status.String()+" "+f.Message+f.Fix)
	}
	want := []string{"gate/recall warn too low; it does not count: @kim, new labels", "gate/accuracy fail too low", "policy/card warn no card; it does not count: @kim, new labels"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q, want %q", got, want)
	}
	if out.Gates[0].Status != mlgate.Fail || out.Findings[0].Status != mlgate.Fail {
		t.Error("what is told changed the outcome")
	}
}

// With `enforce: warn` a gate that fails blocks nothing, and is no error beside the code. What could not be
// decided is one.
func TestAnnotationsOfWarnOnly(t *testing.T) {
	t.Parallel()
	out := mlgate.Outcome{WarnOnly: true, Gates: []mlgate.GateResult{
		{Finding: mlgate.Finding{Rule: "gate/recall", Status: mlgate.Fail, Message: "too low"}}, {Finding: mlgate.Finding{Rule: "gate/loss", Status: mlgate.Warn, Message: "odd"}},
	}, Findings: []mlgate.Finding{{Rule: "policy/card", Status: mlgate.Unknown, Message: "no answer"}}}
	var got []string
	for _, f := range annotations([]mlgate.Outcome{out}) {
		got = append(got, f.Rule+" "+f.Status.String()+" "+f.Message)
	}
	want := []string{"gate/recall warn too low; it blocks nothing: `enforce: warn`", "gate/loss warn odd", "policy/card unknown no answer"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q, want %q", got, want)
	}
}
