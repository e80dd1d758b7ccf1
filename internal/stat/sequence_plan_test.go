package stat

import (
	"errors"
	"testing"
)

// With as many repeats as that a difference of any size can be shown, and with one less none can.
func TestLeastRepeats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    float64
		want int
	}{{0.2, 2}, {0.05, 3}, {0.01, 4}, {1e-6, 7}} {
		k := LeastRepeats(c.p)
		if k != c.want {
			t.Errorf("for p %v: %d repeats, want %d", c.p, k, c.want)
		}
		same := func(k int, x float64) []float64 {
			out := make([]float64, k)
			for i := range out {
				out[i] = x
			}
			return out
		}
		for n := 2; n <= k; n++ {
			e, err := SequenceOfTwo(same(n, 1), same(n, 0), 1-2*c.p)
			if err != nil {
				t.Fatal(err)
			}
			if shown := e.Above(0.5) <= c.p; shown != (n == k) {
				t.Errorf("for p %v: %d repeats show it: %v", c.p, n, shown)
			}
		}
	}
}

func TestRepeatsForSequence(t *testing.T) {
	t.Parallel()
	near, err := RepeatsForSequence(1, Plan{Margin: -1, Level: 0.95})
	if err != nil || near < 5 || near > 60 {
		t.Errorf("one standard deviation away: %d, %v", near, err)
	}
	far, err := RepeatsForSequence(1, Plan{Margin: -100, Level: 0.95})
	if err != nil || far != LeastRepeats(0.05) {
		t.Errorf("far away: %d, %v", far, err)
	}
	if _, err := RepeatsForSequence(1, Plan{Margin: -1e-6, Level: 0.95}); !errors.Is(err, ErrTooFew) {
		t.Errorf("too near: %v", err)
	}
	if _, err := RepeatsForSequence(-1, Plan{Margin: 1, Level: 0.95}); !errors.Is(err, ErrInput) {
		t.Errorf("a negative deviation: %v", err)
	}
}
