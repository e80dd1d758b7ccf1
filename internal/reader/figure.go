package reader

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxBeside is how many names of what a tool writes beside its numbers are told.
const maxBeside = 12

// inName writes what stands for something else in the name of a slice: [ ] , = and NUL.
var inName = strings.NewReplacer("[", "%5B", "]", "%5D", ",", "%2C", "=", "%3D", "\x00", "%00")

// figure adds a number of a tool's own file. m.Name comes without prefix and slice; keys and values of
// the slice are any text. A slice that has no text, or too many keys, has no name: it is left out.
func (s *sheet) figure(m mlgate.Metric) error {
	if len(m.Slice) > 0 {
		slice := map[string]string{}
		for k, v := range m.Slice {
			if k == "" || v == "" || len(m.Slice) > maxSliceKeys {
				s.drop(named(m.Name, m.Slice), fmt.Sprintf("of a slice without a text, or of more than %d keys", maxSliceKeys))
				return nil
			}
			slice[inName.Replace(k)] = inName.Replace(v)
		}
		m.Name, m.Slice = named(m.Name, m.Slice), slice
	}
	if s.repeats += len(m.Repeats); len(m.Repeats) > maxRepeats || s.repeats > maxAllRepeats {
		return fmt.Errorf("at most %d repeats of one metric are read, and %d of a file", maxRepeats, maxAllRepeats)
	}
	m.Name, m.Value = s.name(m.Name), number(float64(m.Value))
	return s.put(m)
}

// named is the name of a metric with its slice, keys sorted.
func named(name string, slice map[string]string) string {
	if len(slice) == 0 {
		return name
	}
	var parts []string
	for _, k := range sortedKeys(slice) {
		parts = append(parts, inName.Replace(k)+"="+inName.Replace(slice[k]))
	}
	return name + "[" + strings.Join(parts, ",") + "]"
}

// certainty reads what a tool says of the certainty of key: how many examples, and the standard error. What
// is no such number is left out by name; n 0 is told by false, for the number is one of nothing.
func (s *sheet) certainty(m *mlgate.Metric, key string, n, stderr any) bool {
	if n != nil {
		whole, ok := count(n)
		switch {
		case !ok:
			s.drop(key+".n", "no whole number of examples")
		case whole == 0:
			s.drop(key, "measured on no example")
			return false
		}
		m.N = whole
	}
	if stderr != nil && stderr != "N/A" {
		f, ok := ownNumber(stderr)
		if !ok || f < 0 || math.IsNaN(f) || math.IsInf(f, 0) {
			s.drop(key+".stderr", "no finite number from 0 up")
			return true
		}
		e := number(f)
		m.Stderr = &e
	}
	return true
}

// beside says in one line what a tool writes beside its numbers, and is no metric of it.
func (s *sheet) beside(top map[string]any, read ...string) {
	var names []string
	for _, k := range sortedKeys(top) {
		if !slices.Contains(read, k) {
			names = append(names, fmt.Sprintf("%.40q", k))
		}
	}
	if len(names) == 0 {
		return
	}
	more := ""
	if n := len(names) - maxBeside; n > 0 {
		names, more = names[:maxBeside], fmt.Sprintf(" and %d more", n)
	}
	s.dropped = append(s.dropped, fmt.Sprintf("%s: what stands beside the numbers (%s%s)", s.src.Path, strings.Join(names, ", "), more))
}

// object and list are empty where a value is something else.
func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

func list(v any) []any { l, _ := v.([]any); return l }

func text(v any) string { t, _ := v.(string); return t }

// what says what a value is that is no number.
func what(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	}
	return "an object"
}

// leave keeps the name of what is left out for gates, where people are told in one line for many.
func (s *sheet) leave(key, what string) {
	if name := s.name(key); len(s.left) < mlgate.MaxLeftOut && len(name) <= maxName {
		s.left = append(s.left, mlgate.LeftOut{Name: name, File: s.src.Path, What: what})
	}
}

// jsonCount writes a count as it would stand in a file.
func jsonCount(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
