package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// sample is a way in which what is known of single examples comes to be, and the verdict about a drop of each
// size.
type sample struct {
	name string
	n    int
	draw func(src *rand.Rand, n int) [4]mlgate.Status
	best func(n int, drop float64) float64 // how often at most a valid test is right
	hard bool                              // no level is promised
}

const (
	noise     = 0.1 // standard deviation of a difference of two examples
	groupSize = 10
	times     = 4 // as many histories as of what costs more
)

// samples is the grid of drawn tests of examples.
func samples() []sample {
	var all []sample
	for _, n := range []int{30, 200, 1000, 2000} {
		for _, l := range laws {
			all = append(all, sample{"pairs of numbers, " + l.name, n, differing(l.draw), l.best, l.hard})
		}
	}
	for _, n := range []int{200, 500, 2000} {
		all = append(all, sample{fmt.Sprintf("pairs in groups of %d", groupSize), n, grouped, knowing(func(n int, _ float64) float64 {
			return noise * math.Sqrt((1+groupSize)/float64(2*n))
		}), false})
	}
	for _, n := range []int{200, 1000, 2000} {
		all = append(all, sample{"pairs of scores, AUC 0.85", n, curves, knowing(errorOfCurves), false})
	}
	for _, n := range []int{200, 1000, 2000} {
		all = append(all, sample{"stated standard errors, 1 : 3", n, stated, knowing(func(n int, _ float64) float64 {
			return noise * math.Sqrt(1/float64(n)+9/float64(5*n))
		}), false})
	}
	return all
}

// knowing is z that knows the standard error of each drop.
func knowing(stderr func(n int, drop float64) float64) func(int, float64) float64 {
	return func(n int, drop float64) float64 { return normally(stderr(n, allowed), stderr(n, drop), drop) }
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
	return lowered(gate.Pairs(mlgate.Mean, head, base, nil, groups, sure(allowed)))
}

// scored are two models' scores of the same examples, a third of them true, the head's without what a true one
// has more; the scores go together by 0.8.
type scored struct {
	head, base []float64
	labels     []bool
}

const auc, together = 0.85, 0.8

func drawCurves(src *rand.Rand, n int) scored {
	s := scored{make([]float64, n), make([]float64, n), make([]bool, n)}
	for i := range s.head {
		both := math.Sqrt(together) * src.NormFloat64()
		s.head[i], s.base[i] = both+math.Sqrt(1-together)*src.NormFloat64(), both+math.Sqrt(1-together)*src.NormFloat64()
		if s.labels[i] = i%3 == 0; s.labels[i] {
			s.base[i] += apart(auc)
		}
	}
	return s
}

// apart is how far two normal laws lie from each other whose curve has such an area.
func apart(auc float64) float64 { return math.Sqrt2 * normalQuantile(auc) }

// difference is the gate's estimate for a head that is worse by a drop.
func (s scored) difference(drop float64) (stat.Estimate, error) {
	moved := slices.Clone(s.head)
	for k, label := range s.labels {
		if label {
			moved[k] += apart(auc - drop)
		}
	}
	return gate.Pairs(mlgate.AUC, moved, s.base, s.labels, nil, sure(allowed))
}

func curves(src *rand.Rand, n int) (out [4]mlgate.Status) {
	s := drawCurves(src, n)
	for i, d := range drops {
		out[i] = verdictOf(s.difference(d))
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
	for range times * histories {
		for i, status := range s.draw(src, s.n) {
			out[i].count(status, 1/float64(times*histories))
		}
	}
	return out
}

func sampleAll(all []sample, histories int, seed uint64) [][4]answers {
	out := make([][4]answers, len(all))
	each(len(all), func(i int) { out[i] = all[i].simulate(histories, seed) })
	return out
}

// behind is by how many points at most a test is right less often than the best, over drops.
func (s sample) behind(found [4]answers) float64 {
	short := 0.0
	for j, d := range drops {
		if d != allowed {
			short = max(short, s.best(s.n, d)-found[j].right(allowed, d))
		}
	}
	return 100 * short
}

func sampledTable(all []sample, found [][4]answers) string {
	rows := make([]string, len(all))
	each(len(all), func(i int) {
		rows[i] = fmt.Sprintf("| %s | %s |", all[i].name, thousands(all[i].n))
		for j, d := range drops {
			rows[i] += " " + found[i][j].cell(allowed, d) + " |"
		}
		rows[i] += fmt.Sprintf(" %.1f |\n", all[i].behind(found[i]))
	})
	return "| test of | n | no change | −0.2 % | −1 % | −3 % | behind |\n|:--|--:|--:|--:|--:|--:|--:|\n" + strings.Join(rows, "")
}

// overLevel lists where a bound that just holds fails, or passes, more often than the gate says, beyond four
// standard errors of so many histories.
func overLevel(all []sample, found [][4]answers, histories int) []string {
	var out []string
	for i, s := range all {
		limit := 1 - confidence + 4*math.Sqrt((1-confidence)*confidence/float64(times*histories))
		if a := found[i][2]; !s.hard && (a.fails > limit || a.passes > limit) {
			out = append(out, fmt.Sprintf("%s, n %d: fails %.4f, passes %.4f", s.name, s.n, a.fails, a.passes))
		}
	}
	return out
}
