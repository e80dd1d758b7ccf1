package stat

// law is the distribution of the number of hits in n examples: mass[i] is the chance of first+i, sum[i] that
// of so many or fewer. What is left out at either end is below 1e-13 or so.
type law struct {
	first     int
	mass, sum []float64
}

const leftOut = 1e-15

// lawOf goes from the likeliest number outwards by the ratio of neighbours, and makes the sum 1.
func lawOf(n int, rate float64) law {
	if rate <= 0 || rate >= 1 {
		return law{first: int(clamp(rate, 0, 1)) * n, mass: []float64{1}, sum: []float64{1}}
	}
	mode := min(n, int(float64(n+1)*rate))
	odds := rate / (1 - rate)
	var room [256]float64
	down, total := room[:0], 1.0 // below the likeliest, from it outwards
	for k, m := mode, 1.0; k > 0 && m > leftOut; k-- {
		m *= float64(k) / (float64(n-k+1) * odds)
		down = append(down, m)
		total += m
	}
	mass := make([]float64, len(down)+1, 2*len(down)+32)
	for i, m := range down {
		mass[len(down)-1-i] = m
	}
	mass[len(down)] = 1
	for k, m := mode, 1.0; k < n && m > leftOut; k++ {
		m *= float64(n-k) * odds / float64(k+1)
		mass = append(mass, m)
		total += m
	}
	sum, seen := make([]float64, len(mass)), 0.0
	for i := range mass {
		mass[i] /= total
		seen += mass[i]
		sum[i] = min(1, seen)
	}
	return law{mode - len(down), mass, sum}
}

// atMost is the chance of k hits or fewer.
func (l law) atMost(k int) float64 {
	switch i := k - l.first; {
	case i < 0:
		return 0
	case i >= len(l.sum):
		return 1
	default:
		return l.sum[i]
	}
}

// tail is the chance of k hits or more, for side 1, or of less, for −1.
func (l law) tail(k int, side float64) float64 {
	if side < 0 {
		return l.atMost(k - 1)
	}
	return 1 - l.atMost(k-1)
}

// support are the numbers of hits that have a chance for any rate between two.
func support(n int, low, high float64) (first, last int) {
	up := lawOf(n, high)
	return lawOf(n, low).first, up.first + len(up.mass) - 1
}
