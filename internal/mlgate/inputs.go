package mlgate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Limits of lists of inputs.
const (
	InlineInputs = 1000     // more than these lie beside the evidence
	MaxInputs    = 200_000  // files
	MaxInputList = 32 << 20 // bytes of a list
)

// InputList names the list of inputs that lies beside evidence, because it is long: what is in it is
// fetched when somebody needs to know.
type InputList struct {
	SHA256 Digest `json:"sha256"` // of the list, JSON as inputs has it
	Count  int    `json:"count"`  // files in it
	fetch  func(context.Context) ([]byte, error)
}

// inputsFile is the name of a list of inputs beside its record.
const inputsFile = "inputs.json"

// Files are what lies beside a record, by name.
type Files map[string][]byte

// SealEvidence seals evidence. More than InlineInputs inputs become a list beside it, and so does what
// tables say of each example.
func SealEvidence(e Evidence) (Sealed, error) {
	beside := Files{}
	if len(e.Inputs) > InlineInputs {
		data, err := json.Marshal(e.Inputs)
		if err != nil {
			return Sealed{}, fmt.Errorf("sealing the list of inputs: %w", err)
		}
		list := ASCII(data)
		e.InputList = &InputList{SHA256: DigestOf(list), Count: len(e.Inputs)}
		e.Inputs = nil
		beside[inputsFile] = list
	}
	e.Examples = slices.Clone(e.Examples)
	for i := range e.Examples {
		l := &e.Examples[i]
		list, err := l.loaded.Bytes()
		if err != nil {
			return Sealed{}, fmt.Errorf("sealing the examples of %q: %w", l.Path, err)
		}
		l.SHA256, l.IDs, l.Count = DigestOf(list), l.loaded.ids(), len(l.loaded.IDs)
		beside[l.Name()] = list
	}
	s, err := Seal(KindEvidence, e, Envelope{Key: string(e.Recipe)})
	if err == nil && len(beside) > 0 {
		s.Beside = func(context.Context) (Files, error) { return beside, nil }
	}
	return s, err
}

// besideOf fetches one of the files that lie beside a record.
func (s Sealed) besideOf(name string) func(context.Context) ([]byte, error) {
	if s.Beside == nil {
		return nil
	}
	return func(ctx context.Context) ([]byte, error) {
		files, err := s.Beside(ctx)
		if err != nil {
			return nil, err
		}
		data, ok := files[name]
		if !ok {
			return nil, fmt.Errorf("%s is not among the %d files beside the evidence", name, len(files))
		}
		return data, nil
	}
}

// CheckBeside compares what lies beside evidence with what it names: neither less nor more.
func (e *Evidence) CheckBeside(files Files) error {
	named := 0
	if l := e.InputList; l != nil {
		if e.Inputs != nil {
			return errors.New("its inputs stand in it and beside it")
		}
		list, ok := files[inputsFile]
		if !ok {
			return errors.New("it names a list of inputs that is not there")
		}
		if _, err := l.Parse(list); err != nil {
			return fmt.Errorf("its list of inputs: %w", err)
		}
		named++
	}
	if len(e.Examples) > MaxTables {
		return fmt.Errorf("it has %d tables of examples; at most %d are kept", len(e.Examples), MaxTables)
	}
	seen := map[string]bool{}
	for i := range e.Examples {
		l := e.Examples[i]
		list, ok := files[l.Name()]
		if !ok {
			return fmt.Errorf("it names examples of %q that are not there", l.Path)
		}
		l.fetch = func(context.Context) ([]byte, error) { return list, nil }
		one := Evidence{Metrics: e.Metrics, Examples: []ExampleList{l}}
		if err := one.LoadExamples(context.Background()); err != nil {
			return err
		}
		if !seen[l.Name()] {
			seen[l.Name()] = true
			named++
		}
	}
	if named != len(files) {
		return fmt.Errorf("%d files lie beside it, it names %d", len(files), named)
	}
	return nil
}

// LoadInputs brings the inputs that lie beside the evidence into Inputs. Without such a list, or when
// it was read already, it does nothing.
func (e *Evidence) LoadInputs(ctx context.Context) error {
	if e == nil || e.InputList == nil || e.Inputs != nil {
		return nil
	}
	if e.InputList.fetch == nil {
		return fmt.Errorf("reading the list of inputs %s: nothing lies beside the evidence", e.InputList.SHA256.Short())
	}
	data, err := e.InputList.fetch(ctx)
	if err == nil {
		e.Inputs, err = e.InputList.Parse(data)
	}
	if err != nil {
		return fmt.Errorf("reading the list of inputs %s: %w", e.InputList.SHA256.Short(), err)
	}
	return nil
}

// SameInputs reports whether two lists are the same for sure, without reading one that lies beside.
func (e *Evidence) SameInputs(o *Evidence) bool {
	if e.InputList != nil && o.InputList != nil {
		return e.InputList.SHA256 == o.InputList.SHA256
	}
	return e.InputList == nil && o.InputList == nil && slices.Equal(e.Inputs, o.Inputs)
}

// Parse reads a list; one that is not the very list that the evidence names is an error.
func (l *InputList) Parse(data []byte) ([]File, error) {
	if len(data) > MaxInputList {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", len(data), MaxInputList)
	}
	if got := DigestOf(data); got != l.SHA256 {
		return nil, fmt.Errorf("its digest is %s, the evidence says %s", got.Short(), l.SHA256.Short())
	}
	if bytes.ContainsFunc(data, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, errors.New("it is not the one line of ASCII that mlgate writes")
	}
	var files []File
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&files); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	if len(files) != l.Count || l.Count <= InlineInputs || l.Count > MaxInputs {
		return nil, fmt.Errorf("it holds %d files and the evidence says %d; a list holds %d to %d", len(files), l.Count, InlineInputs+1, MaxInputs)
	}
	if !slices.IsSortedFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) }) {
		return nil, errors.New("its files are not in order")
	}
	return files, nil
}
