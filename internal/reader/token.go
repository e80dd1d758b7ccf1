package reader

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// tokens reads JSON token by token, as json.Decoder does and several times as fast: it has the whole file before
// it. What is wrong is told in encoding/json's words.
type tokens struct {
	data []byte
	pos  int
	want byte   // what comes next: one of the states below
	open []byte // '{' and '[' that are not closed
	err  error
}

// What may come next, beside white space.
const (
	wantValue      byte = iota // a value
	wantFirstValue             // or the end of the list
	wantFirstKey               // a key, or the end of the object
	wantKey
	wantColon
	wantComma // or the end
)

func newTokens(data []byte) *tokens { return &tokens{data: data} }

// More reports whether another value or key follows in the list or object that is open.
func (t *tokens) More() bool {
	c, ok := t.peek()
	return ok && c != ']' && c != '}'
}

// Token is the next one: json.Delim, string, json.Number, bool or nil. io.EOF: there is none.
func (t *tokens) Token() (json.Token, error) {
	if t.err != nil {
		return nil, t.err
	}
	for {
		c, ok := t.peek()
		switch {
		case !ok:
			return nil, io.EOF
		case c == ',' && t.want == wantComma && len(t.open) > 0:
			t.pos++
			t.want = wantValue
			if t.inObject() {
				t.want = wantKey
			}
		case c == ':' && t.want == wantColon:
			t.pos++
			t.want = wantValue
		case c == '"' && (t.want == wantKey || t.want == wantFirstKey):
			return t.literal(wantColon)
		case (c == ']' || c == '}') && t.closes(c):
			t.pos++
			t.open = t.open[:len(t.open)-1]
			t.want = t.after()
			return json.Delim(c), nil
		case t.want != wantValue && t.want != wantFirstValue:
			return nil, t.fail()
		case c == '{':
			return t.opens(c, wantFirstKey), nil
		case c == '[':
			return t.opens(c, wantFirstValue), nil
		default:
			return t.literal(t.after())
		}
	}
}

// leap goes behind the list or object that is open, and does not look whether what is in it is JSON.
func (t *tokens) leap() error {
	for depth := 1; t.pos < len(t.data); t.pos++ {
		switch t.data[t.pos] {
		case '"':
			for t.pos++; t.pos < len(t.data) && t.data[t.pos] != '"'; t.pos++ {
				if t.data[t.pos] == '\\' {
					t.pos++
				}
			}
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				t.pos++
				t.open = t.open[:len(t.open)-1]
				t.want = t.after()
				return nil
			}
		}
	}
	return io.EOF
}

func (t *tokens) opens(c, want byte) json.Delim {
	t.pos++
	t.open = append(t.open, c)
	t.want = want
	return json.Delim(c)
}

func (t *tokens) closes(c byte) bool {
	empty := t.want == wantFirstValue || t.want == wantFirstKey
	return len(t.open) > 0 && t.inObject() == (c == '}') && (empty || t.want == wantComma)
}

func (t *tokens) inObject() bool { return t.open[len(t.open)-1] == '{' }

// after is what follows a value.
func (t *tokens) after() byte {
	if len(t.open) == 0 {
		return wantValue
	}
	return wantComma
}

// peek is the next byte that is no white space.
func (t *tokens) peek() (byte, bool) {
	for ; t.pos < len(t.data); t.pos++ {
		switch c := t.data[t.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c, true
		}
	}
	return 0, false
}

// literal reads text, a number, true, false or null.
func (t *tokens) literal(next byte) (json.Token, error) {
	rest := t.data[t.pos:]
	var v json.Token
	n := 0
	switch rest[0] {
	case '"':
		v, n = textToken(rest)
	case 't', 'f', 'n':
		v, n = wordToken(rest)
	default:
		if n = mlgate.NumberLength(rest); n > 0 {
			v = json.Number(rest[:n])
		}
	}
	if n == 0 || len(t.open) > 0 && n < len(rest) && !bytes.ContainsRune([]byte(" \t\r\n,:]}"), rune(rest[n])) {
		return nil, t.fail()
	}
	t.pos += n
	t.want = next
	return v, nil
}

// textToken reads a string in quotes; n is its length with them, 0 when it is none.
func textToken(b []byte) (v json.Token, n int) {
	plain := true
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"' && plain:
			return string(b[1:i]), i + 1
		case c == '"':
			var s string
			if json.Unmarshal(b[:i+1], &s) != nil {
				return nil, 0
			}
			return s, i + 1
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			return nil, 0
		case c >= 0x80:
			plain = false
		}
	}
	return nil, 0
}

func wordToken(b []byte) (v json.Token, n int) {
	switch {
	case bytes.HasPrefix(b, []byte("true")):
		return true, len("true")
	case bytes.HasPrefix(b, []byte("false")):
		return false, len("false")
	case bytes.HasPrefix(b, []byte("null")):
		return nil, len("null")
	}
	return nil, 0
}

// fail asks encoding/json what is wrong.
func (t *tokens) fail() error {
	dec := json.NewDecoder(bytes.NewReader(t.data))
	for t.err == nil {
		_, t.err = dec.Token()
	}
	if errors.Is(t.err, io.EOF) {
		t.err = errors.New("it is no JSON")
	}
	return t.err
}
