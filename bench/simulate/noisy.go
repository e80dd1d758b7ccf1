package main

import (
	"fmt"
	"math"

	"github.com/mlgate/mlgate/internal/stat"
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

const (
	noisier = 3 // as noisy as a change may be, for which a gate's failures hold their level (as internal/gate has it)
	fine    = 0.1
	thin    = 1e-12 // weights that are left out, of the largest
)

// needs is how far from the bound the difference of two means must lie for the gate to fail or to pass, when both
// sides' squares about their means add up to 1, of which share is head's. Tests do not hang on the unit of the
// numbers, so that this is all that there is to know of one.
func (p noisy) needs(share float64) (fail, pass float64, err error) {
	head, base := distant(p.head, p.times*p.times*share), distant(p.base, 1-share)
	firm, err := stat.FirmWelch(head, base, noisier, 2*confidence-1)
	if err != nil {
		return 0, 0, err
	}
	kept, err := stat.CautiousWelch(head, base, 2*confidence-1)
	return firm.Interval.High - firm.Value, kept.Value - kept.Interval.Low, err
}

// distant are so many numbers whose squares about their mean add up to squares.
func distant(count int, squares float64) []float64 {
	out := make([]float64, count)
	out[0], out[1] = math.Sqrt(squares/2), -math.Sqrt(squares/2)
	return out
}

// exactly gives the answers without drawing. The sum of squares, each side's in its own true variance, follows a
// chi-squared distribution, the share of head in it a beta distribution; the difference of the means is normal. None of
// the three hangs on the others.
func (p noisy) exactly() (out [4]answers, err error) {
	vh, vb := float64(p.head-1), float64(p.base-1)
	truth := deviation * math.Sqrt(p.times*p.times/float64(p.head)+1/float64(p.base))
	sums := nodes(math.Log(vh+vb), func(x float64) float64 { return (vh+vb)/2*x - math.Exp(x)/2 })
	logit := func(x float64) (share, rest float64) { return 1 / (1 + math.Exp(-x)), 1 / (1 + math.Exp(x)) }
	shares := nodes(math.Log(vh/vb), func(x float64) float64 {
		a, b := logit(x)
		return (vh*math.Log(a) + vb*math.Log(b)) / 2
	})
	for _, s := range shares {
		share, _ := logit(s.x)
		fail, pass, err := p.needs(share)
		if err != nil {
			return out, fmt.Errorf("asking for the verdict on %d and %d seeds: %w", p.head, p.base, err)
		}
		for _, q := range sums {
			scale := deviation * math.Exp(q.x/2)
			for i, d := range drops {
				out[i].fails += s.weight * q.weight * above((fail*scale+allowed-d)/truth)
				out[i].passes += s.weight * q.weight * above((pass*scale+d-allowed)/truth)
			}
		}
	}
	for i := range out {
		out[i].open = max(0, 1-out[i].fails-out[i].passes)
	}
	return out, nil
}

// above is the chance that a standard normal is above z.
func above(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

type node struct{ x, weight float64 }

// nodes are even steps about a peak, with the weights that a logarithm of a density gives them; they add up to 1.
func nodes(peak float64, log func(float64) float64) []node {
	var out []node
	sum := 0.0
	for _, way := range []float64{fine, -fine} {
		for x := peak + min(0, way); ; x += way {
			w := math.Exp(log(x) - log(peak))
			if w < thin {
				break
			}
			out, sum = append(out, node{x, w}), sum+w
		}
	}
	for i := range out {
		out[i].weight /= sum
	}
	return out
}

func noisyAll() ([][4]answers, error) {
	out, errs := make([][4]answers, len(noisies)), make([]error, len(noisies))
	each(len(noisies), func(i int) { out[i], errs[i] = noisies[i].exactly() })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
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

// tooNoisy lists where a bound that just holds fails, or passes, more often than the gate says, but for a
// ten-thousandth that its tables and these sums may be off by.
func tooNoisy(found [][4]answers) []string {
	var out []string
	for i, p := range noisies {
		if a := found[i][2]; max(a.fails, a.passes) > 1-confidence+1e-4 {
			out = append(out, fmt.Sprintf("%+v: fails %.5f, passes %.5f", p, a.fails, a.passes))
		}
	}
	return out
}
