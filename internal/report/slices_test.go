package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// sliced is a change with a gate over 40 slices, of which three are broken, and seven more that are small.
func sliced() mlgate.Outcome {
	o := churn()
	o.Gates = nil
	for i := range 40 {
		name := fmt.Sprintf("accuracy[user=%02d]", i)
		g := gate(name, mlgate.Pass, num(0.9), num(0.9+float64(i)/1000), ">=", 0.88, mlgate.Higher)
		if i < 3 {
			g = gate(name, mlgate.Fail, num(0.9), num(0.8+float64(i)/100), ">=", 0.88, mlgate.Higher)
			g.Message = name + " fell; accuracy as a whole is better, 0.9 → 0.92"
			g.Test = &mlgate.Test{
				Method: "miettinen-nurminen", Confidence: 0.95, Change: -0.1, Low: -0.13, High: -0.07, Of: "examples", Head: 500, Base: 500,
				Bounds: []mlgate.TestedBound{{From: "max_drop", Broken: 0.0001, Adjusted: 0.004, Kept: 0.9999}}, Correction: mlgate.Holm, Tests: 40,
			}
		}
		g.Pattern = "accuracy[*]"
		o.Gates = append(o.Gates, g)
		o.Evidence.Metrics = append(o.Evidence.Metrics, mlgate.Metric{Name: fmt.Sprintf("accuracy[user=s%d]", i)})
	}
	whole := mlgate.GateResult{Metric: "accuracy[*]", Slices: &mlgate.Slices{Judged: 540, Broken: 3, Small: 7, Folded: 500}}
	whole.Rule, whole.Status, whole.Message = "gate/accuracy[*]", mlgate.Pass, "accuracy[*]: 540 judged, 3 of them broken, 7 not judged for fewer than 100 examples"
	o.Gates = append(o.Gates, whole)
	o.Verdict.Cause = "accuracy[user=00], accuracy[user=01] and accuracy[user=02]"
	return o
}

// Of many slices the worst are open and the rest is folded, with a count; what is counted is not listed as a
// metric without a gate.
func TestSlices(t *testing.T) {
	t.Parallel()
	outs := []mlgate.Outcome{sliced()}
	md, text := report.Markdown(outs, report.Options{}), report.Text(outs, report.TextOptions{})
	compare(t, "slices.md", md)
	compare(t, "slices.txt", text)
	for name, said := range map[string]string{"Markdown": md, "text": text} {
		if strings.Contains(said, "user=s1") {
			t.Errorf("%s: a slice that is counted stands as one without a gate", name)
		}
	}
}

// Why shows what a gate computes, how its tests are corrected and both p-values, and of many slices the worst.
func TestWhySlices(t *testing.T) {
	t.Parallel()
	o := sliced()
	rules := []mlgate.GateRule{
		{Pattern: "accuracy[*]", MaxDrop: &mlgate.Bound{Value: 0.02}, Confidence: 0.95, MinExamples: 100, Correction: mlgate.Holm},
		{Pattern: "gap", MaxRise: &mlgate.Bound{Value: 0.02}, Derived: &mlgate.Derived{Kind: mlgate.Difference, Of: []string{"train", "test"}}},
		{Pattern: "parity", MaxChange: &mlgate.Bound{Value: 0.1, Relative: true}, Derived: &mlgate.Derived{Kind: mlgate.RatioOver, Over: "rate[*]"}},
	}
	j := report.Judgment{Gates: o.Gates}
	text := report.Why(report.Answer{Model: "churn", Rule: &report.RuleAnswer{Rule: "accuracy[*]", Gates: rules, Where: make([]mlgate.Pos, 3), Judgments: []report.Judgment{j, j}}})
	for _, want := range []string{
		"accuracy[*]: max_drop 0.02, confidence 0.95, min_examples 100, correction holm", "gap: difference of train and test, max_rise 0.02", "parity: ratio_over rate[*], max_change 10% of baseline",
		"max_drop: broken with p = 0.0001, by Holm over 40 tests 0.004; kept with p = 1", "And 21 more; --format json has them", "41 metrics, the worst first; accuracy[user=00] fell",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
}
