package stat

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// drawBinomial draws the number of hits in n tries of chance p: by transformed rejection with squeeze
// (W. Hörmann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46, 1993, BTRS), by
// inversion where few hits are expected.
func drawBinomial(src *rand.PCG, n int, p float64) int {
	switch {
	case n == 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - drawBinomial(src, n, 1-p)
	case float64(n)*p < 10:
		return invertBinomial(src, n, p)
	}
	count, q := float64(n), 1-p
	mode := math.Floor((count + 1) * p)
	spread := math.Sqrt(count * p * q)
	b := 1.15 + 2.53*spread
	a := -0.0873 + 0.0248*b + 0.01*p
	top := math.NaN() // the logarithm of the chance of the mode, once it is needed
	for {
		u, v := uniform(src)-0.5, uniform(src)
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + count*p + 0.5)
		if us >= 0.07 && v <= 0.92-4.2/b {
			return int(k)
		}
		if k < 0 || k > count {
			continue
		}
		if math.IsNaN(top) {
			top = logBinomial(mode, count, p)
		}
		if math.Log(v*(2.83+5.1/b)*spread/(a/(us*us)+b)) <= logBinomial(k, count, p)-top {
			return int(k)
		}
	}
}

func invertBinomial(src *rand.PCG, n int, p float64) int {
	count, odds := float64(n), p/(1-p)
	for {
		term, u := math.Exp(count*math.Log1p(-p)), uniform(src)
		for k := 0; k <= n && k < 200; k++ {
			if u < term {
				return k
			}
			u -= term
			term *= odds * (count - float64(k)) / (float64(k) + 1)
		}
	}
}

// uniform draws from [0, 1) in steps of 2^-53.
func uniform(src *rand.PCG) float64 { return float64(src.Uint64()>>11) / (1 << 53) }

// logBinomial is the logarithm of the chance of k hits in n tries of chance p (Loader, as logToss).
func logBinomial(k, n, p float64) float64 {
	switch k {
	case 0:
		return n * math.Log1p(-p)
	case n:
		return n * math.Log(p)
	}
	return stirling(n) - stirling(k) - stirling(n-k) - deviance(k, n*p) - deviance(n-k, n*(1-p)) +
		0.5*math.Log(n/(2*math.Pi*k*(n-k)))
}

// below draws from 0 to n − 1, without favour (Lemire, as drawRest, with 128 bits).
func below(next func() uint64, n uint64) uint64 {
	for {
		high, low := bits.Mul64(next(), n)
		if low >= n || low >= -n%n {
			return high
		}
	}
}
