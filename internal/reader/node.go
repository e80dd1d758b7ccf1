package reader

import (
	"encoding/json"
	"math"
	"strconv"
)

// node is a value of a decoded file; what is not there, or is something else, is a node of nothing.
type node struct{ v any }

func (n node) at(keys ...string) node {
	for _, k := range keys {
		m, _ := n.v.(map[string]any)
		n = node{m[k]}
	}
	return n
}

func (n node) has(key string) bool {
	m, _ := n.v.(map[string]any)
	_, ok := m[key]
	return ok
}

// keys are an object's, sorted.
func (n node) keys() []string {
	m, _ := n.v.(map[string]any)
	return sortedKeys(m)
}

func (n node) list() []node {
	list, _ := n.v.([]any)
	out := make([]node, len(list))
	for i, v := range list {
		out[i] = node{v}
	}
	return out
}

// text is a string that is none of Python's constants.
func (n node) text() string {
	s, _ := n.v.(string)
	if _, is := constant(s); is {
		return ""
	}
	return s
}

func (n node) truth() (is, known bool) {
	is, known = n.v.(bool)
	return is, known
}

// number reads a JSON number or one of Python's constants.
func (n node) number() (float64, bool) { return ownNumber(n.v) }

// show is a scalar as people read it; empty: it is none.
func (n node) show() string {
	switch v := n.v.(type) {
	case json.Number:
		if f, err := v.Float64(); err == nil && f == math.Trunc(f) && math.Abs(f) < 1e15 {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return n.text()
}
