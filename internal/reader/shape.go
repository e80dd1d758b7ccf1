package reader

import (
	"encoding/json"
)

// How far a file is looked into to see whose it is.
const (
	maxShapeDepth = 4
	maxShapeKeys  = 200 // of one object below the top
)

// shape is what a JSON file looks like near its top: enough to see which tool wrote it, and nothing of
// what it says. The zero value is what nothing is known of.
type shape struct {
	is   byte             // '{', '[', '"', '0', 't' (true or false), 'n' (null); 0: nothing there
	keys map[string]shape // of an object; of a list: of its first element, when that is an object
}

// at is what stands under nested keys; of a list its first element is meant.
func (s shape) at(keys ...string) shape {
	for _, k := range keys {
		s = s.keys[k]
	}
	return s
}

// has says that keys stand in it whose values begin like this: has("results[", "statistics{").
func (s shape) has(keys ...string) bool {
	for _, k := range keys {
		if s.keys[k[:len(k)-1]].is != k[len(k)-1] {
			return false
		}
	}
	return true
}

// shapeOf looks at a file as far as it can be read.
func shapeOf(data []byte) shape {
	dec := newTokens(quoteSpecials(data))
	var s shape
	_ = s.look(dec, 0) // a file that is cut off is told by the reader that it looks like
	return s
}

func (s *shape) look(dec *tokens, depth int) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Number:
		s.is = '0'
	case string:
		s.is = '"'
		if _, ok := constant(v); ok {
			s.is = '0'
		}
	case bool:
		s.is = 't'
	case nil:
		s.is = 'n'
	case json.Delim:
		s.is = byte(v)
		if depth >= maxShapeDepth {
			return dec.leap()
		}
		if v == '{' {
			return s.object(dec, depth)
		}
		return s.list(dec, depth)
	}
	return nil
}

func (s *shape) object(dec *tokens, depth int) error {
	s.keys = map[string]shape{}
	limit := maxShapeKeys
	if depth == 0 {
		limit = 2 * maxMetrics
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		var below shape
		err = below.look(dec, depth+1)
		if key, ok := t.(string); ok && below.is != 0 && len(s.keys) < limit {
			s.keys[key] = below
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (s *shape) list(dec *tokens, depth int) error {
	if dec.More() {
		var first shape
		err := first.look(dec, depth+1)
		s.keys = first.keys
		if err != nil {
			return err
		}
	}
	return dec.leap()
}

// number says that a number is there, or one of Python's constants.
func (s shape) number() bool { return s.is == '0' }
