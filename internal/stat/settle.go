package stat

import "math"

// Factor is by how much the data must grow, everything else equal, for a one-sided test at the given
// confidence to decide on a limit with the given power, if the true value is the estimate: the standard
// error shrinks with the square root, so ((z_c + z_p)·Stderr/|Value − limit|)² (the normal sample size
// of a mean). Below 1: there is enough. Infinite: the estimate is the limit, or its error is.
func (e Estimate) Factor(limit, confidence, power float64) float64 {
	distance := math.Abs(e.Value - limit)
	if distance == 0 || math.IsInf(e.Stderr, 0) || math.IsNaN(distance) {
		return math.Inf(1)
	}
	z := upperNormal(1-confidence) + upperNormal(1-power)
	ratio := z * e.Stderr / distance
	return ratio * ratio
}
