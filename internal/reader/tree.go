package reader

import (
	"bytes"
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
	dec    *json.Decoder
	values int
}

func decodeJSON(data []byte) (any, error) {
	f := &forest{dec: json.NewDecoder(bytes.NewReader(quoteSpecials(data)))}
	f.dec.UseNumber()
	v, err := f.value("", 0)
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

func (f *forest) value(at string, depth int) (any, error) {
	if f.values++; f.values > maxValues {
		return nil, fmt.Errorf("it holds more than %d values", maxValues)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("it is nested more than %d levels deep", maxDepth)
	}
	t, err := f.dec.Token()
	switch {
	case err != nil:
		return nil, err
	case t == json.Delim('{'):
		return f.object(at, depth)
	case t == json.Delim('['):
		return f.list(at, depth)
	}
	return t, nil
}

func (f *forest) object(at string, depth int) (any, error) {
	m := map[string]any{}
	for f.dec.More() {
		t, err := f.dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := t.(string)
		if _, twice := m[key]; twice || !ok {
			return nil, fmt.Errorf("the key %q stands twice in %q", key, at)
		}
		if m[key], err = f.value(join(at, key), depth+1); err != nil {
			return nil, err
		}
	}
	_, err := f.dec.Token()
	return m, err
}

func (f *forest) list(at string, depth int) (any, error) {
	out := []any{}
	for f.dec.More() {
		v, err := f.value(fmt.Sprintf("%s[%d]", at, len(out)), depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := f.dec.Token()
	return out, err
}
