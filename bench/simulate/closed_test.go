package main

import (
	"math"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// The closed form rests on it: with more hits of head a verdict never gets worse.
func TestMoreHitsAreNeverWorse(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 7, 22} {
		for _, r := range []mlgate.GateRule{plain(0.01), sure(0.01), sure(0), sure(0.1)} {
			for b := range n + 1 {
				before := mlgate.Fail
				for h := range n + 1 {
					now := judge(r, counted(h, n), counted(b, n))
					if now < before {
						t.Fatalf("n %d, base %d, head %d, %+v: %s after %s", n, b, h, r, now, before)
					}
					before = now
				}
			}
		}
	}
}

// It says what asking the gate about every pair of counts says.
func TestClosedFormIsTheSum(t *testing.T) {
	t.Parallel()
	const n, p, q = 24, 0.8, 0.6
	for says, r := range map[*verdict]mlgate.GateRule{to(plainly(n)): plain(allowed), to(surely(n, n, allowed)): sure(allowed)} {
		base := newBinomial(n, p)
		got := exactly(n, base, turning(*says, n, base), q)
		var want answers
		for b := range n + 1 {
			for h := range n + 1 {
				want.count(judge(r, counted(h, n), counted(b, n)), chance(b, n, p)*chance(h, n, q))
			}
		}
		if math.Abs(got.fails-want.fails) > 1e-11 || math.Abs(got.passes-want.passes) > 1e-11 || math.Abs(got.open-want.open) > 1e-11 {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func to[T any](v T) *T { return &v }

// The gate says of counts beyond exact sums, and of different ones, what the simulation takes it to say.
func TestVerdictsAreTheGates(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]int{{200, 100}, {1000, 1000}, {20_000, 20_000}} {
		says := surely(c[0], c[1], allowed)
		for _, away := range []float64{-0.08, -0.04, -0.03, -0.01, 0, 0.02, 0.05} {
			head, base := int(float64(c[0])*(0.9+away)), int(float64(c[1])*0.9)
			if got, want := says(head, base), judge(sure(allowed), counted(head, c[0]), counted(base, c[1])); got != want {
				t.Errorf("%v at %v: got %s, the gate says %s", c, away, got, want)
			}
		}
	}
}

func chance(k, n int, p float64) float64 {
	return math.Exp(logChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log(1-p))
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

func TestFirst(t *testing.T) {
	t.Parallel()
	for n := range 12 {
		for want := range n + 2 {
			for guess := -1; guess <= n+1; guess++ {
				if got := first(guess, n, func(k int) bool { return k >= want }); got != want {
					t.Fatalf("n %d, guess %d: got %d, want %d", n, guess, got, want)
				}
			}
		}
	}
}
