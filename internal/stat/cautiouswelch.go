package stat

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// CautiousWelch is [Welch] with p-values that hold for any two numbers of repeats and any two variances:
// each is the largest chance, over all ratios of the true deviations, of a p-value of Welch's that is as
// small, to two thousandths of itself, and never below 1e-11 or so but for repeats that are all equal. It is nearly
// Welch's own from ten repeats a side on; of two a side the statistic counts more where both spreads are alike
// (worst.alike). Interval by inversion.
func CautiousWelch(head, base []float64, level float64) (Estimate, error) {
	return wary("cautious welch", head, base, level, worst{cap: math.Inf(1), most: math.Inf(1)})
}

// FirmWelch is CautiousWelch for a claim that head's own noise must not hide: its standard deviation counts
// as at most [WidestSpread] times that of base, and the p-values hold as long as its true one is at most
// times that of base. A base of repeats that are all equal lets nothing count, but for two of them, which
// chance makes equal where numbers are rounded.
func FirmWelch(head, base []float64, times, level float64) (Estimate, error) {
	if !(times > 0) {
		return Estimate{}, fmt.Errorf("comparing two means: reading how many times as noisy head may be: %v: %w", times, ErrInput)
	}
	if len(base) == 2 && base[0] == base[1] {
		return CautiousWelch(head, base, level)
	}
	widest, err := WidestSpread(len(head), len(base), times, (1-level)/2)
	if err != nil {
		return Estimate{}, err
	}
	return wary("firm welch", head, base, level, worst{cap: widest * widest, most: times})
}

// WidestSpread is how many times the standard deviation of base's repeats that of head's exceeds with a
// chance of p, when the true one is times that of base: times·√F, Fisher's quantile.
func WidestSpread(head, base int, times, p float64) (float64, error) {
	if head < 2 || base < 2 {
		return 0, fmt.Errorf("comparing the spread of %d and %d repeats: want two of each: %w", head, base, ErrTooFew)
	}
	if !(p > 0 && p < 1) {
		return 0, fmt.Errorf("comparing the spread of repeats: reading a chance of %v: %w", p, ErrInput)
	}
	return times * math.Sqrt(upperF(p, float64(head-1), float64(base-1))), nil
}

// upperF is the value above which Fisher's F lies with chance p.
func upperF(p, head, base float64) float64 {
	share := mathext.InvRegIncBeta(base/2, head/2, p) // of base in the sum of squares
	return (1 - share) / share * base / head
}

func wary(method string, head, base []float64, level float64, w worst) (Estimate, error) {
	e, err := Welch(head, base, level)
	if err != nil {
		return Estimate{}, err
	}
	h, _ := momentsOf("", head) // Welch has read both
	b, _ := momentsOf("", base)
	if !math.IsInf(w.cap, 1) { // which times 0 is no number
		h.variance = min(h.variance, w.cap*b.variance)
	}
	stderr, df := welch(h, b)
	w.head, w.base = h.n, b.n
	if stderr == 0 {
		return located(method, e.Value, 0, df, level), nil
	}
	times := w.alike(1 / (1 + b.variance/b.n/(h.variance/h.n)))
	e = located(method, e.Value, stderr/times, df, level)
	e.Stderr = stderr
	plain := e.tails
	e.tails = func(limit float64) (above, below float64) {
		above, below = plain(limit)
		return w.of(above), w.of(below)
	}
	a := (1 - level) / 2
	half := upperStudent(w.atMost(a), df) * stderr / times
	e.Interval = Interval{e.Value - half, e.Value + half}
	return e, nil
}
