package reader

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Limits of a file in mlgate's own schema.
const (
	maxRepeats    = 1000    // of one metric
	maxAllRepeats = 100_000 // of one file
	maxSliceKeys  = 10      // of one metric
	maxUnit       = 40      // bytes
)

var (
	ownKeys    = []string{"mlgate", "metrics", "tables"}
	metricKeys = []string{"name", "value", "unit", "n", "hits", "stderr", "repeats", "slice", "confusion"}
)

// looksOwn recognises mlgate's own schema, where a metric says how well it is known: "mlgate" is a number
// and "metrics" a list.
func looksOwn(s shape) bool { return s.has("mlgate0", "metrics[") }

// readOwn reads mlgate's own schema. Here an unknown key is an error: whoever writes it means it.
func readOwn(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top, _ := v.(map[string]any)
	list, _ := top["metrics"].([]any)
	if version := top["mlgate"]; version != json.Number("1") {
		return fmt.Errorf("\"mlgate\": %v is a format that this mlgate does not read; it reads 1", version)
	}
	if err := known("the file", top, ownKeys); err != nil {
		return err
	}
	for i, item := range list {
		if err := s.ownMetric(item); err != nil {
			return fmt.Errorf("metrics[%d]: %w", i, err)
		}
	}
	return s.ownTables(top["tables"])
}

func known(what string, m map[string]any, keys []string) error {
	for _, k := range sortedKeys(m) {
		if k == "higher_is_better" {
			return errors.New("higher_is_better: which way a metric gets better is for its gate to say (`better`)")
		}
		if !slices.Contains(keys, k) {
			return fmt.Errorf("%s has no key %q; there are %s", what, k, strings.Join(keys, ", "))
		}
	}
	return nil
}

// ownMetric reads one metric. One that has no number is left out, as in every other format.
func (s *sheet) ownMetric(item any) error {
	m, ok := item.(map[string]any)
	if !ok {
		return errors.New("it is no object: write {\"name\": …, \"value\": …}")
	}
	if err := known("a metric", m, metricKeys); err != nil {
		return err
	}
	if m["confusion"] != nil {
		return s.confusion(m)
	}
	name, ok := m["name"].(string)
	if !ok || name == "" {
		return errors.New("it has no name")
	}
	key, slice, err := sliced(name, m["slice"])
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	out := mlgate.Metric{Name: s.name(key), Slice: slice}
	if out.Repeats, err = s.ownRepeats(m["repeats"]); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	value, why := ownValue(m["value"], out.Repeats)
	if why != "" {
		s.drop(key, why)
		return nil
	}
	out.Value = value
	return s.finish(key, out, m)
}

// finish reads what is beside the number.
func (s *sheet) finish(key string, out mlgate.Metric, m map[string]any) error {
	if v, ok := m["unit"]; ok && v != nil {
		unit, isText := v.(string)
		if !isText || len(unit) > maxUnit {
			return fmt.Errorf("%s: its unit is no text of at most %d bytes", key, maxUnit)
		}
		out.Unit = unit
	}
	if v, ok := m["n"]; ok && v != nil {
		n, whole := count(v)
		if !whole {
			return fmt.Errorf("%s: n is no whole number of examples", key)
		}
		if n == 0 {
			s.drop(key, "measured on no example")
			return nil
		}
		out.N = n
	}
	if v, ok := m["hits"]; ok && v != nil {
		hits, whole := count(v)
		if out.Hits = &hits; !whole || !out.Counted() {
			return fmt.Errorf("%s: hits are a whole number, at most n, and the value is hits/n", key)
		}
	}
	if v, ok := m["stderr"]; ok && v != nil {
		f, isNumber := ownNumber(v)
		switch {
		case !isNumber || f < 0:
			return fmt.Errorf("%s: stderr is no number from 0 up", key)
		case math.IsNaN(f) || math.IsInf(f, 0):
			s.drop(key+".stderr", "not finite")
		default:
			e := number(f)
			out.Stderr = &e
		}
	}
	return s.put(out)
}

// ownValue is the value as written, or where there is none the mean of the repeats. Why says what it is
// when it is no number.
func ownValue(v any, repeats []mlgate.Number) (n mlgate.Number, why string) {
	if f, ok := ownNumber(v); ok {
		return number(f), ""
	}
	if v == nil && len(repeats) > 0 {
		return number(float64(mlgate.MeanOf(repeats))), ""
	}
	return 0, what(v)
}

// ownNumber reads a JSON number, or one of Python's constants. What is too large for a double is
// infinite.
func ownNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(v.String(), 64)
		return f, err == nil || math.IsInf(f, 0)
	case string:
		return constant(v)
	}
	return 0, false
}

// count reads a whole number from 0 up to 2^53, also one written as 100.0.
func count(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || f < 0 || f > 1<<53 || f != math.Trunc(f) {
		return 0, false
	}
	return int64(f), true
}

func (s *sheet) ownRepeats(v any) ([]mlgate.Number, error) {
	list, ok := v.([]any)
	if v != nil && !ok {
		return nil, errors.New("repeats is no list of numbers")
	}
	if s.repeats += len(list); len(list) > maxRepeats || s.repeats > maxAllRepeats {
		return nil, fmt.Errorf("at most %d repeats of one metric are read, and %d of a file", maxRepeats, maxAllRepeats)
	}
	var out []mlgate.Number
	for i, r := range list {
		f, ok := ownNumber(r)
		if !ok {
			return nil, fmt.Errorf("repeats[%d] is no number", i)
		}
		out = append(out, number(f))
	}
	return out, nil
}

// sliced puts the slice into the name, so that a gate can name it: recall[age=old,region=eu], keys
// sorted. What would make that ambiguous is refused.
func sliced(name string, v any) (string, map[string]string, error) {
	m, ok := v.(map[string]any)
	if v != nil && !ok {
		return "", nil, errors.New("slice is no object: write {\"region\": \"eu\"}")
	}
	if len(m) == 0 {
		return name, nil, nil
	}
	if len(m) > maxSliceKeys {
		return "", nil, fmt.Errorf("its slice has %d keys; at most %d are read", len(m), maxSliceKeys)
	}
	slice, parts := map[string]string{}, []string{}
	for _, k := range sortedKeys(m) {
		text, ok := scalar(m[k])
		if !ok || text == "" || k == "" || strings.ContainsAny(k+text, "[],=\x00") {
			return "", nil, fmt.Errorf("slice %q: key and value are texts, not empty, without any of [ ] , =", k)
		}
		slice[k] = text
		parts = append(parts, k+"="+text)
	}
	return name + "[" + strings.Join(parts, ",") + "]", slice, nil
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
