package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Nothing is drawn: where the bound just holds, no more than 5.00 of 100 are wrong.
func TestLevelOfNoisySeedsIsKept(t *testing.T) {
	t.Parallel()
	found, err := noisyAll()
	if err != nil {
		t.Fatal(err)
	}
	if wrong := tooNoisy(found); len(wrong) > 0 {
		t.Errorf("wrong more often than it says:\n%s", strings.Join(wrong, "\n"))
	}
}

// What is computed is what the gate itself says of drawn histories, within four standard errors.
func TestNoisySeedsAreAsTheGateSays(t *testing.T) {
	t.Parallel()
	const histories = 1000
	for _, p := range []noisy{{2, 2, 1}, {3, 3, 3}, {10, 2, 0.5}} {
		want, err := p.exactly()
		if err != nil {
			t.Fatal(err)
		}
		src := rand.New(rand.NewPCG(1, 2))
		var got [4]answers
		for range histories {
			base := training{accuracy, deviation, 0}.true(src, p.base)
			for i, d := range drops {
				head := training{accuracy - d, p.times * deviation, 0}.true(src, p.head)
				got[i].count(judge(sure(allowed), measured(head, 0), measured(base, 0)), 1.0/histories)
			}
		}
		for i, d := range drops {
			for what, pair := range map[string][2]float64{"fails": {got[i].fails, want[i].fails}, "passes": {got[i].passes, want[i].passes}} {
				if g, w := pair[0], pair[1]; math.Abs(g-w) > 4*math.Sqrt(w*(1-w)/histories)+1e-3 {
					t.Errorf("%+v, drop %v: %s %.4f of drawn histories, %.4f by the sums", p, d, what, g, w)
				}
			}
		}
	}
}

// true are the true accuracies of some models.
func (t training) true(src *rand.Rand, seeds int) []float64 {
	out := make([]float64, seeds)
	for i := range out {
		out[i] = t.accuracy + t.deviation*src.NormFloat64()
	}
	return out
}
