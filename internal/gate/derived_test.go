package gate_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
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

// counts is evidence of groups with so many hits each.
func counts(of map[string][2]int64) *mlgate.Evidence {
	var all []mlgate.Metric
	for _, name := range slices.Sorted(maps.Keys(of)) {
		hits, n := of[name][0], of[name][1]
		m := named(name, float64(hits)/float64(n), n)
		m.Hits = &hits
		all = append(all, m)
	}
	return side(all...)
}

// min and max of a computed number are judged by a test of the number itself: shown to be kept, shown to be
// broken, or neither, with how many examples would say.
func TestDerivedItselfIsTested(t *testing.T) {
	t.Parallel()
	three := func(a, b, c, n int64) *mlgate.Evidence {
		return counts(map[string][2]int64{"rate[g=a]": {a, n}, "rate[g=b]": {b, n}, "rate[g=c]": {c, n}})
	}
	two := func(train, test, n int64) *mlgate.Evidence {
		return counts(map[string][2]int64{"train": {train, n}, "test": {test, n}})
	}
	erred := func(train, test, stderr mlgate.Number) *mlgate.Evidence {
		a, b := erring(train, stderr), erring(test, stderr)
		a.Name, b.Name = "train", "test"
		return side(b, a)
	}
	runs := func(how string, train, test []mlgate.Number) *mlgate.Evidence {
		mean := func(xs []mlgate.Number) (sum mlgate.Number) {
			for _, x := range xs {
				sum += x / mlgate.Number(len(xs))
			}
			return sum
		}
		return side(mlgate.Metric{Name: "test", Value: mean(test), Repeats: test, Runs: how}, mlgate.Metric{Name: "train", Value: mean(train), Repeats: train, Runs: how})
	}
	many := map[string][2]int64{}
	for i := range int64(60) {
		many[fmt.Sprintf("rate[g=%02d]", i)] = [2]int64{5000 + i%2, 10000}
	}
	apart := maps.Clone(many)
	apart["rate[g=60]"] = [2]int64{9000, 10000}
	for name, c := range map[string]struct {
		rule   mlgate.GateRule
		head   *mlgate.Evidence
		want   mlgate.Status
		method string
		text   string
	}{
		"gap surely within":         {mlgate.GateRule{Derived: difference, Max: f(0.05)}, two(9300, 9200, 10000), mlgate.Pass, "miettinen-nurminen cc", "10000 examples or more in each part"},
		"gap surely beyond":         {mlgate.GateRule{Derived: difference, Max: f(0.05)}, two(9900, 9200, 10000), mlgate.Fail, "miettinen-nurminen cc", "gap is 0.07; allowed ≤ 0.05; between"},
		"gap beyond by chance":      {mlgate.GateRule{Derived: difference, Max: f(0.05)}, two(98, 92, 100), mlgate.Inconclusive, "miettinen-nurminen cc", "too little data say"},
		"gap by standard errors":    {mlgate.GateRule{Derived: difference, Max: f(0.05)}, erred(0.99, 0.92, 0.001), mlgate.Fail, "z", ""},
		"gap of runs":               {mlgate.GateRule{Derived: difference, Max: f(0.05)}, runs("fixed", []mlgate.Number{0.99, 0.98, 0.97, 0.96}, []mlgate.Number{0.96, 0.95, 0.94, 0.931}), mlgate.Pass, "t", "4 repeats"},
		"gap of runs, looked at":    {mlgate.GateRule{Derived: difference, Max: f(0.05)}, runs("conclusive", []mlgate.Number{0.99, 0.98}, []mlgate.Number{0.96, 0.95}), mlgate.Inconclusive, "", ""},
		"gap, nothing is known":     {mlgate.GateRule{Derived: difference, Max: f(0.05)}, side(named("test", 0.9, 0), named("train", 0.99, 0)), mlgate.Fail, "", "not tested for chance: not all that it is computed from"},
		"ratio surely beyond":       {mlgate.GateRule{Derived: ratio, Max: f(1.1)}, two(9000, 7500, 10000), mlgate.Fail, "ratio score cc", ""},
		"ratio surely within":       {mlgate.GateRule{Derived: ratio, Max: f(1.3)}, two(9000, 7500, 10000), mlgate.Pass, "ratio score cc", ""},
		"ratio of what may be 0":    {mlgate.GateRule{Derived: ratio, Max: f(1.1)}, erred(0.99, 0.02, 0.01), mlgate.Inconclusive, mlgate.NoTest, "surely above 0"},
		"groups surely apart":       {mlgate.GateRule{Derived: spread, Max: f(0.1)}, three(5000, 3500, 4000, 10000), mlgate.Fail, "miettinen-nurminen cc, 3 pairs", ""},
		"groups surely together":    {mlgate.GateRule{Derived: spread, Max: f(0.1)}, three(5000, 4800, 4900, 10000), mlgate.Pass, "miettinen-nurminen cc, 3 pairs", ""},
		"groups apart by chance":    {mlgate.GateRule{Derived: spread, Max: f(0.1)}, three(50, 38, 45, 100), mlgate.Inconclusive, "miettinen-nurminen cc, 3 pairs", "in each part would settle it"},
		"parity surely broken":      {mlgate.GateRule{Derived: parity, Min: f(0.8)}, three(5000, 3500, 4000, 10000), mlgate.Fail, "ratio score cc, 3 pairs", "gap is 0.7; allowed ≥ 0.8"},
		"parity surely kept":        {mlgate.GateRule{Derived: parity, Min: f(0.8)}, three(5000, 4800, 4900, 10000), mlgate.Pass, "ratio score cc, 3 pairs", ""},
		"parity broken by chance":   {mlgate.GateRule{Derived: parity, Min: f(0.8)}, three(50, 38, 45, 100), mlgate.Inconclusive, "ratio score cc, 3 pairs", ""},
		"parity of two without any": {mlgate.GateRule{Derived: parity, Min: f(0.8)}, three(0, 0, 50, 100), mlgate.Fail, "ratio score cc, 3 pairs", "gap is 0"},
		"parity, falling":           {mlgate.GateRule{Derived: parity, Min: f(0.705)}, three(50000, 49000, 35000, 100000), mlgate.Inconclusive, "ratio score cc, 3 pairs", "gap is 0.7"},
		"too many groups":           {mlgate.GateRule{Derived: spread, Max: f(0.1)}, counts(many), mlgate.Inconclusive, "1770 pairs", "of 60 groups only the 40"},
		"too many, and one apart":   {mlgate.GateRule{Derived: spread, Max: f(0.1)}, counts(apart), mlgate.Fail, "1830 pairs", ""},
	} {
		c.rule.Confidence = 0.95
		got := computed(c.rule, c.head, nil)
		method := ""
		if got.Test != nil {
			method = got.Test.Method
		}
		if x := got.Test; x != nil && x.Method != mlgate.NoTest && math.Abs(float64(x.Change-*got.Head)) > 1e-9 {
			t.Errorf("%s: %v is tested for %v", name, x.Change, *got.Head)
		}
		if got.Status != c.want || !strings.Contains(got.Message+got.Fix, c.text) || !strings.Contains(method, c.method) {
			t.Errorf("%s: got %s by %q: %q, want %s by %q with %q", name, got.Status, method, got.Message+"; "+got.Fix, c.want, c.method, c.text)
		}
	}
}

// With a bound on the change it is the change that is tested, and min and max hold for the number as it is.
func TestDerivedChangeOfCounts(t *testing.T) {
	t.Parallel()
	two := func(train, test int64) *mlgate.Evidence {
		return counts(map[string][2]int64{"train": {train, 10000}, "test": {test, 10000}})
	}
	rule := mlgate.GateRule{Derived: difference, MaxRise: by(0.01), Max: f(0.2), Confidence: 0.95}
	if got := computed(rule, two(9900, 9200), two(9500, 9200)); got.Status != mlgate.Fail || got.Test == nil || got.Test.Number {
		t.Errorf("got %s %q, %+v", got.Status, got.Message, got.Test)
	}
	rule.Max = f(0.06)
	if got := computed(rule, two(9900, 9200), two(9890, 9200)); got.Status != mlgate.Fail || !strings.Contains(got.Message, "allowed ≤ 0.06") {
		t.Errorf("got %s %q", got.Status, got.Message)
	}
}
