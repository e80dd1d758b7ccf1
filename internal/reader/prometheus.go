package reader

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

var (
	seriesName = pattern.Lazy(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	labelName  = pattern.Lazy(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
)

// looksPrometheus recognises an exposition by how its first line begins.
func looksPrometheus(data []byte) bool {
	data = bytes.TrimSpace(data)
	return bytes.HasPrefix(data, []byte("# HELP ")) || bytes.HasPrefix(data, []byte("# TYPE "))
}

// families is what an exposition says of its families before their samples.
type families struct {
	types, units map[string]string
	ended        bool // "# EOF" was there
}

// readPrometheus reads Prometheus' text exposition (0.0.4) and OpenMetrics (1.0): every sample is a
// metric, its labels are the slice. Times and exemplars are not looked at. Times of creation and infos are
// no measurement. (Prometheus' own parser, expfmt, reads no OpenMetrics and panics on some texts; the tests
// hold this one against it.)
func readPrometheus(s *sheet, data []byte) error {
	if !bytes.HasSuffix(data, []byte("\n")) {
		return errors.New("it ends in the middle of a line: was it written to the end?")
	}
	f := families{types: map[string]string{}, units: map[string]string{}}
	at := 0
	for line := range strings.Lines(string(data)) {
		at++
		line = strings.Trim(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), " \t")
		var err error
		switch {
		case line == "":
		case f.ended:
			err = errors.New("something follows \"# EOF\"")
		case line[0] == '#':
			f.comment(strings.Fields(line[1:]))
		default:
			err = f.sample(s, line)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", at, err)
		}
	}
	return nil
}

// comment keeps types and units. Everything else after # is for people.
func (f *families) comment(words []string) {
	switch {
	case len(words) == 1 && words[0] == "EOF":
		f.ended = true
	case len(words) == 3 && words[0] == "TYPE":
		f.types[strings.Trim(words[1], `"`)] = words[2]
	case len(words) == 3 && words[0] == "UNIT":
		f.units[strings.Trim(words[1], `"`)] = words[2]
	}
}

func (f *families) sample(s *sheet, line string) error {
	p := &series{rest: line}
	if err := p.head(); err != nil {
		return err
	}
	words, _, _ := strings.Cut(p.rest, "#") // an exemplar
	fields := strings.Fields(words)
	if len(fields) == 0 || len(fields) > 2 {
		return fmt.Errorf("%.60q is no sample: after its name and labels stand a value and at most a time", line)
	}
	v, ok := decimal(fields[0])
	if _, timed := decimal(fields[len(fields)-1]); !ok || !timed {
		return fmt.Errorf("%.60q is no number", words)
	}
	created, isCreated := strings.CutSuffix(p.name, "_created")
	info, isInfo := strings.CutSuffix(p.name, "_info")
	switch {
	case isCreated && f.counts(created):
		s.drop(p.name, "a time of creation")
		return nil
	case isInfo && f.types[info] == "info":
		s.drop(p.name, "an info")
		return nil
	}
	return s.figure(mlgate.Metric{Name: p.name, Value: mlgate.Number(v), Slice: p.labels, Unit: f.unit(p.name)})
}

// counts says that a family has a time of creation.
func (f *families) counts(family string) bool {
	for _, name := range []string{family, family + "_total"} {
		switch f.types[name] {
		case "counter", "histogram", "gaugehistogram", "summary":
			return true
		}
	}
	return false
}

// unit is that of a family, for those of its samples that are in it: no counts.
func (f *families) unit(name string) string {
	for _, suffix := range []string{"", "_total", "_sum"} {
		if family, ok := strings.CutSuffix(name, suffix); ok && f.units[family] != "" && len(f.units[family]) <= maxUnit {
			return f.units[family]
		}
	}
	return ""
}

// series reads the name and the labels of a sample from the front of a line.
type series struct {
	rest   string
	name   string
	labels map[string]string // without empty ones, which are none
}

func (p *series) head() error {
	end := strings.IndexAny(p.rest, "{ \t")
	if end < 0 {
		return fmt.Errorf("%.60q is no sample", p.rest)
	}
	p.name, p.rest = p.rest[:end], strings.TrimLeft(p.rest[end:], " \t")
	if p.name != "" && !seriesName().MatchString(p.name) {
		return fmt.Errorf("%.60q is no name of a metric", p.name)
	}
	if !strings.HasPrefix(p.rest, "{") {
		return nil
	}
	p.rest, p.labels = p.rest[1:], map[string]string{}
	for {
		p.skip()
		if strings.HasPrefix(p.rest, "}") {
			p.rest = p.rest[1:]
			maps.DeleteFunc(p.labels, func(_, value string) bool { return value == "" })
			if p.name == "" {
				return errors.New("a sample without a name")
			}
			return nil
		}
		if err := p.label(); err != nil {
			return err
		}
		p.skip()
		if !strings.HasPrefix(p.rest, "}") && !strings.HasPrefix(p.rest, ",") {
			return fmt.Errorf("the labels of %q do not end", p.name)
		}
		p.rest = strings.TrimPrefix(p.rest, ",")
	}
}

func (p *series) skip() { p.rest = strings.TrimLeft(p.rest, " \t") }

// label reads one `name="value"`. A quoted name alone is that of the metric, as names that are not plain
// are written.
func (p *series) label() error {
	name, quoted, err := p.word()
	if err != nil {
		return err
	}
	p.skip()
	if quoted && p.name == "" && !strings.HasPrefix(p.rest, "=") {
		p.name = name
		return nil
	}
	if !strings.HasPrefix(p.rest, "=") || name == "" || !quoted && !labelName().MatchString(name) {
		return fmt.Errorf("%.60q is no label", name)
	}
	p.rest = p.rest[1:]
	p.skip()
	value, quoted, err := p.word()
	if err != nil {
		return err
	}
	if !quoted {
		return fmt.Errorf("the label %.60q has no text in quotes", name)
	}
	if _, twice := p.labels[name]; twice {
		return fmt.Errorf("the label %.60q stands twice", name)
	}
	p.labels[name] = value
	return nil
}

// word reads a plain word, or a text in quotes with \\, \" and \n in it.
func (p *series) word() (string, bool, error) {
	if !strings.HasPrefix(p.rest, `"`) {
		end := strings.IndexAny(p.rest, "=,} \t\"")
		if end < 0 {
			return "", false, errors.New("the labels do not end")
		}
		word := p.rest[:end]
		p.rest = p.rest[end:]
		return word, false, nil
	}
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.rest = p.rest[i+1:]
			return b.String(), true, nil
		case c == '\\' && i+1 < len(p.rest):
			i++
			if !strings.ContainsRune(`\"n`, rune(p.rest[i])) {
				return "", true, fmt.Errorf("\\%c means nothing in a label", p.rest[i])
			}
			b.WriteByte(map[byte]byte{'\\': '\\', '"': '"', 'n': '\n'}[p.rest[i]])
		default:
			b.WriteByte(c)
		}
	}
	return "", true, errors.New("a text in quotes does not end")
}
