package reader

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// readJSON walks tokens, so that a key that stands twice is seen, and reads the NaN, Infinity and
// -Infinity that Python writes.
//
// A file that says so itself is in mlgate's own schema.
func readJSON(s *sheet, data []byte) error {
	if bytes.Contains(data, []byte(`"mlgate"`)) && looksOwn(shapeOf(data)) {
		return readOwn(s, data)
	}
	dec := newTokens(quoteSpecials(data))
	if err := s.value(dec, "", 0); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("it ends in the middle: was it written to the end?")
		}
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// special marks what quoteSpecials put in place of Python's constants; a NUL cannot stand in a JSON
// file.
const special = "\\u0000"

// quoteSpecials puts NaN, Infinity and -Infinity, where they stand outside of strings, into marked
// strings.
func quoteSpecials(data []byte) []byte {
	if !bytes.Contains(data, []byte("NaN")) && !bytes.Contains(data, []byte("Infinity")) {
		return data
	}
	var out bytes.Buffer
	inString := false
	for i := 0; i < len(data); i++ {
		c := data[i]
		if inString && c == '\\' && i+1 < len(data) {
			out.Write(data[i : i+2])
			i++
			continue
		}
		if c == '"' {
			inString = !inString
		}
		if word := constantAt(data[i:]); !inString && word != "" {
			out.WriteString(`"` + special + word + `"`)
			i += len(word) - 1
			continue
		}
		out.WriteByte(c)
	}
	return out.Bytes()
}

func constantAt(b []byte) string {
	for _, w := range []string{"NaN", "Infinity", "-Infinity"} {
		if bytes.HasPrefix(b, []byte(w)) {
			return w
		}
	}
	return ""
}

func (s *sheet) value(dec *tokens, key string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it is nested more than %d levels deep", maxDepth)
	}
	t, err := dec.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Delim:
		if v == '{' {
			return s.object(dec, key, depth)
		}
		s.drop(key, "a list")
		return skipList(dec)
	case json.Number:
		f, err := strconv.ParseFloat(v.String(), 64)
		if err != nil && !math.IsInf(f, 0) {
			return fmt.Errorf("%s is %q, no number", key, v)
		}
		return s.add(key, f)
	case string:
		if f, ok := constant(v); ok {
			return s.add(key, f)
		}
		s.drop(key, "text")
	case bool:
		s.drop(key, "true or false")
	case nil:
		s.drop(key, "null")
	}
	return nil
}

func constant(v string) (float64, bool) {
	switch v {
	case "\x00NaN":
		return math.NaN(), true
	case "\x00Infinity":
		return math.Inf(1), true
	case "\x00-Infinity":
		return math.Inf(-1), true
	}
	return 0, false
}

func (s *sheet) object(dec *tokens, prefix string, depth int) error {
	keys := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, ok := t.(string)
		if !ok || keys[key] {
			return fmt.Errorf("the key %q stands twice in %q", key, prefix)
		}
		keys[key] = true
		if err := s.value(dec, join(prefix, key), depth+1); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func skipList(dec *tokens) error {
	for depth := 1; depth > 0; {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
	}
	return nil
}
