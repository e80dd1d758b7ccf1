package stat

import (
	"fmt"
	"math"
)

// IdealBootstrap is the bootstrap of a mean with infinitely many resamples: the distribution that
// [Bootstrap] approaches, by inversion of its characteristic function, without any random number. Ten
// thousand resamples miss an end of a 95% interval by a fortieth of a standard error; this does not miss.
//
// The mean of n draws, standardised, has the characteristic function ψ(t/√n)ⁿ, where ψ is that of the
// numbers themselves; the distribution function is the sum of R. B. Davies (Biometrika 60, 1973) over
// its values at the odd multiples of π/period, to 1e-9. Numbers on a grid give a stair; this gives the slope
// through its steps. BCa corrects as in [Resampling].
//
// It is ErrTooFew where the sum does not converge, or the tail beyond its period is not shown to be
// below 1e-12: few numbers, or some that are far from all others. [Bootstrap] has no such limits.
func IdealBootstrap(xs []float64, bca bool, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	m, err := momentsOf("numbers to resample", xs)
	if err != nil {
		return Estimate{}, err
	}
	if m.variance == 0 {
		return located("ideal bootstrap", m.mean, 0, math.Inf(1), level), nil
	}
	scale := math.Sqrt(m.variance * (m.n - 1) / m.n)
	us := make([]float64, len(xs))
	for i, x := range xs {
		us[i] = (x - m.mean) / scale
	}
	inv, ok := invert(us)
	if !ok {
		return Estimate{}, fmt.Errorf("resampling %d numbers without drawing: their mean is too far from smooth; draw: %w", len(xs), ErrTooFew)
	}
	b := bend{}
	if bca {
		_, a := spreadOf(us)
		b = bend{bias: -upperNormal(inv.below(0)), acceleration: a}
	}
	return inv.estimate(m.mean, scale/math.Sqrt(m.n), level, b), nil
}

func (v inversion) estimate(mean, stderr, level float64, b bend) Estimate {
	at := func(p float64) float64 { return mean + stderr*v.quantile(b.forward(p)) }
	a := (1 - level) / 2
	return Estimate{
		Method: "ideal bootstrap", Value: mean, Level: level, Stderr: stderr,
		Interval: Interval{min(at(a), mean), max(at(1-a), mean)},
		tails: func(limit float64) (above, below float64) {
			p := b.backward(v.below((limit - mean) / stderr))
			return p, 1 - p
		},
	}
}

// inversion is a distribution by its characteristic function at (k + ½)·step: amplitude and phase.
type inversion struct {
	step, reach      float64
	amplitude, phase []float64
}

const (
	period  = 28.0  // in standard errors; answers are asked for within half of it
	points  = 48    // terms of the sum at most
	settled = 1e-13 // a term that is as small ends the sum
	farTail = 1e-12
)

// invert prepares the distribution of √n times the mean of n draws from us, whose mean is 0 and variance
// 1. Where the tails are too heavy for the period, twice of it is tried.
func invert(us []float64) (inversion, bool) {
	root, most := math.Sqrt(float64(len(us))), largest(us)
	for _, times := range []int{1, 2} {
		w := float64(times) * period / 2
		// Bernstein's inequality for what the period folds back: the tail beyond reach.
		if 2*math.Exp(-w*w/2/(1+most*w/(3*root))) > farTail {
			continue
		}
		v := inversion{step: math.Pi / w, reach: w}
		re, im := characteristic(us, v.step/root, times*points)
		for k := range re {
			size := math.Log(math.Hypot(re[k], im[k])) * float64(len(us))
			v.amplitude = append(v.amplitude, math.Exp(size)/(math.Pi*(float64(k)+0.5)))
			v.phase = append(v.phase, math.Remainder(math.Atan2(im[k], re[k])*float64(len(us)), 2*math.Pi))
			if v.amplitude[k] < settled {
				return v, true
			}
		}
	}
	return inversion{}, false
}

// characteristic is the mean of exp(i·(k + ½)·step·u) for k from 0. The powers of a number come one from
// the other, 256 numbers at a time.
func characteristic(us []float64, step float64, count int) (re, im []float64) {
	re, im = make([]float64, count), make([]float64, count)
	var c, s, dc, ds [256]float64
	for n := float64(len(us)); len(us) > 0; {
		block := us[:min(len(c), len(us))]
		us = us[len(block):]
		for i, u := range block {
			s[i], c[i] = math.Sincos(step * u / 2)
			dc[i], ds[i] = c[i]*c[i]-s[i]*s[i], 2*c[i]*s[i]
		}
		for k := range re {
			var sumC, sumS float64
			for i := range block {
				sumC += c[i]
				sumS += s[i]
				c[i], s[i] = c[i]*dc[i]-s[i]*ds[i], c[i]*ds[i]+s[i]*dc[i]
			}
			re[k] += sumC / n
			im[k] += sumS / n
		}
	}
	return re, im
}

// below is the chance of a value of z or less, in standard errors.
func (v inversion) below(z float64) float64 {
	if z <= -v.reach {
		return 0
	}
	if z >= v.reach {
		return 1
	}
	sum := 0.5
	for k := len(v.amplitude) - 1; k >= 0; k-- {
		sum -= v.amplitude[k] * math.Sin(v.phase[k]-(float64(k)+0.5)*v.step*z)
	}
	return clamp(sum, 0, 1)
}

func (v inversion) quantile(p float64) float64 {
	return crossing(func(z float64) float64 { return v.below(z) - p }, -v.reach, v.reach)
}
