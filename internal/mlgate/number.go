package mlgate

import (
	"fmt"
	"math"
	"strconv"
)

// Number is a metric's value. Unlike a JSON number it may be NaN or infinite, which is written as
// the strings "NaN", "Infinity" and "-Infinity".
type Number float64

// Finite reports whether the number can be judged.
func (n Number) Finite() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON writes the shortest digits that read back as the same number.
func (n Number) MarshalJSON() ([]byte, error) { return n.appendJSON(make([]byte, 0, 24)), nil }

func (n Number) appendJSON(b []byte) []byte {
	switch f := float64(n); {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	default:
		return appendDigits(b, f)
	}
}

// appendDigits writes a finite number as encoding/json does, without its detours: evidence holds many.
func appendDigits(b []byte, f float64) []byte {
	form := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		form = 'e'
	}
	b = strconv.AppendFloat(b, f, form, -1, 64)
	if n := len(b); form == 'e' && b[n-2] == '0' && (b[n-3] == '-' || b[n-3] == '+') { // e-09 is e-9
		b = append(b[:n-2], b[n-1])
	}
	return b
}

// UnmarshalJSON reads what MarshalJSON writes, and nothing else.
func (n *Number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"NaN"`:
		*n = Number(math.NaN())
	case `"Infinity"`:
		*n = Number(math.Inf(1))
	case `"-Infinity"`:
		*n = Number(math.Inf(-1))
	default:
		if n := NumberLength(b); n == 0 || n < len(b) { // ParseFloat takes more: 0x1p2, inf
			return fmt.Errorf("reading a number: %.60s is none", b)
		}
		f, err := strconv.ParseFloat(string(b), 64)
		if err != nil {
			return fmt.Errorf("reading a number: %w", err)
		}
		*n = Number(f)
	}
	return nil
}

// NumberLength is the length of the number that b begins with, as RFC 8259 has it; 0: none.
func NumberLength(b []byte) int {
	i := 0
	digits := func() bool {
		from := i
		for i < len(b) && b[i] >= '0' && b[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i < len(b) && b[i] == '0':
		i++
	case !digits():
		return 0
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return 0
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}
