package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// mostSeeds is where a run for more and more seeds ends.
const mostSeeds = 20

// looker decides after a look, or says that it is inconclusive.
type looker struct {
	name  string
	looks func(head, base []float64) mlgate.Status
}

// lookers are the ways to look at each seed: once at the end, by the same test after every seed, and by the
// one that is made for it; then as the gate does when the baseline ran for one seed only.
var lookers = []looker{
	{"Welch's t, once, after 20 seeds", func(head, base []float64) mlgate.Status {
		if len(head) < mostSeeds {
			return mlgate.Inconclusive
		}
		return verdictOf(stat.Welch(head, base, 2*confidence-1))
	}},
	{"Welch's t after every seed", func(head, base []float64) mlgate.Status {
		return verdictOf(stat.Welch(head, base, 2*confidence-1))
	}},
	{"the sequence after every seed", func(head, base []float64) mlgate.Status {
		return verdictOf(stat.SequenceOfTwo(head, base, 2*confidence-1))
	}},
	{"the gate after every seed, baseline of one seed", func(head, base []float64) mlgate.Status {
		h := measured(head, 0)
		h.Runs = mlgate.RunsFixed
		return judge(sure(allowed), h, mlgate.Metric{Value: mlgate.Number(base[0])})
	}},
}

// verdictOf is what the gate makes of an estimate: the p-value of its bound against the confidence.
func verdictOf(e stat.Estimate, err error) mlgate.Status {
	switch {
	case err != nil:
		return mlgate.Inconclusive
	case e.Below(-allowed) <= 1-confidence:
		return mlgate.Fail
	case e.Above(-allowed) <= 1-confidence:
		return mlgate.Pass
	}
	return mlgate.Inconclusive
}

// peek is what a way to look says of a drop, and after how many seeds on average.
type peek struct {
	answers
	seeds float64
}

func (l looker) peek(drop float64, histories int, seed uint64) peek {
	src := rand.New(rand.NewPCG(seed, uint64(drop*1e4)))
	var p peek
	share := 1 / float64(histories)
	for range histories {
		var head, base []float64
		status := mlgate.Inconclusive
		all := training{accuracy, deviation, 0}.scores(src, drop)
		for k := 2; k <= mostSeeds && status == mlgate.Inconclusive; k++ {
			head, base = all[:k], all[mostSeeds:mostSeeds+k]
			status = l.looks(head, base)
		}
		p.count(status, share)
		p.seeds += float64(len(head)) * share
	}
	return p
}

// scores are the true accuracies of as many models as can be asked for, of head and of base.
func (t training) scores(src *rand.Rand, drop float64) []float64 {
	all := make([]float64, 2*mostSeeds)
	for i := range all {
		all[i] = t.accuracy + t.deviation*src.NormFloat64()
		if i < mostSeeds {
			all[i] -= drop
		}
	}
	return all
}

// peekAll looks in every way at every drop.
func peekAll(histories int, seed uint64) [][]peek {
	out := make([][]peek, len(lookers))
	for i := range out {
		out[i] = make([]peek, len(drops))
	}
	each(len(lookers)*len(drops), func(i int) {
		l, d := i/len(drops), i%len(drops)
		out[l][d] = lookers[l].peek(drops[d], histories, seed)
	})
	return out
}

func peekingTable(found [][]peek) string {
	text := "| looks | no change | −0.2 % | −1 % | −3 % |\n|:--|--:|--:|--:|--:|\n"
	for i, l := range lookers {
		text += "| " + l.name + " |"
		for j, d := range drops {
			text += fmt.Sprintf(" %s (%.1f) |", found[i][j].cell(allowed, d), found[i][j].seeds)
		}
		text += "\n"
	}
	return text
}
