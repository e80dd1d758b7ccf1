package gate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var (
	difference = &mlgate.Derived{Kind: mlgate.Difference, Of: []string{"train", "test"}}
	ratio      = &mlgate.Derived{Kind: mlgate.Ratio, Of: []string{"train", "test"}}
	spread     = &mlgate.Derived{Kind: mlgate.DifferenceOver, Over: "rate[*]"}
	parity     = &mlgate.Derived{Kind: mlgate.RatioOver, Over: "rate[*]"}
)

func named(name string, v float64, n int64) mlgate.Metric {
	return mlgate.Metric{Name: name, Value: mlgate.Number(v), N: n}
}

// computed is what a gate on a computed metric says.
func computed(r mlgate.GateRule, head, base *mlgate.Evidence) mlgate.GateResult {
	r.Pattern, r.Severity = "gap", mlgate.Fail
	return gate.Judge([]mlgate.GateRule{r}, head, base)[0]
}

func TestDerived(t *testing.T) {
	t.Parallel()
	two := func(train, test float64) *mlgate.Evidence {
		return side(named("train", train, 0), named("test", test, 0))
	}
	groups := func(a, b, c float64) *mlgate.Evidence {
		return side(named("rate[g=a]", a, 500), named("rate[g=b]", b, 400), named("rate[g=c]", c, 300))
	}
	for name, c := range map[string]struct {
		rule       mlgate.GateRule
		head, base *mlgate.Evidence
		want       mlgate.Status
		text       string
	}{
		"gap within":                 {mlgate.GateRule{Derived: difference, Max: f(0.05)}, two(0.95, 0.92), nil, mlgate.Pass, "gap is 0.03 (train 0.95 − test 0.92)"},
		"gap beyond":                 {mlgate.GateRule{Derived: difference, Max: f(0.05)}, two(0.99, 0.92), nil, mlgate.Fail, "gap is 0.07; allowed ≤ 0.05 (train 0.99 − test 0.92)"},
		"gap rose":                   {mlgate.GateRule{Derived: difference, MaxRise: by(0.01)}, two(0.99, 0.92), two(0.95, 0.92), mlgate.Fail, "gap rose 0.03 → 0.07; allowed ≤ 0.04"},
		"a part is missing":          {mlgate.GateRule{Derived: difference, Max: f(0.05)}, side(named("train", 0.9, 0)), nil, mlgate.Fail, "gap cannot be computed: no metric is called test"},
		"a part is gone":             {mlgate.GateRule{Derived: difference, Max: f(0.05)}, side(named("train", 0.9, 0)), two(0.9, 0.9), mlgate.Fail, "test is missing, the baseline has it"},
		"a part was missing":         {mlgate.GateRule{Derived: difference, MaxRise: by(0.05)}, two(0.9, 0.9), side(named("train", 0.9, 0)), mlgate.Inconclusive, "nothing to be compared with"},
		"a part rests on less":       {mlgate.GateRule{Derived: difference, Max: f(0.05)}, side(named("train", 0.9, 10), named("test", 0.9, 99)), side(named("train", 0.9, 10), named("test", 0.9, 100)), mlgate.Fail, "gap: test rests on 99 examples, the baseline on 100"},
		"too few examples":           {mlgate.GateRule{Derived: difference, Max: f(0.05), MinExamples: 100}, side(named("train", 0.9, 1000), named("test", 0.9, 99)), nil, mlgate.Inconclusive, "rests on 99 examples"},
		"NaN":                        {mlgate.GateRule{Derived: difference, Max: f(0.05)}, two(math.NaN(), 0.9), nil, mlgate.Fail, "gap is NaN"},
		"infinite less infinite":     {mlgate.GateRule{Derived: difference, Max: f(0.05)}, two(math.Inf(1), math.Inf(1)), nil, mlgate.Fail, "gap is NaN"},
		"ratio":                      {mlgate.GateRule{Derived: ratio, Max: f(1.1)}, two(0.9, 0.75), nil, mlgate.Fail, "gap is 1.2; allowed ≤ 1.1 (train 0.9 / test 0.75)"},
		"nothing to divide by":       {mlgate.GateRule{Derived: ratio, Max: f(1.1)}, two(0.9, 0), nil, mlgate.Fail, "test is 0, and nothing is divided by it"},
		"nothing by nothing":         {mlgate.GateRule{Derived: ratio, Max: f(1.1)}, two(0, 0), nil, mlgate.Fail, "test is 0"},
		"nothing is left of it":      {mlgate.GateRule{Derived: ratio, Max: f(1.1)}, two(0.9, math.Inf(1)), nil, mlgate.Fail, "gap cannot be computed: test is infinite"},
		"divided by NaN":             {mlgate.GateRule{Derived: ratio, Max: f(1.1)}, two(0.9, math.NaN()), nil, mlgate.Fail, "test is NaN"},
		"groups apart":               {mlgate.GateRule{Derived: spread, Max: f(0.1)}, groups(0.5, 0.35, 0.4), nil, mlgate.Fail, "gap is 0.15; allowed ≤ 0.1 (largest 0.5, rate[g=a]; smallest 0.35, rate[g=b]; of 3)"},
		"groups together":            {mlgate.GateRule{Derived: spread, Max: f(0.1)}, groups(0.5, 0.45, 0.4), nil, mlgate.Pass, "gap is 0.1"},
		"parity":                     {mlgate.GateRule{Derived: parity, Min: f(0.8)}, groups(0.5, 0.35, 0.4), nil, mlgate.Fail, "gap is 0.7; allowed ≥ 0.8"},
		"parity of nothing":          {mlgate.GateRule{Derived: parity, Min: f(0.8)}, groups(0, 0, 0), nil, mlgate.Fail, "their ratio says nothing"},
		"parity of negatives":        {mlgate.GateRule{Derived: parity, Min: f(0.8)}, groups(-1, 0.5, 0.5), nil, mlgate.Fail, "their ratio says nothing"},
		"one group is none":          {mlgate.GateRule{Derived: spread, Max: f(0.1)}, side(named("rate[g=a]", 0.5, 500)), nil, mlgate.Inconclusive, "rate[*] gives 1 metric, and two are compared"},
		"no group":                   {mlgate.GateRule{Derived: spread, Max: f(0.1)}, side(named("acc", 0.5, 500)), nil, mlgate.Fail, "rate[*] gives 0 metrics"},
		"a group is gone":            {mlgate.GateRule{Derived: spread, Max: f(0.1)}, side(named("rate[g=a]", 0.5, 500), named("rate[g=b]", 0.5, 400)), groups(0.5, 0.5, 0.5), mlgate.Fail, "rate[g=c] is missing, the baseline has it"},
		"a group became small":       {mlgate.GateRule{Derived: spread, Max: f(0.1), MinExamples: 100}, side(named("rate[g=a]", 0.5, 500), named("rate[g=b]", 0.5, 400), named("rate[g=c]", 0.1, 99)), groups(0.5, 0.5, 0.5), mlgate.Fail, "rate[g=c] rests on 99 examples"},
		"a new group, and small":     {mlgate.GateRule{Derived: spread, Max: f(0.1), MinExamples: 350}, groups(0.5, 0.5, 0.1), side(named("rate[g=a]", 0.5, 500), named("rate[g=b]", 0.5, 400)), mlgate.Pass, "of 2; 1 left out for fewer than 350 examples"},
		"a new group, and large":     {mlgate.GateRule{Derived: spread, Max: f(0.1), MinExamples: 100}, groups(0.5, 0.5, 0.1), side(named("rate[g=a]", 0.5, 500), named("rate[g=b]", 0.5, 400)), mlgate.Fail, "gap rose 0 → 0.4"},
		"a group does not say":       {mlgate.GateRule{Derived: spread, Max: f(0.1), MinExamples: 100}, side(named("rate[g=a]", 0.5, 500), named("rate[g=b]", 0.5, 0)), nil, mlgate.Inconclusive, "does not say on how many"},
		"a group that is no number":  {mlgate.GateRule{Derived: spread, Max: f(0.1)}, groups(0.5, math.NaN(), 0.1), nil, mlgate.Fail, "rate[g=b] is NaN"},
		"all groups are small":       {mlgate.GateRule{Derived: spread, Max: f(0.1), MinExamples: 1000}, groups(0.5, 0.5, 0.1), groups(0.5, 0.5, 0.1), mlgate.Inconclusive, "3 left out for fewer than 1000 examples"},
		"a metric of the same name":  {mlgate.GateRule{Derived: difference, Max: f(0.05)}, side(named("gap", 0, 0), named("train", 0.9, 0), named("test", 0.9, 0)), nil, mlgate.Fail, "gap stands in the evidence, and the gate computes"},
		"the same of the baseline's": {mlgate.GateRule{Derived: difference, MaxRise: by(0.05)}, two(0.9, 0.9), side(named("gap", 0, 0)), mlgate.Inconclusive, "nothing to be compared with"},
	} {
		got := computed(c.rule, c.head, c.base)
		if got.Status != c.want || !strings.Contains(got.Message, c.text) || got.Metric != "gap" || got.Rule != "gate/gap" {
			t.Errorf("%s: got %s %q, want %s with %q", name, got.Status, got.Message, c.want, c.text)
		}
	}
}

// The error of a difference is that of two independent test sets, and a rise of the gap is told from chance.
func TestDerivedIsTested(t *testing.T) {
	t.Parallel()
	two := func(train, test, stderr mlgate.Number) *mlgate.Evidence {
		a, b := erring(train, stderr), erring(test, stderr)
		a.Name, b.Name = "train", "test"
		return side(a, b)
	}
	rule := mlgate.GateRule{Derived: difference, MaxRise: by(0.01), Confidence: 0.95}
	if got := computed(rule, two(0.99, 0.92, 0.01), two(0.95, 0.92, 0.01)); got.Status != mlgate.Inconclusive || math.Abs(float64(got.Test.High-got.Test.Low)-2*1.644854*0.02) > 1e-6 {
		t.Errorf("got %s %q, %+v", got.Status, got.Message, got.Test)
	}
	if got := computed(rule, two(0.99, 0.92, 0.001), two(0.95, 0.92, 0.001)); got.Status != mlgate.Fail || got.Test == nil {
		t.Errorf("got %s %q", got.Status, got.Message)
	}
	if got := computed(rule, side(named("train", 0.99, 0), named("test", 0.99, 0)), two(0.95, 0.92, 0.001)); got.Status != mlgate.Fail || !strings.Contains(got.Message, "states no standard error") {
		t.Errorf("got %s %q", got.Status, got.Message)
	}
}
