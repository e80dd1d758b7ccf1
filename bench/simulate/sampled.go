package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// sample is a way in which what is known of single examples comes to be, and the verdict about a drop of each
// size. The best valid test is z's, which knows the standard error: stderr for a drop; nil: there is none.
type sample struct {
	name   string
	n      int
	draw   func(src *rand.Rand, n int) [4]mlgate.Status
	stderr func(n int, drop float64) float64
	// Too few of them for the level of a mean: it is kept in the limit, and of few whose law leans to one side or is
	// mostly 0 no test keeps it for every law (R. Bahadur and L. Savage, 1956).
	few bool
}

const (
	noise     = 0.1 // standard deviation of a difference of two examples
	groupSize = 10
)

// samples is the grid of drawn tests of examples.
func samples() []sample {
	var all []sample
	known := func(n int, _ float64) float64 { return noise / math.Sqrt(float64(n)) }
	for _, n := range []int{30, 200, 1000, 2000} {
		all = append(all,
			sample{"pairs of numbers, normal", n, differing((*rand.Rand).NormFloat64), known, false},
			sample{"pairs of numbers, exponential", n, differing(func(r *rand.Rand) float64 { return 1 - r.ExpFloat64() }), known, n < 200},
			sample{"pairs of numbers, one in ten differs", n, differing(rare), known, n == 200})
	}
	for _, n := range []int{200, 500, 2000} {
		all = append(all, sample{fmt.Sprintf("pairs in groups of %d", groupSize), n, grouped, nil, n < 500})
	}
	for _, n := range []int{200, 1000, 2000} {
		all = append(all, sample{"pairs of scores, AUC 0.85", n, curves, nil, false})
	}
	for _, n := range []int{200, 1000, 2000} {
		all = append(all, sample{"stated standard errors, 1 : 3", n, stated, func(n int, _ float64) float64 {
			return noise * math.Sqrt(1/float64(n)+9/float64(5*n))
		}, false})
	}
	return all
}

// rare is 0 in nine of ten, and else either way, of variance 1.
func rare(r *rand.Rand) float64 {
	if r.IntN(10) > 0 {
		return 0
	}
	return math.Sqrt(10) * r.NormFloat64()
}

// lowered are the verdicts about the same numbers of head, each drop taken off: a test of differences only
// moves with them.
func lowered(e stat.Estimate, err error) (out [4]mlgate.Status) {
	for i, d := range drops {
		switch {
		case err != nil:
			out[i] = mlgate.Inconclusive
		case e.Below(d-allowed) <= 1-confidence:
			out[i] = mlgate.Fail
		case e.Above(d-allowed) <= 1-confidence:
			out[i] = mlgate.Pass
		default:
			out[i] = mlgate.Inconclusive
		}
	}
	return out
}

// differing draws differences of pairs, and takes the test that the gate takes.
func differing(draw func(*rand.Rand) float64) func(*rand.Rand, int) [4]mlgate.Status {
	return func(src *rand.Rand, n int) [4]mlgate.Status {
		head, base := make([]float64, n), make([]float64, n)
		for i := range head {
			head[i] = noise * draw(src)
		}
		return lowered(gate.Pairs(mlgate.Mean, head, base, nil, nil, sure(allowed)))
	}
}

// grouped draws pairs of which half the variance is their group's.
func grouped(src *rand.Rand, n int) [4]mlgate.Status {
	head, base, groups := make([]float64, n), make([]float64, n), make([]string, n)
	both := 0.0
	for i := range head {
		if i%groupSize == 0 {
			both = src.NormFloat64()
		}
		head[i], groups[i] = noise*math.Sqrt2/2*(both+src.NormFloat64()), fmt.Sprint(i/groupSize)
	}
	r := sure(allowed)
	r.Resamples, r.Seed = 1000, 1
	return lowered(gate.Pairs(mlgate.Mean, head, base, nil, groups, r))
}

// curves draws two models' scores of the same examples, a third of them true; the scores go together by 0.8.
func curves(src *rand.Rand, n int) (out [4]mlgate.Status) {
	const auc, together = 0.85, 0.8
	apart := func(auc float64) float64 { return math.Sqrt2 * normalQuantile(auc) }
	head, base, labels := make([]float64, n), make([]float64, n), make([]bool, n)
	for i := range head {
		both := math.Sqrt(together) * src.NormFloat64()
		head[i], base[i] = both+math.Sqrt(1-together)*src.NormFloat64(), both+math.Sqrt(1-together)*src.NormFloat64()
		if labels[i] = i%3 == 0; labels[i] {
			base[i] += apart(auc)
		}
	}
	moved := make([]float64, n)
	for i, d := range drops {
		for k, x := range head {
			if moved[k] = x; labels[k] {
				moved[k] += apart(auc - d)
			}
		}
		out[i] = verdictOf(gate.Pairs(mlgate.AUC, moved, base, labels, nil, sure(allowed)))
	}
	return out
}

// normalQuantile is the number below which a standard normal lies with chance p.
func normalQuantile(p float64) float64 {
	if p < 0.5 {
		return -normalQuantile(1 - p)
	}
	return scaled(stat.Z(0, 1, 2*p-1))
}

// stated draws what two test sets say of their means: the baseline's of five times as many examples, with three
// times the deviation.
func stated(src *rand.Rand, n int) [4]mlgate.Status {
	means := func(n int, deviation float64) (mean, stderr float64) {
		var sum, squares float64
		for range n {
			x := deviation * src.NormFloat64()
			sum += x
			squares += x * x
		}
		mean = sum / float64(n)
		return mean, math.Sqrt((squares/float64(n) - mean*mean) / float64(n-1))
	}
	h, hs := means(n, noise)
	b, bs := means(5*n, 3*noise)
	return lowered(stat.ZDifference(h, hs, b, bs, 2*confidence-1))
}

// simulate draws histories.
func (s sample) simulate(histories int, seed uint64) [4]answers {
	src := rand.New(rand.NewPCG(seed, uint64(s.n)<<8|uint64(len(s.name))))
	var out [4]answers
	for range histories {
		for i, status := range s.draw(src, s.n) {
			out[i].count(status, 1/float64(histories))
		}
	}
	return out
}

func sampleAll(all []sample, histories int, seed uint64) [][4]answers {
	out := make([][4]answers, len(all))
	each(len(all), func(i int) { out[i] = all[i].simulate(histories, seed) })
	return out
}

func sampledTable(all []sample, found [][4]answers) string {
	text := "| test of | n | no change | −0.2 % | −1 % | −3 % | behind |\n|:--|--:|--:|--:|--:|--:|--:|\n"
	for i, s := range all {
		text += fmt.Sprintf("| %s | %s |", s.name, thousands(s.n))
		short := 0.0
		for j, d := range drops {
			text += " " + found[i][j].cell(allowed, d) + " |"
			if s.stderr != nil && d != allowed {
				short = max(short, normally(s.stderr(s.n, allowed), s.stderr(s.n, d), d)-found[i][j].right(allowed, d))
			}
		}
		if s.stderr == nil {
			text += " – |\n"
			continue
		}
		text += fmt.Sprintf(" %.1f |\n", 100*short)
	}
	return text
}

// overLevel lists where a bound that just holds fails, or passes, more often than the gate says, beyond four
// standard errors of so many histories.
func overLevel(all []sample, found [][4]answers, histories int) []string {
	limit := 1 - confidence + 4*math.Sqrt((1-confidence)*confidence/float64(histories))
	var out []string
	for i, s := range all {
		if a := found[i][2]; !s.few && (a.fails > limit || a.passes > limit) {
			out = append(out, fmt.Sprintf("%s, n %d: fails %.4f, passes %.4f", s.name, s.n, a.fails, a.passes))
		}
	}
	return out
}
