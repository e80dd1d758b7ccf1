package main

import (
	"math"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// The closed form rests on it: with more hits of head a verdict never gets worse.
func TestMoreHitsAreNeverWorse(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 7, 40} {
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
	const n, p, q = 60, 0.8, 0.7
	for _, r := range []mlgate.GateRule{plain(0.05), sure(0.05)} {
		base := newBinomial(n, p)
		got := exactly(n, base, turning(r, n, base), q)
		var want answers
		for b := range n + 1 {
			for h := range n + 1 {
				m := chance(b, n, p) * chance(h, n, q)
				switch judge(r, counted(h, n), counted(b, n)) {
				case mlgate.Fail:
					want.fails += m
				case mlgate.Pass:
					want.passes += m
				default:
					want.open += m
				}
			}
		}
		if math.Abs(got.fails-want.fails) > 1e-11 || math.Abs(got.passes-want.passes) > 1e-11 || math.Abs(got.open-want.open) > 1e-11 {
			t.Errorf("got %+v, want %+v", got, want)
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
