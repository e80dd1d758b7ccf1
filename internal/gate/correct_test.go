package gate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// family judges many metrics at once, each with its own change and standard error of it.
func family(c mlgate.Correction, changes []float64, more ...mlgate.Metric) []mlgate.GateResult {
	const stderr = 0.05
	head, base := &mlgate.Evidence{Metrics: more}, &mlgate.Evidence{}
	for i, v := range changes {
		h, b := erring(mlgate.Number(v), stderr), erring(0, 0)
		h.Name = fmt.Sprintf("m%03d", i)
		b.Name, *b.Stderr = h.Name, stderr
		*h.Stderr = 0
		head.Metrics, base.Metrics = append(head.Metrics, h), append(base.Metrics, b)
	}
	rule := mlgate.GateRule{Pattern: "*", MaxDrop: by(0.1), Confidence: 0.95, Severity: mlgate.Fail, Correction: c}
	return gate.Judge([]mlgate.GateRule{rule}, head, base)
}

func tally(gs []mlgate.GateResult) map[mlgate.Status]int {
	n := map[mlgate.Status]int{}
	for _, g := range gs {
		n[g.Status]++
	}
	return n
}

// Twenty metrics that all fell by just what is allowed: one of them fails by chance in most runs, and with
// Holm in no more of them than the level says. What is shown to be good stays so, and nothing else passes.
func TestHolmHoldsItsLevel(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(7, 8))
	const runs, alpha = 600, 0.05
	failed := map[mlgate.Correction]int{}
	for range runs {
		changes := make([]float64, 20)
		for i := range changes {
			changes[i] = -0.1 + 0.05*src.NormFloat64()
		}
		plain := family("", changes)
		for _, c := range []mlgate.Correction{"", mlgate.Holm, mlgate.BenjaminiHochberg} {
			got := family(c, changes)
			if tally(got)[mlgate.Fail] > 0 {
				failed[c]++
			}
			for i := range got {
				if (got[i].Status == mlgate.Pass) != (plain[i].Status == mlgate.Pass) {
					t.Fatalf("%s: %s without it, %s with it", c, plain[i].Status, got[i].Status)
				}
				if got[i].Status == mlgate.Fail && plain[i].Status != mlgate.Fail {
					t.Fatalf("%s: fails only with the correction: %s", c, got[i].Message)
				}
			}
		}
	}
	const most = runs*alpha + 3*6 // three standard deviations
	if failed[mlgate.Holm] > most || failed[mlgate.BenjaminiHochberg] > most || failed[""] < runs/2 {
		t.Errorf("of %d runs failed %v", runs, failed)
	}
}

// Real losses are found: one by Holm when it is large, many by Benjamini–Hochberg also when Holm doubts
// some of them.
func TestCorrectionFindsLosses(t *testing.T) {
	t.Parallel()
	changes := make([]float64, 40)
	for i := range 10 {
		changes[i] = -0.1 - 0.05*2.6 // p = 0.0047
	}
	changes[0] = -0.1 - 0.05*5
	if n := tally(family(mlgate.Holm, changes)); n[mlgate.Fail] != 1 || n[mlgate.Inconclusive] != 9 {
		t.Errorf("Holm: %v", n)
	}
	if n := tally(family(mlgate.BenjaminiHochberg, changes)); n[mlgate.Fail] != 10 {
		t.Errorf("Benjamini–Hochberg: %v", n)
	}
	g := family(mlgate.Holm, changes)[1]
	if b := g.Test.Bounds; g.Test.Tests != 40 || len(b) != 1 || b[0].Adjusted < 39*b[0].Broken*0.999 || !strings.Contains(g.Message, "by Holm over 40 tests 0.18") {
		t.Errorf("got %q, %+v", g.Message, g.Test)
	}
}

// Metrics that only the change has are not tested, so that nobody can hide a loss among them.
func TestCorrectionCountsWhatTheBaselineHas(t *testing.T) {
	t.Parallel()
	var more []mlgate.Metric
	for i := range 1000 {
		h := erring(0.5, 0.1)
		h.Name = fmt.Sprintf("a%04d", i)
		more = append(more, h)
	}
	changes := []float64{-0.1 - 0.05*2, 0}
	for _, g := range family(mlgate.Holm, changes, more...) {
		if g.Metric == "m000" && (g.Status != mlgate.Fail || g.Test.Tests != 2) {
			t.Errorf("got %s, test %+v", g.Message, g.Test)
		}
	}
}

// What is inconclusive only for being one of many says how much data shows it for all of them.
func TestNeedsSettlesOneOfMany(t *testing.T) {
	t.Parallel()
	judge := func(scale int64) mlgate.GateResult {
		head, base := &mlgate.Evidence{}, &mlgate.Evidence{}
		for i := range 10 {
			h, b := rated(90*scale, 100*scale), rated(90*scale, 100*scale)
			if i == 0 {
				h = rated(85*scale, 100*scale)
			}
			h.Name = fmt.Sprint("m", i)
			b.Name = h.Name
			head.Metrics, base.Metrics = append(head.Metrics, h), append(base.Metrics, b)
		}
		return gate.Judge([]mlgate.GateRule{{Pattern: "*", MaxDrop: by(0.01), Confidence: 0.95, Severity: mlgate.Fail, Correction: mlgate.Holm}}, head, base)[0]
	}
	g := judge(6)
	if g.Status != mlgate.Inconclusive || g.Test.Needs < 700 {
		t.Fatalf("got %+v, test %+v", g.Finding, g.Test)
	}
	if enough := judge(g.Test.Needs/100 + 1); enough.Status != mlgate.Fail {
		t.Errorf("with %d examples: %+v", enough.Test.Head, enough.Finding)
	}
}
