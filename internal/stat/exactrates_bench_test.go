package stat

import (
	"fmt"
	"testing"
)

// What a gate pays for a metric of counted hits: two p-values and the interval.
func BenchmarkExactRates(b *testing.B) {
	for _, n := range []int{100, 500, 1000, 4000} {
		for _, p := range []float64{0.9, 0.5} {
			base := Rate{int(float64(n) * p), n}
			head := Rate{base.Hits - n/100, n}
			b.Run(fmt.Sprintf("n %d at %v", n, p), func(b *testing.B) {
				for b.Loop() {
					if _, err := MiettinenNurminenExact(head, base, 0.9); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
