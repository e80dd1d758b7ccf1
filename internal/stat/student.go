package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// largeDF is where the incomplete beta function begins to lose digits, and G. W. Hill's expansion
// (Algorithm 395, CACM 13, 1970) has gained enough of them.
const largeDF = 200

// tailNormal is the chance that a standard normal is above z.
func tailNormal(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// upperNormal is the z above which a standard normal lies with chance p.
func upperNormal(p float64) float64 { return -mathext.NormalQuantile(p) }

// tailStudent is the chance that Student's t with df degrees of freedom is above t; df may be +Inf.
func tailStudent(t, df float64) float64 {
	switch {
	case math.IsInf(t, 1):
		return 0
	case math.IsInf(t, -1):
		return 1
	case math.IsInf(df, 1):
		return tailNormal(t)
	case df > largeDF:
		return tailNormal(hill(t, df))
	}
	half := mathext.RegIncBeta(df/2, 0.5, df/(df+t*t)) / 2
	if t*t < 1e-3*df { // the argument above is next to 1 and loses digits
		half = 0.5 - mathext.RegIncBeta(0.5, df/2, t*t/(df+t*t))/2
	}
	if t < 0 {
		return 1 - half
	}
	return half
}

// upperStudent is the t above which Student's t lies with chance p, 0 < p < 1.
func upperStudent(p, df float64) float64 {
	if math.IsInf(df, 1) {
		return upperNormal(p)
	}
	if p > 0.5 {
		return -upperStudent(1-p, df)
	}
	high := 2.0
	for tailStudent(high, df) > p && high < 1e300 {
		high *= 2
	}
	return crossing(func(t float64) float64 { return p - tailStudent(t, df) }, 0, high)
}

// hill turns Student's t into the normal deviate with the same tail.
func hill(t, df float64) float64 {
	a := df - 0.5
	b := 48 * a * a
	y := a * math.Log1p(t*t/df)
	more := (((-0.4*y-3.3)*y-24)*y - 85.5) / (0.8*y*y + 100 + b)
	return math.Copysign(((more+y+3)/b+1)*math.Sqrt(y), t)
}
