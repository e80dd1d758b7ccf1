// Package reader turns files into numbers: JSON, YAML, CSV, JUnit XML, mlgate's own schema, and what
// tools write that evaluate models or test data: metrics, and checks. It guesses nothing: what is no number is left out and named, a value that means two things is an error.
//
// It opens no file itself, and it does not know what a number is good for.
package reader

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Limits of one file.
const (
	maxFile    = 16 << 20
	maxDepth   = 100
	maxMetrics = 10_000
	maxDropped = 20  // named for people; the rest is counted
	maxName    = 500 // bytes
)

// Files is the reader of plain files.
type Files struct{}

var _ mlgate.Reader = Files{}

// sheet collects what one file says.
type sheet struct {
	src      mlgate.Source
	metrics  []mlgate.Metric
	seen     map[string]bool
	dropped  []string
	left     []mlgate.LeftOut
	more     int
	tables   []mlgate.Table
	checks   []mlgate.Check
	named    map[string]int // of checks
	taken    map[string]int // keys of metrics that a tool may write twice
	repeats  int
	examples *mlgate.Examples
}

// Metrics reads every number of a file. Nested keys are joined with a dot, the prefix comes first.
// NaN and infinities are kept: it is for the gates to say what they mean. Text, lists, booleans and
// nulls are left out and named. The same name twice, more than 10,000 metrics, more than 100 levels
// or a file that is larger than its format's limit are errors.
func (Files) Metrics(src mlgate.Source, data []byte) (mlgate.Reading, error) {
	name := kindOf(src)
	if src.Kind == "" || src.Look {
		name = byMagic(name, data)
	}
	k, known := row(name)
	if k.magic == nil || k.mixed && !k.magic(data) {
		var err error
		if data, err = plainText(src, data, max(k.size(), maxFile)); err != nil {
			return mlgate.Reading{}, err
		}
		if src.Kind == "" || src.Look {
			k, known = row(lookedInto(name, data))
		}
	}
	switch {
	case known && k.read == nil:
		return mlgate.Reading{}, noFolder(src)
	case !known:
		return mlgate.Reading{}, fmt.Errorf("%q: no reader for kind %q; there are %s", src.Path, src.Kind, strings.Join(Kinds(), ", "))
	case int64(len(data)) > k.size():
		return mlgate.Reading{}, tooLarge(src, len(data), k.size())
	}
	return reading(src, k.name, data, k.read)
}

func tooLarge(src mlgate.Source, size int, limit int64) error {
	return fmt.Errorf("%q has %d bytes; at most %d are read", src.Path, size, limit)
}

// plainText is what every format of text has in common: UTF-8 of a size that can be read.
func plainText(src mlgate.Source, data []byte, limit int64) ([]byte, error) {
	if int64(len(data)) > limit {
		return nil, tooLarge(src, len(data), limit)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, fmt.Errorf("%q is UTF-16, not UTF-8: let what writes it write UTF-8 (in PowerShell: Out-File -Encoding utf8)", src.Path)
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%q is not UTF-8", src.Path)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fmt.Errorf("%q is empty", src.Path)
	}
	return data, nil
}

func reading(src mlgate.Source, kind string, data []byte, read func(*sheet, []byte) error) (mlgate.Reading, error) {
	s := &sheet{src: src, seen: map[string]bool{}}
	if err := read(s, data); err != nil {
		return mlgate.Reading{}, fmt.Errorf("%q: %w", src.Path, err)
	}
	if len(s.metrics) == 0 {
		return mlgate.Reading{Kind: kind}, fmt.Errorf("%q: %w", src.Path, mlgate.ErrNoNumber)
	}
	if s.more > 0 {
		s.dropped = append(s.dropped, fmt.Sprintf("%s: %d more values left out", src.Path, s.more))
	}
	return mlgate.Reading{Kind: kind, Metrics: s.metrics, Dropped: s.dropped, LeftOut: s.left, Tables: s.tables, Checks: s.checks, Examples: s.examples}, nil
}

func (s *sheet) name(key string) string {
	if s.src.Prefix != "" && key != "" {
		return s.src.Prefix + "." + key
	}
	return s.src.Prefix + key
}

var errTooMany = fmt.Errorf("it holds more than %d numbers", maxMetrics)

func (s *sheet) add(key string, v float64) error {
	return s.put(mlgate.Metric{Name: s.name(key), Value: number(v)})
}

// number makes one zero of two: -0 is equal to 0, and nobody wants to read it.
func number(v float64) mlgate.Number {
	if v == 0 {
		return 0
	}
	return mlgate.Number(v)
}

func (s *sheet) put(m mlgate.Metric) error {
	switch {
	case m.Name == "":
		return errors.New("a number without a name: give the evidence a prefix")
	case len(m.Name) > maxName:
		return fmt.Errorf("a name of %d bytes", len(m.Name))
	case s.seen[m.Name]:
		return fmt.Errorf("the name %q stands in it twice", m.Name)
	case len(s.metrics) >= maxMetrics:
		return errTooMany
	}
	s.seen[m.Name] = true
	m.File = s.src.Path
	s.metrics = append(s.metrics, m)
	return nil
}

func (s *sheet) drop(key, what string) {
	s.leave(key, what)
	if len(s.dropped) >= maxDropped {
		s.more++
		return
	}
	s.dropped = append(s.dropped, fmt.Sprintf("%s: %s is %s", s.src.Path, s.name(key), what))
}

// join names what stands below a key. What is longer than any name may be is cut: long keys around many
// values would be copied for each of them.
func join(prefix, key string) string {
	if prefix != "" {
		key = prefix + "." + key
	}
	if len(key) > 2*maxName {
		key = cutAt(key, 2*maxName)
	}
	return key
}
