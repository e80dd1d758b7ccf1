package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const few = 200

// Of every place of the grid, 200 histories: the gate keeps its level, within four standard errors of so
// many; the seed is fixed, so that this says the same at any time.
func TestLevelOfSeedsIsKept(t *testing.T) {
	t.Parallel()
	if all := broken(places(), drawAll(places(), few, 1), few); len(all) > 0 {
		t.Errorf("wrong more often than it says:\n%s", strings.Join(all, "\n"))
	}
}

// Looking after every seed keeps the level too; the control, Welch's t as often, does not.
func TestLevelOfPeekingIsKept(t *testing.T) {
	t.Parallel()
	found := peekAll(2*few, 1)
	bound := slices.Index(drops, allowed)
	limit := 1 - confidence + 4*math.Sqrt((1-confidence)*confidence/(2*few))
	for i, l := range lookers {
		a := found[i][bound]
		switch over := a.fails > limit || a.passes > limit; {
		case over && i != 1:
			t.Errorf("%s: %+v", l.name, a)
		case !over && i == 1:
			t.Errorf("%s keeps the level: %+v; does the test look often enough?", l.name, a)
		}
	}
}

// The same seed writes the same table.
func TestDrawnTablesAreTheSame(t *testing.T) {
	t.Parallel()
	two := places()[1:3]
	if a, b := seedsTable(two, drawAll(two, 20, 7)), seedsTable(two, drawAll(two, 20, 7)); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

// Draws are held to the binomial's mean and variance.
func TestDrawn(t *testing.T) {
	t.Parallel()
	src := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		n int
		p float64
	}{{5, 0.3}, {200, 0.9}, {1000, 0.004}, {100_000, 0.87}} {
		const draws = 20_000
		var sum, squares float64
		m, sd := float64(c.n)*c.p, math.Sqrt(float64(c.n)*c.p*(1-c.p))
		for range draws {
			z := (float64(drawn(src, c.n, c.p)) - m) / sd
			sum += z
			squares += z * z
		}
		if math.Abs(sum/draws) > 4/math.Sqrt(draws) || math.Abs(squares/draws-1) > 0.06 {
			t.Errorf("%+v: mean off by %v, variance %v", c, sum/draws, squares/draws)
		}
	}
}

// The rules of other tools, on numbers that can be counted by hand.
func TestPeers(t *testing.T) {
	t.Parallel()
	history := []float64{1, 2, 3, 4, 5} // mean 3, deviation √2, quartiles 2 and 4
	for what, ok := range map[string]bool{
		"ratio": ratioRule(history, 2.4) && !ratioRule(history, 2.6),
		"z":     below(history, 3-1.65*math.Sqrt2, zOf) && !below(history, 3-1.64*math.Sqrt2, zOf),
		"t":     below(history, 3-2.14*math.Sqrt2, tOf(5)) && !below(history, 3-2.13*math.Sqrt2, tOf(5)),
		"iqr":   iqrRule(history, -0.1) && !iqrRule(history, 0.1),
	} {
		if !ok {
			t.Error(what)
		}
	}
}
