package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Number writes both sides of a metric with enough digits to show the change, and the change itself.
// A change is never written as 0, and no number gets 17 digits. Absent sides are empty.
func Number(a, b *mlgate.Number, unit string) (base, head, change string) {
	digits := digitsFor(a, b)
	base, head = value(a, digits), value(b, digits)
	if a == nil || b == nil || !a.Finite() || !b.Finite() {
		return base, head, ""
	}
	d := float64(*b) - float64(*a)
	if d == 0 {
		return base, head, "="
	}
	change = signed(d, digits)
	if unit != "" {
		change += " " + unit
	}
	if share := d / math.Abs(float64(*a)) * 100; *a != 0 && math.Abs(share) >= 0.05 && math.Abs(share) < 1000 {
		change += " (" + signed(share, 1) + " %)"
	}
	return base, head, change
}

// digitsFor is how many decimals two numbers need: four significant digits, and two of their
// difference.
func digitsFor(a, b *mlgate.Number) int {
	digits := 0
	for _, n := range []*mlgate.Number{a, b} {
		if n != nil && n.Finite() {
			digits = max(digits, decimals(float64(*n), 4))
		}
	}
	if a != nil && b != nil && a.Finite() && b.Finite() {
		if d := math.Abs(float64(*a) - float64(*b)); d > 0 {
			digits = max(digits, decimals(d, 2))
		}
	}
	return min(digits, 12)
}

// decimals gives f that many significant digits, less zeros at the end.
func decimals(f float64, significant int) int {
	if f == 0 {
		return 0
	}
	n := significant - 1 - int(math.Floor(math.Log10(math.Abs(f))))
	if n <= 0 {
		return 0
	}
	text := strings.TrimRight(strconv.FormatFloat(f, 'f', min(n, 12), 64), "0")
	_, frac, _ := strings.Cut(text, ".")
	return len(frac)
}

func value(n *mlgate.Number, digits int) string {
	switch {
	case n == nil:
		return ""
	case math.IsNaN(float64(*n)):
		return "NaN"
	case math.IsInf(float64(*n), 1):
		return "∞"
	case math.IsInf(float64(*n), -1):
		return "−∞"
	case math.Abs(float64(*n)) >= 1e15 || (*n != 0 && math.Abs(float64(*n)) < 1e-9):
		return minus(strconv.FormatFloat(float64(*n), 'e', 3, 64))
	}
	return minus(strconv.FormatFloat(float64(*n), 'f', digits, 64))
}

func signed(f float64, digits int) string {
	if f == 0 {
		return "0"
	}
	if math.IsInf(f, 0) {
		return map[bool]string{true: "+∞", false: "−∞"}[f > 0]
	}
	text := strconv.FormatFloat(f, 'f', digits, 64)
	if strings.Trim(text, "-0.") == "" || math.Abs(f) >= 1e15 {
		text = strconv.FormatFloat(f, 'e', 1, 64)
	}
	if f > 0 {
		text = "+" + text
	}
	return minus(text)
}

func minus(s string) string {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return "−" + rest
	}
	return s
}

// size writes bytes for people.
func size(n int64) string {
	const k = 1000
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= k && i < len(units)-1 {
		f, i = f/k, i+1
	}
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', map[bool]int{true: 0, false: 1}[i == 0 || f >= 100], 64), ".0") + " " + units[i]
}

// age writes how old something is.
func age(d time.Duration) string {
	for _, u := range []struct {
		one  time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / u.one); n == 1 {
			return "1 " + u.name + " old"
		} else if n > 1 {
			return fmt.Sprintf("%d %ss old", n, u.name)
		}
	}
	return "just made"
}

func seconds(s float64) string {
	if s < 60 {
		return strconv.FormatFloat(s, 'f', 1, 64) + " s"
	}
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}
