package reader

import (
	"math"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// average is the mean over examples of what a tool lists one by one, and how well that is known: n, and
// the standard error of the mean, which is the sample's deviation over the root of n.
type average struct {
	n        int64
	mean, m2 float64
}

func (a *average) add(v float64) {
	a.n++
	d := v - a.mean
	a.mean += d / float64(a.n)
	a.m2 += float64(d * (v - a.mean)) // rounded here, so that every processor says the same
}

// yes adds an example of a rate.
func (a *average) yes(is bool) {
	if is {
		a.add(1)
		return
	}
	a.add(0)
}

func (a *average) metric(name string, slice map[string]string) mlgate.Metric {
	m := mlgate.Metric{Name: name, Value: mlgate.Number(a.mean), N: a.n, Slice: slice}
	if e := math.Sqrt(a.m2 / float64(a.n-1) / float64(a.n)); a.n > 1 && !math.IsNaN(e) && !math.IsInf(e, 0) {
		stderr := number(e)
		m.Stderr = &stderr
	}
	return m
}
