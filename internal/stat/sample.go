package stat

import (
	"fmt"
	"math"
)

// Z estimates a number whose standard error is known or was stated: value ± z·stderr. A stderr of 0
// means that the value is certain. It is ErrInput when one is NaN or infinite, or stderr negative.
func Z(value, stderr, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if err := checkFinite("a value and its standard error", []float64{value, stderr}); err != nil {
		return Estimate{}, err
	}
	if stderr < 0 {
		return Estimate{}, fmt.Errorf("reading a standard error of %v: want 0 or more: %w", stderr, ErrInput)
	}
	return located("z", value, stderr, math.Inf(1), level), nil
}

// ZDifference compares two independent numbers with their standard errors: the standard error of the
// difference is √(head² + base²). For numbers of the same examples it is too large, and so cautious,
// where they go up and down together.
func ZDifference(head, headErr, base, baseErr, level float64) (Estimate, error) {
	if headErr < 0 || baseErr < 0 {
		return Estimate{}, fmt.Errorf("reading standard errors of %v and %v: want 0 or more: %w", headErr, baseErr, ErrInput)
	}
	return Z(head-base, math.Hypot(headErr, baseErr), level)
}

// MeanT estimates a mean by Student's t: mean ± t·s/√n with n − 1 degrees of freedom. Numbers
// that are all equal are taken for certain. It needs two numbers, and trusts that they are independent and,
// when they are few, roughly normal; [CautiousT] trusts them less.
func MeanT(xs []float64, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	m, err := momentsOf("numbers", xs)
	if err != nil {
		return Estimate{}, fmt.Errorf("estimating a mean: %w", err)
	}
	return located("t", m.mean, math.Sqrt(m.variance/m.n), m.n-1, level), nil
}

// Spread gives the mean of at least two numbers and their standard deviation, without the interval of [MeanT].
func Spread(xs []float64) (mean, deviation float64, err error) {
	m, err := momentsOf("numbers", xs)
	if err != nil {
		return 0, 0, fmt.Errorf("measuring a spread: %w", err)
	}
	return m.mean, math.Sqrt(m.variance), nil
}

// Differences gives head[i] − base[i]. ErrInput for lists of different length, NaN and infinity.
func Differences(head, base []float64) ([]float64, error) {
	if len(head) != len(base) {
		return nil, fmt.Errorf("pairing %d numbers of head with %d of base: want as many: %w", len(head), len(base), ErrInput)
	}
	diffs := make([]float64, len(head))
	for i := range head {
		diffs[i] = head[i] - base[i]
	}
	return diffs, checkFinite("differences of pairs", diffs)
}

// Welch compares two independent samples, repeats with other seeds, say, whose variances may differ
// (B. L. Welch, Biometrika 34, 1947): the standard error is √(s₁²/n₁ + s₂²/n₂), with the degrees of
// freedom of Welch and Satterthwaite. It needs two numbers a side. Where all numbers of a side are equal
// that side is taken for certain; where those of both are, the whole difference.
func Welch(head, base []float64, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	h, err := momentsOf("numbers of head", head)
	if err != nil {
		return Estimate{}, fmt.Errorf("comparing two means: %w", err)
	}
	b, err := momentsOf("numbers of base", base)
	if err != nil {
		return Estimate{}, fmt.Errorf("comparing two means: %w", err)
	}
	stderr, df := welch(h, b)
	return located("welch", h.mean-b.mean, stderr, df, level), nil
}

func welch(h, b moments) (stderr, df float64) {
	v1, v2 := h.variance/h.n, b.variance/b.n
	if v1+v2 == 0 {
		return 0, h.n + b.n - 2
	}
	s1, s2 := v1/(v1+v2), v2/(v1+v2)
	return math.Sqrt(v1 + v2), 1 / (s1*s1/(h.n-1) + s2*s2/(b.n-1))
}

// moments are those of a sample; the variance is the unbiased one.
type moments struct{ n, mean, variance float64 }

// momentsOf reads a sample of at least two finite numbers. It goes over them twice, so that a large
// mean does not eat the variance.
func momentsOf(what string, xs []float64) (moments, error) {
	if err := checkFinite(what, xs); err != nil {
		return moments{}, err
	}
	if len(xs) < 2 {
		return moments{}, fmt.Errorf("reading %s: got %d, want at least 2: %w", what, len(xs), ErrTooFew)
	}
	n := float64(len(xs))
	mean := meanOf(xs)
	var squares, rest float64
	for _, x := range xs {
		d := x - mean
		squares += d * d
		rest += d
	}
	m := moments{n, mean, max(0, squares-rest*rest/n) / (n - 1)}
	if math.IsInf(m.variance, 0) || math.IsNaN(m.variance) {
		return moments{}, fmt.Errorf("reading %s: their variance is too large for a double: %w", what, ErrInput)
	}
	return m, nil
}

// meanOf is the mean of one number or more; of equal numbers it is that number.
func meanOf(xs []float64) float64 {
	var sum float64
	for _, x := range xs {
		sum += x - xs[0]
	}
	return xs[0] + sum/float64(len(xs))
}
