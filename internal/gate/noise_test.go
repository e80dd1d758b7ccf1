package gate_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// rated is a share of n examples.
func rated(hits, n int64) mlgate.Metric {
	return mlgate.Metric{Value: mlgate.Number(float64(hits) / float64(n)), N: n, Hits: &hits}
}

func repeated(values ...mlgate.Number) mlgate.Metric {
	sum := mlgate.Number(0)
	for _, v := range values {
		sum += v
	}
	return mlgate.Metric{Value: sum / mlgate.Number(len(values)), Repeats: values}
}

func erring(value, stderr mlgate.Number) mlgate.Metric {
	return mlgate.Metric{Value: value, Stderr: &stderr}
}

// A rule with `confidence` blocks what the data show to be worse than allowed, passes what they show to
// be not, and says of the rest what would settle it.
func TestConfidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		head, base mlgate.Metric
		want       mlgate.Status
		text, fix  string
	}{
		{"hits, surely worse", rated(8500, 10_000), rated(9000, 10_000), mlgate.Fail, "acc fell 0.9 → 0.85; allowed ≥ 0.89", ""},
		{"hits, surely not worse", rated(9010, 10_000), rated(9000, 10_000), mlgate.Pass, "miettinen-nurminen cc, 10000 and 10000 examples", ""},
		{"hits, nobody knows", rated(88, 100), rated(90, 100), mlgate.Inconclusive, "too little data", "examples on each side would settle it"},
		{"hits of some hundreds", rated(195, 200), rated(195, 200), mlgate.Inconclusive, "miettinen-nurminen exact, 200 and 200 examples", ""},
		{"hits, all of few", rated(10, 10), rated(10, 10), mlgate.Inconclusive, "between -0.2", "examples on each side would settle it"},
		{"hits, none of few", rated(0, 10), rated(0, 10), mlgate.Inconclusive, "too little data", "examples on each side would settle it"},
		{"hits, all of many", rated(10_000, 10_000), rated(10_000, 10_000), mlgate.Pass, "miettinen-nurminen", ""},
		{"repeats, surely worse", repeated(0.80, 0.81, 0.79), repeated(0.90, 0.91, 0.89), mlgate.Fail, "welch, 3 and 3 repeats", ""},
		{"repeats, surely not worse", repeated(0.901, 0.900, 0.899), repeated(0.9, 0.9, 0.901), mlgate.Pass, "welch", ""},
		{"repeats, nobody knows", repeated(0.85, 0.95, 0.83), repeated(0.95, 0.85, 0.9), mlgate.Inconclusive, "too little data", "repeats on each side"},
		{"repeats so far apart that nothing can be said", repeated(0.1, 0.5, 0.9), repeated(0.9, 0.901, 0.899), mlgate.Fail, "acc fell 0.9 → 0.5; allowed ≥ 0.89", ""},
		{"two repeats, by chance far apart", repeated(0.92, 0.86), repeated(0.9, 0.8975), mlgate.Inconclusive, "welch", ""},
		{"two repeats, further apart than chance", repeated(0.98, 0.78), repeated(0.9, 0.89999), mlgate.Fail, "no excuse", ""},
		{"two repeats, further apart than chance, and better", repeated(0.98, 0.86), repeated(0.9, 0.89999), mlgate.Inconclusive, "excuse", ""},
		{"two that are equal do not show that nothing varies", repeated(0.86, 0.90), repeated(0.9, 0.9), mlgate.Inconclusive, "cautious welch", ""},
		{"three that are equal do", repeated(0.90, 0.85, 0.86), repeated(0.9, 0.9, 0.9), mlgate.Fail, "no excuse", ""},
		{"a gain by repeats that lie far apart is not shown", repeated(0.99, 0.85, 0.95), repeated(0.9, 0.9001, 0.9), mlgate.Inconclusive, "no excuse", ""},
		{"seeds that are ignored show nothing", repeated(0.91, 0.91, 0.91, 0.91, 0.91), repeated(0.9, 0.901, 0.899), mlgate.Inconclusive, "its 5 repeats are all the same, where the baseline's are not", "MLGATE_SEED?"},
		{"nor do those of the baseline", repeated(0.91, 0.911, 0.912), repeated(0.9, 0.9, 0.9), mlgate.Inconclusive, "the baseline's 3 repeats are all the same", "MLGATE_SEED?"},
		{"nor do they excuse a loss", repeated(0.8, 0.8, 0.8), repeated(0.9, 0.901, 0.899), mlgate.Fail, "acc fell 0.9 → 0.8", ""},
		{"repeats of another number", mlgate.Metric{Value: 0.3, Repeats: []mlgate.Number{0.9, 0.901, 0.899}}, repeated(0.9, 0.901, 0.899), mlgate.Fail, "acc fell 0.9 → 0.3", ""},
		{"repeats too large for a test", mlgate.Metric{Value: 0.5, Repeats: []mlgate.Number{1.7e308, 1.7e308, 1.7e308}}, repeated(0.9, 0.901, 0.899), mlgate.Fail, "acc fell 0.9 → 0.5", ""},
		{"repeats of a rounded number", mlgate.Metric{Value: 0.9, Repeats: []mlgate.Number{0.9011, 0.9003, 0.8999}}, repeated(0.9, 0.901, 0.899), mlgate.Pass, "welch", ""},
		{"equal repeats, a drop of exactly the allowed size", repeated(0.2408, 0.2408), repeated(0.2508, 0.2508), mlgate.Pass, "welch", ""},
		{"equal repeats, a drop beyond", repeated(0.8399, 0.8399), repeated(0.85, 0.85), mlgate.Fail, "fell 0.85 → 0.8399", ""},
		{"errors, surely worse", erring(0.8, 0.01), erring(0.9, 0.01), mlgate.Fail, "allowed ≥ 0.89", ""},
		{"errors, nobody knows", erring(0.89, 0.01), erring(0.9, 0.01), mlgate.Inconclusive, "too little data", "too near"},
		{"nothing is known about noise", mlgate.Metric{Value: 0.88}, mlgate.Metric{Value: 0.9}, mlgate.Fail, "fell 0.9 → 0.88; allowed ≥ 0.89; not tested for chance", ""},
		{"examples, and nobody knows how many were right", mlgate.Metric{Value: 0.9, N: 200}, mlgate.Metric{Value: 0.9, N: 200}, mlgate.Pass, "acc is 0.9; not tested for chance", ""},
		{"only the baseline states hits", mlgate.Metric{Value: 0.9, N: 10_000}, rated(9000, 10_000), mlgate.Fail, "does not state its hits", ""},
		{"hits that are not the value", mlgate.Metric{Value: 0.9, N: 10_000, Hits: rated(1, 10_000).Hits}, rated(9000, 10_000), mlgate.Fail, "does not state its hits", ""},
		{"only the baseline has repeats", mlgate.Metric{Value: 0.95}, repeated(0.9, 0.9), mlgate.Fail, "rests on 0 repeats, the baseline on 2", ""},
		{"an error that hides all", erring(0.5, 9), erring(0.9, 0.01), mlgate.Fail, "states no standard error, or one of more than twice", ""},
		{"no error", mlgate.Metric{Value: 0.95}, erring(0.9, 0.01), mlgate.Fail, "states no standard error", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.head.Name, c.base.Name = "acc", "acc"
			rule := mlgate.GateRule{Pattern: "acc", Better: mlgate.Higher, MaxDrop: &mlgate.Bound{Value: 0.01}, Severity: mlgate.Fail, Confidence: 0.95}
			got := gate.Judge([]mlgate.GateRule{rule}, &mlgate.Evidence{Metrics: []mlgate.Metric{c.head}}, &mlgate.Evidence{Metrics: []mlgate.Metric{c.base}})
			if len(got) != 1 || got[0].Status != c.want || !strings.Contains(got[0].Message, c.text) || !strings.Contains(got[0].Fix, c.fix) {
				t.Errorf("got %s %q, to do %q; want %s with %q, %q", got[0].Status, got[0].Message, got[0].Fix, c.want, c.text, c.fix)
			}
		})
	}
}

// A rise is a drop the other way round, and the limit on the number itself is not a matter of chance.
func TestConfidenceOfARise(t *testing.T) {
	t.Parallel()
	head, base := repeated(130, 131, 129), repeated(100, 101, 99)
	head.Name, base.Name = "ms", "ms"
	judge := func(r mlgate.GateRule) mlgate.GateResult {
		r.Pattern, r.Severity, r.Confidence = "ms", mlgate.Fail, 0.95
		return gate.Judge([]mlgate.GateRule{r}, &mlgate.Evidence{Metrics: []mlgate.Metric{head}}, &mlgate.Evidence{Metrics: []mlgate.Metric{base}})[0]
	}
	rise := &mlgate.Bound{Value: 0.1, Relative: true}
	if g := judge(mlgate.GateRule{MaxRise: rise}); g.Status != mlgate.Fail || g.Test == nil || g.Test.Low < 10 || !strings.Contains(g.Message, "allowed ≤ 110") {
		t.Errorf("got %+v, test %+v", g.Finding, g.Test)
	}
	if g := judge(mlgate.GateRule{MaxRise: &mlgate.Bound{Value: 40}}); g.Status != mlgate.Pass {
		t.Errorf("got %+v", g.Finding)
	}
	if g := judge(mlgate.GateRule{MaxRise: &mlgate.Bound{Value: 40}, Max: f(120)}); g.Status != mlgate.Fail || !strings.Contains(g.Message, "≤ 120") {
		t.Errorf("got %+v", g.Finding)
	}
}

// Fewer examples than a gate asks for, or none stated, decide nothing.
func TestMinExamples(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]mlgate.Status{0: mlgate.Inconclusive, 499: mlgate.Inconclusive, 500: mlgate.Pass} {
		head := &mlgate.Evidence{Metrics: []mlgate.Metric{{Name: "acc", Value: 0.9, N: n}}}
		got := gate.Judge([]mlgate.GateRule{{Pattern: "acc", Min: f(0.5), MinExamples: 500, Severity: mlgate.Fail}}, head, nil)
		if got[0].Status != want {
			t.Errorf("%d examples: got %s %q, want %s", n, got[0].Status, got[0].Message, want)
		}
	}
}

// What the data show to be broken fails, also where there are fewer examples than a gate asks for.
func TestMinExamplesHideNoBreach(t *testing.T) {
	t.Parallel()
	head, base := rated(10, 100), rated(90, 100)
	head.Name, base.Name = "acc", "acc"
	rule := mlgate.GateRule{Pattern: "acc", MaxDrop: &mlgate.Bound{Value: 0.01}, MinExamples: 500, Severity: mlgate.Fail, Confidence: 0.95}
	judge := func(head mlgate.Metric) mlgate.GateResult {
		return gate.Judge([]mlgate.GateRule{rule}, &mlgate.Evidence{Metrics: []mlgate.Metric{head}}, &mlgate.Evidence{Metrics: []mlgate.Metric{base}})[0]
	}
	if got := judge(head); got.Status != mlgate.Fail || !strings.Contains(got.Message, "fell 0.9 → 0.1") {
		t.Errorf("got %s %q", got.Status, got.Message)
	}
	if got := judge(base); got.Status != mlgate.Inconclusive || !strings.Contains(got.Message, "the gate asks for 500") {
		t.Errorf("the same as before: got %s %q", got.Status, got.Message)
	}
}

// Judging the same twice gives the same, and the number of examples that is asked for does settle it.
func TestNeedsSettles(t *testing.T) {
	t.Parallel()
	judge := func(scale int64) mlgate.GateResult {
		head, base := rated(880*scale/100, 10*scale), rated(900*scale/100, 10*scale)
		head.Name, base.Name = "acc", "acc"
		rule := mlgate.GateRule{Pattern: "acc", MaxDrop: &mlgate.Bound{Value: 0.005}, Severity: mlgate.Fail, Confidence: 0.95}
		return gate.Judge([]mlgate.GateRule{rule}, &mlgate.Evidence{Metrics: []mlgate.Metric{head}}, &mlgate.Evidence{Metrics: []mlgate.Metric{base}})[0]
	}
	g := judge(100)
	if g.Status != mlgate.Inconclusive || g.Test.Needs < 1000 {
		t.Fatalf("got %+v, test %+v", g.Finding, g.Test)
	}
	if enough := judge((g.Test.Needs/1000 + 1) * 100); enough.Status != mlgate.Fail {
		t.Errorf("with %d examples: %+v", enough.Test.Head, enough.Finding)
	}
}

// What excuses nothing is no matter where nothing is to be excused.
func TestGainNeedsNoExcuse(t *testing.T) {
	t.Parallel()
	rule := mlgate.GateRule{Pattern: "acc", Better: mlgate.Higher, MaxDrop: by(0.01), Confidence: 0.95, Severity: mlgate.Fail}
	head, base := repeated(0.99, 0.98, 0.985, 0.99, 0.98), repeated(0.9, 0.9, 0.90001, 0.9, 0.9)
	head.Name, base.Name = "acc", "acc"
	g := gate.Judge([]mlgate.GateRule{rule}, side(head), side(base))[0]
	if g.Status != mlgate.Pass || strings.Contains(g.Message, "excuse") {
		t.Errorf("got %s, %s", g.Status, g.Message)
	}
}
