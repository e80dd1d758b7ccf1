// Package stat holds the numerics of gates: how sure is it that one number lies above another, and how
// much more data would it take to say. Numbers in, results out; it is pure.
//
// It knows nothing of metrics, gates or verdicts, reads no clock and draws no random number that the
// caller's seed does not fix. It never says what a small or a large p-value means for a merge.
//
// Every method answers with an [Estimate]. What cannot be answered is an error and never a NaN:
// [ErrInput] for numbers that make no sense, [ErrTooFew] for data that are too few for the method.
//
// Accuracy: closed forms agree with SciPy 1.17 and statsmodels 0.14 to 1e-9 (relative, or absolute
// below one) on the cases in testdata. A processor that fuses multiplication and addition may change the
// last digits: treat results that differ by less than 1e-9 as equal.
package stat

import (
	"errors"
	"fmt"
	"math"
)

// ErrInput says that the numbers given make no sense for the method: NaN, infinite, negative counts,
// a confidence that is none.
var ErrInput = errors.New("not a usable number")

// ErrTooFew says that the method needs more data before it can say anything.
var ErrTooFew = errors.New("too few data")

// MaxCount is the largest count that a double holds exactly, 2^53; more is ErrInput.
const MaxCount = 1 << 53

func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("reading a confidence of %v: want a number above 0 and below 1, such as 0.95: %w", level, ErrInput)
	}
	return nil
}

func checkFinite(what string, xs []float64) error {
	for i, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("reading %s: number %d is %v: %w", what, i+1, x, ErrInput)
		}
	}
	return nil
}
