package gate_test

import (
	"math/rand/v2"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// history trains one seed after the other, up to most, and lets the gate look after each, as `until:
// conclusive` does: the true change is shift, and a seed moves a result by a standard deviation of 1.
func history(rng *rand.Rand, r mlgate.GateRule, base, most int, shift float64) mlgate.Status {
	before := make([]mlgate.Number, base)
	for i := range before {
		before[i] = mlgate.Number(50 + rng.NormFloat64())
	}
	was := runs(mlgate.RunsFixed, before...)
	var after []mlgate.Number
	for {
		after = append(after, mlgate.Number(50+shift+rng.NormFloat64()))
		g := judged(r, runs(mlgate.RunsConclusive, after...), was)
		waits := gate.Undecided([]mlgate.GateResult{g}, &mlgate.Evidence{Metrics: []mlgate.Metric{{Name: "m", Runs: mlgate.RunsConclusive}}})
		if len(waits) == 0 || len(after) == most {
			return g.Status
		}
	}
}

// However often one looks, a change that is exactly as bad as allowed passes in at most 5 of 100 histories, and
// fails in at most 5 of 100; a large loss is found. Judged by Welch's t after each seed the same histories go
// wrong far more often, so that the test could fail.
func TestPeekingKeepsTheLevel(t *testing.T) {
	t.Parallel()
	rule := mlgate.GateRule{MaxDrop: by(1), Confidence: 0.95}
	for base, histories := range map[int]int{1: 400, 3: 2000, 10: 400} {
		passed, failed, found := 0, 0, 0
		rng := rand.New(rand.NewPCG(6, uint64(base)))
		for range histories {
			switch history(rng, rule, base, 20, -1) {
			case mlgate.Pass:
				passed++
			case mlgate.Fail:
				failed++
			}
		}
		for range histories / 10 {
			if history(rng, rule, base, 20, -9) == mlgate.Fail {
				found++
			}
		}
		t.Logf("baseline of %d: of %d histories at the bound %d pass and %d fail; of %d far beyond it %d fail", base, histories, passed, failed, histories/10, found)
		if passed > histories/20 || failed > histories/20 {
			t.Errorf("baseline of %d: %d pass and %d fail, at most %d of each may", base, passed, failed, histories/20)
		}
		if base > 1 && found < histories/20 {
			t.Errorf("baseline of %d: a large loss is found in %d of %d", base, found, histories/10)
		}
	}
}

func TestPeekingWithATestOfAFixedNumberWouldNot(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(6, 4))
	rule := mlgate.GateRule{MaxDrop: by(1), Confidence: 0.95}
	const histories = 200
	wrong := 0
	for range histories {
		before, after := []mlgate.Number{}, []mlgate.Number{}
		for range 10 {
			before = append(before, mlgate.Number(50+rng.NormFloat64()))
		}
		for range 20 {
			after = append(after, mlgate.Number(49+rng.NormFloat64()))
			if len(after) < 3 {
				continue
			}
			base, head := runs(mlgate.RunsFixed, before...), runs(mlgate.RunsFixed, after...)
			head.Repeats, base.Repeats = after, before[:min(len(before), len(after))]
			base = runs(mlgate.RunsFixed, base.Repeats...)
			if judged(rule, head, base).Status == mlgate.Fail {
				wrong++
				break
			}
		}
	}
	if wrong <= histories/20 {
		t.Errorf("looking after each seed with Welch's t fails %d of %d: then nothing would have to be done about it", wrong, histories)
	}
}

// What the runner says of the repeats decides the test; a change that says nothing of the kind cannot take
// the baseline's word back.
func TestWatchedRepeatsAreTestedForIt(t *testing.T) {
	t.Parallel()
	a, b := []mlgate.Number{0.9, 0.905, 0.895, 0.9}, []mlgate.Number{0.86, 0.855, 0.865, 0.86}
	for name, c := range map[string]struct {
		head, base mlgate.Metric
		method     string
	}{
		"fixed on both sides": {runs(mlgate.RunsFixed, b...), runs(mlgate.RunsFixed, a...), "cautious welch"},
		"watched here":        {runs(mlgate.RunsConclusive, b...), runs(mlgate.RunsFixed, a...), "anytime t"},
		"watched before":      {runs(mlgate.RunsFixed, b...), runs(mlgate.RunsConclusive, a...), "anytime t"},
		"a file's, watched":   {runs("", b...), runs(mlgate.RunsConclusive, a...), "anytime t"},
	} {
		if g := judged(mlgate.GateRule{MaxDrop: by(0.01), Confidence: 0.95}, c.head, c.base); g.Test == nil || g.Test.Method != c.method {
			t.Errorf("%s: %+v", name, g.Test)
		}
	}
}

// Two that are equal by rounding are no certainty while more are coming; repeats that lie implausibly far
// apart decide nothing; and fewer than the baseline's are enough only where they decide.
func TestWatchedRepeatsThatSayTooLittle(t *testing.T) {
	t.Parallel()
	rule := mlgate.GateRule{MaxDrop: by(0.01), Confidence: 0.95}
	base := runs(mlgate.RunsFixed, 0.9, 0.9, 0.9, 0.9)
	if g := judged(rule, runs(mlgate.RunsConclusive, 0.9, 0.9), base); g.Status != mlgate.Fail || g.Less == nil {
		t.Errorf("two of four: %v, %s", g.Status, g.Message)
	}
	if g := judged(rule, runs(mlgate.RunsConclusive, 0.9, 0.9, 0.9), base); g.Status != mlgate.Pass || g.Less != nil {
		t.Errorf("three of four that decide: %v, %s", g.Status, g.Message)
	}
	noisy := runs(mlgate.RunsConclusive, 0.1, 0.99, 0.5, 0.7, 0.2)
	if g := judged(rule, noisy, runs(mlgate.RunsFixed, 0.9, 0.901, 0.899)); g.Status != mlgate.Fail || g.Less == nil {
		t.Errorf("implausibly far apart: %v, %s", g.Status, g.Message)
	}
	if g := judged(rule, runs(mlgate.RunsConclusive, 0.9, 0.905, 0.895, 0.9, 0.89), runs(mlgate.RunsFixed, 0.9, 0.91, 0.89)); g.Status != mlgate.Inconclusive || g.Test.Needs <= 5 {
		t.Errorf("near the bound: %v, %+v", g.Status, g.Test)
	}
}

// pausing trains as [history] does, and stops for good neither when a budget ends nor when somebody looks again: each
// time the same repeats are gone on with, against a baseline that grew meanwhile, at its own seeds.
func pausing(rng *rand.Rand, r mlgate.GateRule, budgets, bases []int, shift float64) mlgate.Status {
	var before, after []mlgate.Number
	for i, budget := range budgets {
		for len(before) < bases[i] {
			before = append(before, mlgate.Number(50+rng.NormFloat64()))
		}
		was := runs(mlgate.RunsConclusive, before...)
		for {
			if len(after) > 0 { // on what is recorded, before another seed
				g := judged(r, runs(mlgate.RunsConclusive, after...), was)
				if len(gate.Undecided([]mlgate.GateResult{g}, &mlgate.Evidence{Metrics: []mlgate.Metric{{Name: "m", Runs: mlgate.RunsConclusive}}})) == 0 {
					return g.Status
				}
			}
			if len(after) == budget {
				break
			}
			after = append(after, mlgate.Number(50+shift+rng.NormFloat64()))
		}
	}
	return mlgate.Inconclusive
}

// Stopping and going on is no more than looking: the level holds over all budgets and all looks together, also where
// the baseline grows in between. A change that is shown in no first budget is found by the later ones.
func TestGoingOnKeepsTheLevel(t *testing.T) {
	t.Parallel()
	rule := mlgate.GateRule{MaxDrop: by(1), Confidence: 0.95}
	rng := rand.New(rand.NewPCG(6, 24))
	budgets, bases := []int{4, 8, 14, 20}, []int{3, 3, 8, 12}
	const histories = 1000
	passed, failed, first, later := 0, 0, 0, 0
	for range histories {
		switch pausing(rng, rule, budgets, bases, -1) {
		case mlgate.Pass:
			passed++
		case mlgate.Fail:
			failed++
		}
	}
	for range histories / 10 {
		if pausing(rng, rule, budgets[:1], bases[:1], -4) == mlgate.Fail {
			first++
		}
		if pausing(rng, rule, budgets, bases, -4) == mlgate.Fail {
			later++
		}
	}
	t.Logf("of %d histories at the bound %d pass and %d fail; of %d beyond it %d fail in one budget, %d in four", histories, passed, failed, histories/10, first, later)
	if passed > histories/20 || failed > histories/20 {
		t.Errorf("%d pass and %d fail, at most %d of each may", passed, failed, histories/20)
	}
	if later <= first || later < histories/20 {
		t.Errorf("going on finds %d of %d, one budget %d", later, histories/10, first)
	}
}
