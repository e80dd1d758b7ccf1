package reader

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxValues is how many values a file in mlgate's own schema may hold: it is read whole.
const maxValues = 500_000

// forest decodes JSON to map[string]any, []any and scalars with json.Number, with the same limits as
// readJSON: no key twice, no depth without end. Python's constants are marked strings.
type forest struct {
	dec    *tokens
	values int
	around []place // from the top
}

// place is a key of an object, or without one the index in a list.
type place struct {
	key   string
	index int
}

func decodeJSON(data []byte) (any, error) {
	f := &forest{dec: newTokens(quoteSpecials(data))}
	v, err := f.value()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("it ends in the middle: was it written to the end?")
	}
	if err != nil {
		return nil, err
	}
	if _, err := f.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

func (f *forest) value() (any, error) {
	if f.values++; f.values > maxValues {
		return nil, fmt.Errorf("it holds more than %d values", maxValues)
	}
	if len(f.around) > maxDepth {
		return nil, fmt.Errorf("it is nested more than %d levels deep", maxDepth)
	}
	t, err := f.dec.Token()
	switch {
	case err != nil:
		return nil, err
	case t == json.Delim('{'):
		return f.object()
	case t == json.Delim('['):
		return f.list()
	}
	return t, nil
}

func (f *forest) below(p place) (any, error) {
	f.around = append(f.around, p)
	v, err := f.value()
	f.around = f.around[:len(f.around)-1]
	return v, err
}

// at says where it is.
func (f *forest) at() string {
	at := ""
	for _, p := range f.around {
		if p.key != "" {
			at = join(at, p.key)
		} else {
			at = fmt.Sprintf("%s[%d]", at, p.index)
		}
	}
	return at
}

func (f *forest) object() (any, error) {
	m := map[string]any{}
	for f.dec.More() {
		t, err := f.dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := t.(string)
		if _, twice := m[key]; twice || !ok {
			return nil, fmt.Errorf("the key %q stands twice in %q", key, f.at())
		}
		if m[key], err = f.below(place{key: key}); err != nil {
			return nil, err
		}
	}
	_, err := f.dec.Token()
	return m, err
}

func (f *forest) list() (any, error) {
	out := []any{}
	for f.dec.More() {
		v, err := f.below(place{index: len(out)})
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := f.dec.Token()
	return out, err
}
