package report

import (
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// An end that lies near 0 beside a wide interval is written like the other one.
func TestInterval(t *testing.T) {
	for _, c := range []struct {
		low, high mlgate.Number
		want      string
	}{
		{-0.069, 0.031, "−0.07 … +0.03"},
		{-0.10, 0.004, "−0.100 … +0.004"},
		{-0.0286, 0.0184, "−0.029 … +0.018"},
		{-0.12, 0, "−0.12 … 0"},
		{-120, 0.000001, "−120.0 … +1.0e-06"},
	} {
		d := testDigits(&mlgate.Test{Low: c.low, High: c.high})
		if got := signed(float64(c.low), d) + " … " + signed(float64(c.high), d); got != c.want {
			t.Errorf("%v, %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}
