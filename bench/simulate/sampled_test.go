package main

import (
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Tests of examples, different numbers of seeds and noisier changes keep the level too, within four standard
// errors of 200 histories each.
func TestLevelOfSamplesIsKept(t *testing.T) {
	t.Parallel()
	all := samples()
	if wrong := overLevel(all, sampleAll(all, few, 1), few); len(wrong) > 0 {
		t.Errorf("wrong more often than it says:\n%s", strings.Join(wrong, "\n"))
	}
}

// Of pairs of 0 and 1 nothing is drawn: at the bound the gate is wrong in at most 5 of 100, and not much less.
func TestLevelOfPairsIsKept(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0.02, 0.04, 0.1, 0.3} {
		a := pairAnswers(100, share)[2]
		if level := 1 - confidence; a.fails > level || a.passes > level || a.fails < 0.01 {
			t.Errorf("%v differ: %+v", share, a)
		}
	}
}

// The gate says of examples what the simulation takes it to say of their counts.
func TestVerdictsOfPairsAreTheGates(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int{{200, 1, 9}, {200, 0, 0}, {200, 3, 9}, {200, 4, 5}, {1000, 30, 30}, {1000, 20, 50}, {1000, 150, 152}, {1000, 170, 100}} {
		n, x, y := c[0], c[1], c[2]
		head, base := make([]float64, n), make([]float64, n)
		for i := range head {
			both := 1.0
			if i < n/10 {
				both = 0
			}
			head[n-1-i], base[n-1-i] = both, both
		}
		for i := range x + y {
			head[i], base[i] = 1, 0
			if i >= x {
				head[i], base[i] = 0, 1
			}
		}
		if got, want := pairVerdict(n, x, y), verdictOf(gate.Pairs(mlgate.Share, head, base, nil, nil, sure(allowed))); got != want {
			t.Errorf("%v: got %s, the gate says %s", c, got, want)
		}
	}
}

// No test beats the best: of two coins a fair and a certain one.
func TestStrongest(t *testing.T) {
	t.Parallel()
	if got := strongest([]chanceOf{{0.5, 0}, {0.5, 1}}, 0.05); got < 0.0999 || got > 0.1001 {
		t.Errorf("got %v, want a tenth: heads, in one of ten", got)
	}
}

// What bounds a test of means: by SciPy's gamma law for exponential distances, by two million drawn likelihood
// ratios for what is mostly 0, by z for the others; and at the bound nothing is found but the level.
func TestBestOfMeans(t *testing.T) {
	t.Parallel()
	for _, l := range laws {
		if got := l.best(100, allowed); got < 0.0498 || got > 0.0502 {
			t.Errorf("%s, at the bound: %v", l.name, got)
		}
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"exponential, 30, passes", bestOfExponential(30, 0), 0.121229},
		{"exponential, 30, fails", bestOfExponential(30, 0.03), 0.361858},
		{"exponential, 1000", bestOfExponential(1000, 0.002), 0.781514},
		{"mostly 0, 30", bestOfRare(30, 0.03), 0.2922},
		{"mostly 0, 200", bestOfRare(200, 0), 0.4070},
		{"normal, 30", bestOfNormal(30, 0), 0.136303},
		{"groups of one", knowing(func(n int, _ float64) float64 { return noise / math.Sqrt(float64(n)) })(30, 0), 0.136303},
		{"lognormal, 30", bestOfLognormal(30, 0), 0.165977},
	} {
		if math.Abs(c.got-c.want) > 5e-4 {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
}
