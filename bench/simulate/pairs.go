package main

import (
	"fmt"
	"math"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// pairLaw are the shares of n examples that head alone and base alone has right.
type pairLaw struct {
	n                  int
	headOnly, baseOnly float64
}

func (l pairLaw) base() binomial { return newBinomial(l.n, l.baseOnly) }

func (l pairLaw) headGiven(base int) binomial {
	return newBinomial(l.n-base, l.headOnly/(1-l.baseOnly))
}

// pairVerdict is what the gate says of counts; a test holds that it does so of examples that have them.
func pairVerdict(n, headOnly, baseOnly int) mlgate.Status {
	rest := n - headOnly - baseOnly
	wrong := min(rest, n/10)
	return byTails(stat.PairTails(stat.Pairs{Both: rest - wrong, Neither: wrong, HeadOnly: headOnly, BaseOnly: baseOnly}, -allowed))
}

// discordances are shares of examples on which two models differ, drops included.
var discordances = []float64{0.04, 0.1}

// pairAnswers are those to all drops, without drawing: for each count of examples that base alone has right, the
// counts of head's at which the verdict turns.
func pairAnswers(n int, discordance float64) []answers {
	out := make([]answers, len(drops))
	laws := make([]pairLaw, len(drops))
	from, to := n, 0
	for i, d := range drops {
		laws[i] = pairLaw{n, (discordance - d) / 2, (discordance + d) / 2}
		b := laws[i].base()
		from, to = min(from, b.low), max(to, b.low+len(b.mass)-1)
	}
	guess := turns{0, 0}
	for y := from; y <= to; y++ {
		says := func(x int) mlgate.Status { return pairVerdict(n, x, y) }
		guess.failsTo = first(guess.failsTo, n-y, func(x int) bool { return says(x) != mlgate.Fail }) - 1
		guess.passesFrom = first(guess.passesFrom, n-y, func(x int) bool { return says(x) == mlgate.Pass })
		for i, l := range laws {
			m, head := l.base().of(y), l.headGiven(y)
			out[i].fails += m * head.atMost(guess.failsTo)
			out[i].passes += m * (1 - head.atMost(guess.passesFrom-1))
		}
	}
	for i := range out {
		out[i].open = max(0, 1-out[i].fails-out[i].passes)
	}
	return out
}

var pairSizes = []int{200, 1000, 5000, 100_000}

// pairedTable is what the gate says of pairs of 0 and 1, and how far it is behind the best valid test.
func pairedTable(sizes []int) string {
	rows := make([]string, len(sizes)*len(discordances))
	each(len(rows), func(i int) {
		n, share := sizes[i/len(discordances)], discordances[i%len(discordances)]
		found := pairAnswers(n, share)
		row := fmt.Sprintf("| %s | %.0f %% |", thousands(n), 100*share)
		short := 0.0
		for j, d := range drops {
			row += " " + found[j].cell(allowed, d) + " |"
			if d != allowed {
				short = max(short, bestPaired(n, share, d)-found[j].right(allowed, d))
			}
		}
		rows[i] = row + fmt.Sprintf(" %.1f |\n", 100*short)
	})
	text := "| n | differ | no change | −0.2 % | −1 % | −3 % | behind |\n|--:|--:|--:|--:|--:|--:|--:|\n"
	for _, r := range rows {
		text += r
	}
	return text
}

func bestPaired(n int, share, drop float64) float64 {
	if n <= countable {
		return bestOfPairs(n, share, drop)
	}
	stderr := func(d float64) float64 { return math.Sqrt((share - d*d) / float64(n)) }
	return normally(stderr(allowed), stderr(drop), drop)
}
