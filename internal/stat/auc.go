package stat

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// AUC estimates the area under the ROC curve, the chance that an example of label true scores above one
// of label false, ties counting half, with the variance of E. DeLong, D. DeLong and D. Clarke-Pearson
// (Biometrics 44, 1988), by midranks (X. Sun and W. Xu, IEEE Signal Processing Letters 21, 2014) in
// O(n log n). The interval is normal, cut at 0 and 1; an AUC of 0 or 1 has a Stderr of 0 and claims
// certainty. It needs two examples of each label.
func AUC(scores []float64, labels []bool, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	p, err := placementsOf(scores, labels)
	if err != nil {
		return Estimate{}, fmt.Errorf("estimating an AUC: %w", err)
	}
	e := located("delong", p.auc, math.Sqrt(p.covariance(p)), math.Inf(1), level)
	e.Interval = Interval{max(0, e.Interval.Low), min(1, e.Interval.High)}
	return e, nil
}

// AUCDifference compares the AUC of two models, head − base, on the same examples: DeLong's test for
// correlated curves. Interval normal, in [−1, 1]. It needs two examples of each label; where both models
// order all examples alike the difference is certain.
func AUCDifference(head, base []float64, labels []bool, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	h, err := placementsOf(head, labels)
	if err != nil {
		return Estimate{}, fmt.Errorf("comparing two AUCs: head: %w", err)
	}
	b, err := placementsOf(base, labels)
	if err != nil {
		return Estimate{}, fmt.Errorf("comparing two AUCs: base: %w", err)
	}
	d := placements{above: minus(h.above, b.above), under: minus(h.under, b.under), auc: h.auc - b.auc}
	e := located("delong", d.auc, math.Sqrt(d.covariance(d)), math.Inf(1), level)
	e.Interval = Interval{max(-1, e.Interval.Low), min(1, e.Interval.High)}
	return e, nil
}

// placements are DeLong's structural components: of each example of one label the share of the other
// label that it scores on the right side of.
type placements struct {
	above, under []float64 // of the examples of label true, of label false
	auc          float64
}

func placementsOf(scores []float64, labels []bool) (placements, error) {
	if len(scores) != len(labels) {
		return placements{}, fmt.Errorf("reading %d scores with %d labels: want as many: %w", len(scores), len(labels), ErrInput)
	}
	if err := checkFinite("scores", scores); err != nil {
		return placements{}, err
	}
	var hits, misses []float64
	for i, s := range scores {
		if labels[i] {
			hits = append(hits, s)
		} else {
			misses = append(misses, s)
		}
	}
	if len(hits) < 2 || len(misses) < 2 {
		return placements{}, fmt.Errorf("reading labels: %d true, %d false; want at least 2 of each: %w", len(hits), len(misses), ErrTooFew)
	}
	all := midranks(scores)
	within, without := midranks(hits), midranks(misses)
	p := placements{}
	var sum float64
	n, m := float64(len(hits)), float64(len(misses))
	for i, rank := range all {
		if labels[i] {
			v := (rank - within[len(p.above)]) / m
			p.above = append(p.above, v)
			sum += v
		} else {
			p.under = append(p.under, 1-(rank-without[len(p.under)])/n)
		}
	}
	p.auc = sum / n
	return p, nil
}

// covariance of the AUC with another one of the same examples.
func (p placements) covariance(q placements) float64 {
	return max(0, covariance(p.above, q.above)/float64(len(p.above))+covariance(p.under, q.under)/float64(len(p.under)))
}

func covariance(xs, ys []float64) float64 {
	mx, my, sum := meanOf(xs), meanOf(ys), 0.0
	for i := range xs {
		sum += (xs[i] - mx) * (ys[i] - my)
	}
	return sum / float64(len(xs)-1)
}

func minus(xs, ys []float64) []float64 {
	out := make([]float64, len(xs))
	for i := range xs {
		out[i] = xs[i] - ys[i]
	}
	return out
}

// midranks gives the rank of every number from 1, equal numbers sharing the mean of theirs.
func midranks(xs []float64) []float64 {
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(xs[a], xs[b]) })
	ranks := make([]float64, len(xs))
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && xs[order[j]] == xs[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			ranks[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return ranks
}
