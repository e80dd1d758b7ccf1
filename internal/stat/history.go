package stat

import (
	"fmt"
	"math"
	"slices"
)

// Median is the middle of the numbers, the mean of both middle ones when they are even. It needs one.
func Median(xs []float64) (float64, error) {
	if err := checkFinite("numbers", xs); err != nil {
		return 0, err
	}
	if len(xs) == 0 {
		return 0, fmt.Errorf("taking the median of no numbers: %w", ErrTooFew)
	}
	sorted := slices.Clone(xs)
	slices.Sort(sorted)
	low, high := sorted[(len(sorted)-1)/2], sorted[len(sorted)/2]
	return low/2 + high/2, nil
}

// MAD is the median absolute deviation from the median, times 1.482602218505602: an estimate of the
// standard deviation of normal numbers that up to half of them cannot spoil (F. Hampel, JASA 69, 1974).
// It is 0 when more than half are equal. It needs one number.
func MAD(xs []float64) (median, deviation float64, err error) {
	if median, err = Median(xs); err != nil {
		return 0, 0, err
	}
	deviations := make([]float64, len(xs))
	for i, x := range xs {
		deviations[i] = math.Abs(x - median)
	}
	d, err := Median(deviations)
	if err != nil {
		return 0, 0, fmt.Errorf("taking the deviation from a median of %v: %w", median, err)
	}
	return median, d * 1.482602218505602, nil
}

// EWMA is the exponentially weighted moving average of numbers from the oldest to the newest (S. Roberts,
// Technometrics 1, 1959): the first number starts it, and each one after counts with weight, 0 < weight ≤ 1.
// factor times the standard deviation of a number is the standard error of the average, the weights being
// w, w(1−w), …, and (1−w)ⁿ⁻¹ of the first: √(Σ weights²). It needs one number.
func EWMA(xs []float64, weight float64) (average, factor float64, err error) {
	if !(weight > 0 && weight <= 1) {
		return 0, 0, fmt.Errorf("averaging with a weight of %v: want above 0, at most 1: %w", weight, ErrInput)
	}
	if err := checkFinite("numbers", xs); err != nil {
		return 0, 0, err
	}
	if len(xs) == 0 {
		return 0, 0, fmt.Errorf("averaging no numbers: %w", ErrTooFew)
	}
	average, squares := xs[0], 1.0
	for _, x := range xs[1:] {
		average = (1-weight)*average + weight*x
		squares = (1-weight)*(1-weight)*squares + weight*weight
	}
	return average, math.Sqrt(squares), nil
}
