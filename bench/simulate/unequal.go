package main

import (
	"fmt"
	"math/rand/v2"
)

// noisy is a place where the sides have different numbers of seeds, or where a change makes training noisier:
// its deviation is so many times the baseline's.
type noisy struct {
	head, base int
	times      float64
}

var noisies = []noisy{
	{2, 2, 0.3}, {2, 2, 1}, {2, 2, 3}, {3, 3, 0.3}, {3, 3, 1}, {3, 3, 3}, {5, 5, 3}, {10, 10, 0.3}, {10, 10, 3},
	{3, 2, 1}, {5, 2, 0.3}, {5, 2, 1}, {10, 2, 0.5}, {10, 2, 1}, {10, 3, 0.5}, {10, 3, 1}, {10, 3, 3},
}

func (p noisy) simulate(histories int, seed uint64) [4]answers {
	src := rand.New(rand.NewPCG(seed, uint64(p.head)<<16|uint64(p.base)<<8|uint64(10*p.times)))
	var out [4]answers
	for range histories {
		base := training{accuracy, deviation, 0}.true(src, p.base)
		for i, d := range drops {
			head := training{accuracy - d, p.times * deviation, 0}.true(src, p.head)
			out[i].count(judge(sure(allowed), measured(head, 0), measured(base, 0)), 1/float64(histories))
		}
	}
	return out
}

// true are the true accuracies of some models.
func (t training) true(src *rand.Rand, seeds int) []float64 {
	out := make([]float64, seeds)
	for i := range out {
		out[i] = t.accuracy + t.deviation*src.NormFloat64()
	}
	return out
}

func noisyAll(histories int, seed uint64) [][4]answers {
	out := make([][4]answers, len(noisies))
	each(len(noisies), func(i int) { out[i] = noisies[i].simulate(histories, seed) })
	return out
}

func noisyTable(found [][4]answers) string {
	text := "| seeds of the change | of the baseline | deviation | no change | −0.2 % | −1 % | −3 % |\n|--:|--:|--:|--:|--:|--:|--:|\n"
	for i, p := range noisies {
		text += fmt.Sprintf("| %d | %d | %v : 1 |", p.head, p.base, p.times)
		for j, d := range drops {
			text += " " + found[i][j].cell(allowed, d) + " |"
		}
		text += "\n"
	}
	return text
}

// tooNoisy is overLevel of these.
func tooNoisy(found [][4]answers, histories int) []string {
	all := make([]sample, len(noisies))
	for i, p := range noisies {
		all[i] = sample{name: fmt.Sprintf("%+v", p)}
	}
	return overLevel(all, found, histories)
}

// sides are different numbers of examples of change and baseline.
var sides = [][2]int{{200, 50}, {500, 200}, {1000, 200}, {5000, 1000}, {100_000, 5000}}

// unequalTable has the level of counted hits where the sides have different numbers of examples, and how far the
// gate is behind the best valid test.
func unequalTable(sides [][2]int) string {
	rows := make([]string, len(sides))
	each(len(sides), func(i int) {
		n, m := sides[i][0], sides[i][1]
		var fails, passes, late worst
		for _, p := range accuracies {
			base := newBinomial(m, p)
			at := turning(surely(n, m, allowed), n, base)
			for _, d := range drops {
				switch a := exactly(n, base, at, p-d); {
				case d == allowed:
					fails.see(a.fails, p)
					passes.see(a.passes, p)
				case n <= countable:
					late.see(bestOfHits(n, m, p, d)-a.right(allowed, d), p)
				}
			}
		}
		behind := "–"
		if n <= countable {
			behind = fmt.Sprintf("%.1f, at %v", 100*late.share, late.at)
		}
		rows[i] = fmt.Sprintf("| %s | %s | %.2f at %v | %.2f at %v | %s |\n", thousands(n), thousands(m), 100*fails.share, fails.at, 100*passes.share, passes.at, behind)
	})
	text := "| n of the change | of the baseline | fails | passes | behind by at most |\n|--:|--:|--:|--:|--:|\n"
	for _, r := range rows {
		text += r
	}
	return text
}
