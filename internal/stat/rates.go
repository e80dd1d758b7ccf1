package stat

import (
	"fmt"
	"math"
)

// MiettinenNurminen compares two independent rates by the score test: the difference less the margin,
// over its standard error under the null hypothesis, with both rates at their likeliest values that are
// the margin apart (O. Miettinen and M. Nurminen, Statistics in Medicine 4, 1985; C. Farrington and
// G. Manning, Statistics in Medicine 9, 1990, without the factor N/(N−1)). The interval is its inversion,
// lies in [−1, 1] and contains the estimate. Stderr is unpooled, and that of the interval where it would be
// 0. It needs one example a side. It is near to its level from some ten, and above it by a tenth there, and
// by half near rates of 0 and 1: who promises a level takes [MiettinenNurminenExact].
func MiettinenNurminen(head, base Rate, level float64) (Estimate, error) {
	return scored("miettinen-nurminen", 0, head, base, level)
}

// MiettinenNurminenCC is [MiettinenNurminen] with a continuity correction: the difference is taken for
// nearer to the margin by half the mean of 1/n₁ and 1/n₂, which is half the step between differences when both
// are the same (half of Yates' correction, which is that for a fixed number of hits; P. Laud, Pharmaceutical
// Statistics 16, 2017, has it as the compromise). One-sided at 0.95 it stays within its level for 20
// examples a side and more, where the score test does not; the price falls with the number of examples. This
// is the method to take for a verdict on many examples; on fewer [MiettinenNurminenExact] sees more.
func MiettinenNurminenCC(head, base Rate, level float64) (Estimate, error) {
	return scored("miettinen-nurminen cc", 1, head, base, level)
}

// halfStep is half of the mean of 1/n₁ and 1/n₂.
func halfStep(head, base Rate) float64 { return (1/float64(head.N) + 1/float64(base.N)) / 4 }

// scored is the score test with a share of the step between differences as its correction.
func scored(method string, correction float64, head, base Rate, level float64) (Estimate, error) {
	if err := checkRates(head, base, level); err != nil {
		return Estimate{}, err
	}
	diff := head.Value() - base.Value()
	z := upperNormal((1 - level) / 2)
	step := correction * halfStep(head, base)
	score := func(margin float64) float64 { return rateScore(head, base, margin, step) }
	return Estimate{
		Method: method, Value: diff, Level: level, Stderr: unpooled(head, base),
		Interval: Interval{
			crossing(func(m float64) float64 { return z - score(m) }, -1, diff),
			crossing(func(m float64) float64 { return -z - score(m) }, diff, 1),
		},
		tails: scoreTails(score, diff),
	}.orImplied(), nil
}

// scoreTails gives the tails of a score of a difference that is 0 at the estimate and lives in [−1, 1].
func scoreTails(score func(float64) float64, diff float64) func(float64) (float64, float64) {
	return func(margin float64) (above, below float64) {
		if margin < -1 || margin > 1 {
			return beyond(margin < -1)
		}
		switch { // nothing lies beyond the end: that is sure, and of the other side the score is 0
		case margin == diff && margin == -1:
			return 0.5, 1
		case margin == diff && margin == 1:
			return 1, 0.5
		}
		z := score(margin)
		return tailNormal(z), tailNormal(-z)
	}
}

// rateScore is the statistic of Miettinen and Nurminen for a margin from −1 to 1, of a difference that is
// taken for nearer to it by step.
func rateScore(head, base Rate, margin, step float64) float64 {
	n1, n2 := float64(head.N), float64(base.N)
	p2 := likeliest(head, base, margin)
	p1 := clamp(p2+margin, 0, 1)
	n := n1 + n2
	variance := (p1*(1-p1)/n1 + p2*(1-p2)/n2) * n / (n - 1)
	away := head.Value() - base.Value() - margin
	return standardise(nearerBy(away, step), math.Sqrt(variance))
}

func nearerBy(away, step float64) float64 { return math.Copysign(max(0, math.Abs(away)-step), away) }

// likeliest is the base's rate of the largest likelihood when the head's is that plus the margin. The
// likelihood has one peak, so that Newton's steps on its slope find it, or halving where they leave the range.
func likeliest(head, base Rate, margin float64) float64 {
	if margin == 0 {
		return (float64(head.Hits) + float64(base.Hits)) / (float64(head.N) + float64(base.N))
	}
	slope := func(q float64) (s, fall float64) {
		s1, f1 := slopeAndFall(float64(head.Hits), float64(head.N-head.Hits), q+margin)
		s2, f2 := slopeAndFall(float64(base.Hits), float64(base.N-base.Hits), q)
		return s1 + s2, f1 + f2
	}
	low, high := max(0, -margin), min(1, 1-margin)
	if s, _ := slope(low); !(s > 0) {
		return low
	}
	if s, _ := slope(high); !(s < 0) {
		return high
	}
	n1, n2 := float64(head.N), float64(base.N)
	q := (float64(head.Hits) + float64(base.Hits) - margin*n1) / (n1 + n2) // near to it, mostly
	if !(q > low && q < high) {
		q = low + (high-low)/2
	}
	for range 100 {
		s, fall := slope(q)
		if s > 0 {
			low = q
		} else {
			high = q
		}
		next := q + s/fall
		if !(next > low && next < high) {
			next = low + (high-low)/2
		}
		if math.Abs(next-q) <= 2e-16*q {
			break
		}
		q = next
	}
	return q
}

// slopeAt is the slope of the logarithm of a likelihood.
func slopeAt(hits, misses, p float64) float64 {
	s, _ := slopeAndFall(hits, misses, p)
	return s
}

// slopeAndFall is the slope of the logarithm of a likelihood, and how fast it falls.
func slopeAndFall(hits, misses, p float64) (s, fall float64) {
	if hits > 0 {
		s += hits / p
		fall += hits / p / p
	}
	if misses > 0 {
		s -= misses / (1 - p)
		fall += misses / (1 - p) / (1 - p)
	}
	return s, fall
}

// Newcombe compares two independent rates by the hybrid score interval: the distances of the estimates
// to the ends of their Wilson intervals, put together by squares (R. G. Newcombe, Statistics in Medicine
// 17, 1998, method 10 for independent rates). The p-value of a margin is the inversion of that interval: half of
// 1 − level of the interval that ends at the margin. The interval contains the estimate and lies in
// [−1, 1]; Stderr is as in [MiettinenNurminen]. It needs one example a side.
func Newcombe(head, base Rate, level float64) (Estimate, error) {
	if err := checkRates(head, base, level); err != nil {
		return Estimate{}, err
	}
	diff := head.Value() - base.Value()
	return Estimate{
		Method: "newcombe", Value: diff, Level: level, Stderr: unpooled(head, base),
		Interval: newcombe(head, base, upperNormal((1-level)/2)),
		tails: func(margin float64) (above, below float64) {
			if margin <= -1 || margin >= 1 {
				return beyond(margin <= -1)
			}
			if margin <= diff {
				p := tailNormal(crossing(func(z float64) float64 { return margin - newcombe(head, base, z).Low }, 0, 40))
				return p, 1 - p
			}
			p := tailNormal(crossing(func(z float64) float64 { return newcombe(head, base, z).High - margin }, 0, 40))
			return 1 - p, p
		},
	}.orImplied(), nil
}

func newcombe(head, base Rate, z float64) Interval {
	p1, p2 := head.Value(), base.Value()
	a, b := wilson(head, z), wilson(base, z)
	return Interval{
		p1 - p2 - math.Hypot(p1-a.Low, b.High-p2),
		p1 - p2 + math.Hypot(a.High-p1, p2-b.Low),
	}
}

// PooledZ is the textbook test of two independent rates with the pooled standard error
// √(p(1−p)(1/n₁ + 1/n₂)), p of both sides together; the interval is its inversion. UnpooledZ takes
// √(p₁(1−p₁)/n₁ + p₂(1−p₂)/n₂) (Wald). Both are for large counts: a standard error of 0 claims
// certainty after one example. [MiettinenNurminenExact] has neither fault.
func PooledZ(head, base Rate, level float64) (Estimate, error) {
	if err := checkRates(head, base, level); err != nil {
		return Estimate{}, err
	}
	n1, n2 := float64(head.N), float64(base.N)
	p := (float64(head.Hits) + float64(base.Hits)) / (n1 + n2)
	return located("pooled z", head.Value()-base.Value(), math.Sqrt(p*(1-p)*(1/n1+1/n2)), math.Inf(1), level), nil
}

// UnpooledZ: see [PooledZ].
func UnpooledZ(head, base Rate, level float64) (Estimate, error) {
	if err := checkRates(head, base, level); err != nil {
		return Estimate{}, err
	}
	return located("unpooled z", head.Value()-base.Value(), unpooled(head, base), math.Inf(1), level), nil
}

func unpooled(head, base Rate) float64 {
	p1, p2 := head.Value(), base.Value()
	return math.Sqrt(p1*(1-p1)/float64(head.N) + p2*(1-p2)/float64(base.N))
}

func checkRates(head, base Rate, level float64) error {
	if err := checkLevel(level); err != nil {
		return err
	}
	if err := head.check(); err != nil {
		return fmt.Errorf("comparing two rates: head: %w", err)
	}
	if err := base.check(); err != nil {
		return fmt.Errorf("comparing two rates: base: %w", err)
	}
	return nil
}
