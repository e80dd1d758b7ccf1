package stat

import "math"

// exactBinomial is the largest number of tosses whose tail is summed term by term.
const exactBinomial = 1 << 22

// tossTail is the chance of k or fewer heads in n tosses of a fair coin, and that of exactly k. It is
// summed exactly (relative error below 1e-11) up to exactBinomial tosses. Beyond, it is the normal
// distribution with continuity correction and the term of the kurtosis, with an error below 1e-10.
func tossTail(k, n int) (atMost, exactly float64) {
	if k < 0 {
		return 0, 0
	}
	if k >= n {
		return 1, math.Ldexp(1, -min(n, 2000))
	}
	exactly = math.Exp(logToss(k, n))
	if n > exactBinomial {
		return largeTossTail(k, n), exactly
	}
	if 2*k >= n { // sum the shorter tail
		rest, _ := tossTail(n-k-1, n)
		return 1 - rest, exactly
	}
	sum, term := 1.0, 1.0
	for i := k; i > 0; i-- {
		term *= float64(i) / float64(n-i+1)
		sum += term
		if term < 1e-18*sum {
			break
		}
	}
	return exactly * sum, exactly
}

func largeTossTail(k, n int) float64 {
	x := (float64(k) + 0.5 - float64(n)/2) * 2 / math.Sqrt(float64(n))
	// Edgeworth: excess kurtosis -2/n; Sheppard's correction of the grid adds -(h²/24)·x·density.
	density := math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
	kurtosis := (x*x*x - 3*x) / (12 * float64(n))
	grid := x / (6 * float64(n))
	return clamp(tailNormal(-x)+density*(kurtosis+grid), 0, 1)
}

// logToss is the logarithm of the chance of k heads in n tosses of a fair coin, by Loader's saddle point
// form (C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000), which does not
// subtract large logarithms.
func logToss(k, n int) float64 {
	if k == 0 || k == n {
		return -float64(n) * math.Ln2
	}
	x, y, all := float64(k), float64(n-k), float64(n)
	return stirling(all) - stirling(x) - stirling(y) - deviance(x, all/2) - deviance(y, all/2) +
		0.5*math.Log(all/(2*math.Pi*x*y))
}

// stirling is the error of Stirling's formula, log(n!) − log(√(2πn)·(n/e)^n), for n ≥ 1.
func stirling(n float64) float64 {
	if n < 16 {
		g, _ := math.Lgamma(n + 1)
		return g - (n+0.5)*math.Log(n) + n - 0.5*math.Log(2*math.Pi)
	}
	s := 1 / (n * n)
	return (1.0/12 - s*(1.0/360-s*(1.0/1260-s*(1.0/1680-s/1188)))) / n
}

// deviance is x·log(x/m) + m − x, also where x is close to m.
func deviance(x, m float64) float64 {
	d := (x - m) / (x + m)
	if math.Abs(d) > 0.1 {
		return x*math.Log(x/m) + m - x
	}
	sum, power := (x-m)*d, 2*x*d
	for j := 3.0; ; j += 2 {
		power *= d * d
		next := sum + power/j
		if next == sum {
			return sum
		}
		sum = next
	}
}
