package gate_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// judged is what one rule says of one metric.
func judged(r mlgate.GateRule, head, base mlgate.Metric) mlgate.GateResult {
	r.Pattern, r.Severity = "m", mlgate.Fail
	head.Name, base.Name = "m", "m"
	return gate.Judge([]mlgate.GateRule{r}, &mlgate.Evidence{Metrics: []mlgate.Metric{head}}, &mlgate.Evidence{Metrics: []mlgate.Metric{base}})[0]
}

func by(v float64) *mlgate.Bound { return &mlgate.Bound{Value: v} }

func share(v float64) *mlgate.Bound { return &mlgate.Bound{Value: v, Relative: true} }

func plain(v mlgate.Number) mlgate.Metric { return mlgate.Metric{Value: v} }

// What asks for more than "not worse": better by so much, or the same.
func TestBetterAndSame(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule       mlgate.GateRule
		head, base mlgate.Metric
		want       mlgate.Status
		text       string
	}{
		"a rise, reached to the digit":         {mlgate.GateRule{MinRise: by(0.005)}, plain(0.85), plain(0.845), mlgate.Pass, ""},
		"a rise, not reached":                  {mlgate.GateRule{MinRise: by(0.01)}, plain(0.905), plain(0.9), mlgate.Fail, "rose 0.9 → 0.905; allowed ≥ 0.91"},
		"a rise of a share":                    {mlgate.GateRule{MinRise: share(0.1)}, plain(105), plain(100), mlgate.Fail, "allowed ≥ 110"},
		"a rise of a share of a negative":      {mlgate.GateRule{MinRise: share(0.1)}, plain(-8), plain(-10), mlgate.Pass, ""},
		"a rise of a share of nothing":         {mlgate.GateRule{MinRise: share(0.1)}, plain(1), plain(0), mlgate.Inconclusive, "is 0 in the baseline"},
		"a fall, reached":                      {mlgate.GateRule{MinDrop: share(0.1)}, plain(90), plain(100), mlgate.Pass, ""},
		"a fall, not reached":                  {mlgate.GateRule{MinDrop: by(5)}, plain(96), plain(100), mlgate.Fail, "fell 100 → 96; allowed ≤ 95"},
		"a fall of nothing at all":             {mlgate.GateRule{MinDrop: by(5)}, plain(100), plain(100), mlgate.Fail, "allowed ≤ 95"},
		"the same":                             {mlgate.GateRule{MaxChange: by(0)}, plain(0.9), plain(0.9), mlgate.Pass, ""},
		"not the same, better":                 {mlgate.GateRule{MaxChange: by(0.01)}, plain(0.95), plain(0.9), mlgate.Fail, "allowed ≤ 0.91"},
		"not the same, worse":                  {mlgate.GateRule{MaxChange: by(0.01)}, plain(0.85), plain(0.9), mlgate.Fail, "allowed ≥ 0.89"},
		"no number":                            {mlgate.GateRule{MaxChange: by(0.01)}, plain(mlgate.Number(math.NaN())), plain(0.9), mlgate.Fail, "is NaN"},
		"tested: surely better by so much":     {mlgate.GateRule{MinRise: by(0.01), Confidence: 0.95}, rated(9300, 10_000), rated(9000, 10_000), mlgate.Pass, "miettinen"},
		"tested: better, and nobody knows":     {mlgate.GateRule{MinRise: by(0.01), Confidence: 0.95}, rated(915, 1000), rated(900, 1000), mlgate.Inconclusive, "too little data"},
		"tested: surely not better by so much": {mlgate.GateRule{MinRise: by(0.01), Confidence: 0.95}, rated(9000, 10_000), rated(9000, 10_000), mlgate.Fail, "allowed ≥ 0.91"},
		"tested: a fall":                       {mlgate.GateRule{MinDrop: by(10), Confidence: 0.95}, repeated(80, 81, 79), repeated(100, 101, 99), mlgate.Pass, "welch"},
		"tested: a fall, not by so much":       {mlgate.GateRule{MinDrop: by(30), Confidence: 0.95}, repeated(80, 81, 79), repeated(100, 101, 99), mlgate.Fail, "allowed ≤ 70"},
		"tested: surely the same":              {mlgate.GateRule{MaxChange: by(0.02), Confidence: 0.95}, rated(9010, 10_000), rated(9000, 10_000), mlgate.Pass, "miettinen"},
		"tested: the same, and nobody knows":   {mlgate.GateRule{MaxChange: by(0.02), Confidence: 0.95}, rated(90, 100), rated(90, 100), mlgate.Inconclusive, "too little data"},
		"tested: surely better is not same":    {mlgate.GateRule{MaxChange: by(0.02), Confidence: 0.95}, rated(9500, 10_000), rated(9000, 10_000), mlgate.Fail, "allowed ≤ 0.92"},
		"tested: surely worse is not same":     {mlgate.GateRule{MaxChange: by(0.02), Confidence: 0.95}, rated(8500, 10_000), rated(9000, 10_000), mlgate.Fail, "allowed ≥ 0.88"},
		"equal repeats: just the same":         {mlgate.GateRule{MaxChange: by(0.01), Confidence: 0.95}, repeated(0.2408, 0.2408), repeated(0.2508, 0.2508), mlgate.Pass, "welch"},
		"equal repeats: not the same":          {mlgate.GateRule{MaxChange: by(0.01), Confidence: 0.95}, repeated(0.2407, 0.2407), repeated(0.2508, 0.2508), mlgate.Fail, "allowed ≥ 0.2408"},
		"errors of nothing":                    {mlgate.GateRule{MinRise: by(0.01), Confidence: 0.95}, erring(0.92, 0), erring(0.9, 0), mlgate.Pass, "z"},
		"less evidence":                        {mlgate.GateRule{MinRise: by(0.01), Confidence: 0.95}, rated(95, 100), rated(900, 1000), mlgate.Fail, "less evidence than before"},
	} {
		got := judged(c.rule, c.head, c.base)
		if got.Status != c.want || !strings.Contains(got.Message, c.text) {
			t.Errorf("%s: got %s %q, want %s with %q", name, got.Status, got.Message, c.want, c.text)
		}
	}
}

// Without a baseline nothing has risen, fallen or stayed.
func TestBetterThanNothing(t *testing.T) {
	t.Parallel()
	for _, r := range []mlgate.GateRule{{MinRise: by(0)}, {MinDrop: by(0)}, {MaxChange: by(1)}} {
		r.Pattern = "m"
		got := gate.Judge([]mlgate.GateRule{r}, &mlgate.Evidence{Metrics: []mlgate.Metric{{Name: "m", Value: 1}}}, nil)
		if len(got) != 1 || got[0].Status != mlgate.Inconclusive {
			t.Errorf("%+v: got %+v", r, got)
		}
	}
}

// A change of exactly the allowed size fails by chance no more often than the level says, also where the
// margin is small beside the noise, so that either end can seem to be broken; and of changes just beyond
// it no more pass. The same for a rise that is asked for.
func TestLevelOfEquivalence(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(5, 6))
	const runs, alpha = 2000, 0.1
	for _, margin := range []float64{0.002, 0.05, 0.2} {
		n := map[mlgate.Status]int{}
		rose := map[mlgate.Status]int{}
		for range runs {
			head, base := erring(mlgate.Number(margin+0.04*src.NormFloat64()), 0.04), erring(mlgate.Number(0.03*src.NormFloat64()), 0.03)
			n[judged(mlgate.GateRule{MaxChange: by(margin), Confidence: 1 - alpha}, head, base).Status]++
			rose[judged(mlgate.GateRule{MinRise: by(margin), Confidence: 1 - alpha}, head, base).Status]++
		}
		const most = runs*alpha + 3*14 // three standard deviations of a binomial count
		if n[mlgate.Fail] > most || n[mlgate.Pass] > most {
			t.Errorf("max_change %v: %v of %d", margin, n, runs)
		}
		if n[mlgate.Fail] < runs*alpha-3*14 {
			t.Errorf("max_change %v fails too seldom: %v of %d", margin, n, runs)
		}
		if rose[mlgate.Fail] > most || rose[mlgate.Pass] > most {
			t.Errorf("min_rise %v: %v of %d", margin, rose, runs)
		}
	}
}

// As many examples as are asked for do settle whether nothing has changed.
func TestNeedsSettlesEquivalence(t *testing.T) {
	t.Parallel()
	judge := func(scale int64) mlgate.GateResult {
		return judged(mlgate.GateRule{MaxChange: by(0.01), Confidence: 0.95}, rated(90*scale, 100*scale), rated(90*scale, 100*scale))
	}
	g := judge(10)
	if g.Status != mlgate.Inconclusive || g.Test.Needs < 1000 {
		t.Fatalf("got %+v, test %+v", g.Finding, g.Test)
	}
	if enough := judge(g.Test.Needs/100 + 1); enough.Status != mlgate.Pass {
		t.Errorf("with %d examples: %+v", enough.Test.Head, enough.Finding)
	}
}
