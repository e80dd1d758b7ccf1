package policy

import (
	"encoding/json"
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"
)

// rawText is a JSON text with its quotes; plain: nothing in it is escaped or beyond ASCII.
type rawText struct {
	quoted []byte
	plain  bool
}

func (t rawText) text() (string, error) {
	if t.plain {
		return string(t.quoted[1 : len(t.quoted)-1]), nil
	}
	var s string
	err := json.Unmarshal(t.quoted, &s)
	return s, err
}

func (t rawText) value() (ast.Value, error) {
	s, err := t.text()
	return ast.String(s), err
}

// text takes a text; what is odd in it is checked by the standard library.
func (r *jsonReader) text() (rawText, error) {
	start, plain := r.pos, true
	for i := start + 1; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			t := rawText{r.data[start : i+1], plain}
			if !plain && !json.Valid(t.quoted) {
				return t, r.wrong("a text is not well formed")
			}
			r.pos = i + 1
			return t, nil
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			return rawText{}, r.wrong("a control character in a text")
		case c >= 0x80:
			plain = false
		}
	}
	return rawText{}, r.wrong("a text does not end")
}

func (r *jsonReader) number(sees *sight) (ast.Value, error) {
	start := r.pos
	for r.pos < len(r.data) && inNumber(r.data[r.pos]) {
		r.pos++
	}
	digits := r.data[start:r.pos]
	if !isNumber(digits) {
		r.pos = start
		return nil, r.wrong("a value is expected")
	}
	if sees == nil {
		return nil, nil
	}
	v, err := ast.InterfaceToValue(json.Number(digits))
	if err != nil {
		return nil, errors.Join(r.wrong("a number that cannot be kept"), err)
	}
	return v, nil
}

func inNumber(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// isNumber is JSON's grammar: -? (0|[1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?
func isNumber(s []byte) bool {
	digits := func() int {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n
	}
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	zero := len(s) > 0 && s[0] == '0'
	if n := digits(); n == 0 || (zero && n > 1) {
		return false
	}
	if len(s) > 0 && s[0] == '.' {
		if s = s[1:]; digits() == 0 {
			return false
		}
	}
	if len(s) > 0 && (s[0] == 'e' || s[0] == 'E') {
		if s = s[1:]; len(s) > 0 && (s[0] == '-' || s[0] == '+') {
			s = s[1:]
		}
		if digits() == 0 {
			return false
		}
	}
	return len(s) == 0
}
