package main

import (
	"math"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// student is the t-test of two samples of the same size and, supposedly, the same variance: the most
// powerful one of a shift that does not know the variance. The gate cannot take it, since a change may make
// training noisier; it is what the gate's power is compared with.
func student(head, base []float64, margin float64) mlgate.Status {
	h, b := mean(head), mean(base)
	var squares float64
	for i := range head {
		squares += (head[i]-h)*(head[i]-h) + (base[i]-b)*(base[i]-b)
	}
	k := float64(len(head))
	t := (h - b + margin) / math.Sqrt(squares/(2*k-2)*2/k)
	switch limit := studentLimits[len(head)]; {
	case t <= -limit:
		return mlgate.Fail
	case t >= limit:
		return mlgate.Pass
	}
	return mlgate.Inconclusive
}

// studentLimits are Student's quantiles for as many seeds a side.
var studentLimits = func() map[int]float64 {
	out := map[int]float64{}
	for _, k := range seeds {
		if k > 1 {
			out[k] = tOf(2*k - 1)
		}
	}
	return out
}()
