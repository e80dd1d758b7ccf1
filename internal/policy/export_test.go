package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Limit makes the limits small enough for a test.
func (e *Engine) Limit(d time.Duration, growth uint64) { e.deadline, e.growth = d, growth }

// SameDocument compares decode with the standard library and OPA's own conversion.
func SameDocument(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	wantErr := dec.Decode(&v)
	if wantErr == nil {
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			wantErr = errors.New("more than one value")
		}
	}
	got, err := decode(data, &sight{all: true})
	if (err == nil) != (wantErr == nil) {
		return fmt.Errorf("%q: decode says %w, encoding/json says %w", data, err, wantErr)
	}
	part, partErr := decode(data, &sight{keys: map[string]*sight{"a": {all: true}}})
	if (partErr == nil) != (err == nil) {
		return fmt.Errorf("%q: with all in sight %w, with a part %w", data, err, partErr)
	}
	if err != nil {
		return nil //nolint:nilerr // both refused it
	}
	if o, ok := got.value.(ast.Object); ok {
		whole, seen := o.Get(ast.StringTerm("a")), part.value.(ast.Object).Get(ast.StringTerm("a"))
		if (whole == nil) != (seen == nil) || (whole != nil && !whole.Equal(seen)) {
			return fmt.Errorf("%q: a is %v, and %v when nothing else is in sight", data, whole, seen)
		}
	}
	want, err := ast.InterfaceToValue(v)
	if err != nil {
		return err
	}
	if got.value.Compare(want) != 0 || got.value.String() != want.String() {
		return fmt.Errorf("%q: decode gives %s, want %s", data, got.value, want)
	}
	return nil
}
