package reader

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"
)

// Each text is read as encoding/json reads it, or refused as it refuses it.
func FuzzTokens(f *testing.F) {
	for _, text := range []string{
		`{"a": [1, -0.5e+3, "x\u00e9\n", true, false, null, {}], "b": {"c": []}}`, `[1,]`, `{"a" 1}`, `{"a":}`, `{,}`, `[,1]`, `{"a":1,}`,
		`1 2`, `1x`, `"a`, `"\x"`, "\"\x01\"", "\"\xff\"", `01`, `-`, `1.`, `1e`, `tru`, `nulll`, `]`, `}`, `[}`, `{]`, `:`, `,`, ``, ` `, `[1 2]`, `{"a":1 "b":2}`, `{1:2}`, `[`, `{"a"`, `"a":1`, `1,2`, `[-]`, `[1.e3]`, `[tru]`, "\ufeff1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		ours, oerr := all(newTokens(data))
		theirs, terr := all(dec)
		if errors.Is(oerr, io.EOF) != errors.Is(terr, io.EOF) || errors.Is(terr, io.EOF) && len(ours) != len(theirs) {
			t.Fatalf("%q: %v, %v; encoding/json has %v, %v", data, ours, oerr, theirs, terr)
		}
		if len(ours) > len(theirs) || !slices.Equal(ours, theirs[:len(ours)]) || len(theirs) > len(ours)+2 { // of what is wrong one token, and whether more follows
			t.Fatalf("%q: %v; encoding/json has %v", data, ours, theirs)
		}
	})
}

// all reads to the end, or to what is wrong, and asks after each token whether more follows.
func all(dec interface {
	Token() (json.Token, error)
	More() bool
}) (tokens []any, err error) {
	for {
		t, err := dec.Token()
		if err != nil {
			return tokens, err
		}
		tokens = append(tokens, t, dec.More())
	}
}
