package reader

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/wire/columns"
)

// tableOf reads the named columns of a table: Parquet; Arrow; JSON lines, an object a line, where the first line begins
// with {; else CSV with a header.
func tableOf(data []byte, names []string) (cells, error) {
	if columns.Known(data) {
		return binaryRows(data, names)
	}
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		return jsonLines(data, names)
	}
	return commaLines(string(data), names)
}

// full says that a table has as many rows as are read.
var errFull = fmt.Errorf("it has more than %d rows", mlgate.MaxExamples)

// binaryRows reads a table that counts its rows, and has no lines.
func binaryRows(data []byte, names []string) (cells, error) {
	t, err := columns.Read(data, names, mlgate.MaxExamples)
	var absent *columns.AbsentError
	if errors.As(err, &absent) {
		err = noColumn(absent.Column, absent.Others)
	}
	c := cells{columns: t.Columns, lines: make([]int, t.Rows), unit: "row"}
	for i := range c.lines {
		c.lines[i] = i + 1
	}
	return c, err
}

func noColumn(name string, others []string) error {
	return fmt.Errorf("it has no column %q; there are %s", name, someOf(others))
}

func commaLines(text string, names []string) (cells, error) {
	c := cells{columns: map[string][]string{}, unit: "line"}
	r := delimited(text)
	r.ReuseRecord = true
	first, err := r.Read()
	if err != nil {
		return c, fmt.Errorf("reading the header: %w", err)
	}
	at := make([]int, len(names))
	for i, name := range names {
		is := func(h string) bool { return strings.TrimSpace(h) == name }
		if at[i] = slices.IndexFunc(first, is); at[i] < 0 {
			return c, noColumn(name, first)
		}
		if slices.ContainsFunc(first[at[i]+1:], is) {
			return c, fmt.Errorf("it has two columns %q", name)
		}
	}
	return c, rows(r, func(row []string) error {
		if len(c.lines) >= mlgate.MaxExamples {
			return errFull
		}
		line, _ := r.FieldPos(0)
		c.lines = append(c.lines, line)
		for i, name := range names {
			c.columns[name] = append(c.columns[name], strings.Clone(strings.TrimSpace(row[at[i]])))
		}
		return nil
	})
}

func jsonLines(data []byte, names []string) (cells, error) {
	c := cells{columns: map[string][]string{}, unit: "line"}
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, mlgate.MaxTableFile)
	for line := 1; sc.Scan(); line++ {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		if len(c.lines) >= mlgate.MaxExamples {
			return c, errFull
		}
		row, err := jsonRow(sc.Bytes())
		if err != nil {
			return c, fmt.Errorf("line %d: %w", line, err)
		}
		c.lines = append(c.lines, line)
		for _, name := range names {
			raw, ok := row[name]
			if !ok {
				return c, fmt.Errorf("line %d has no %q", line, name)
			}
			text, err := cellText(raw)
			if err != nil {
				return c, c.wrong(len(c.lines)-1, name, err.Error())
			}
			c.columns[name] = append(c.columns[name], text)
		}
	}
	return c, sc.Err()
}

// jsonRow reads an object; a key that stands in it twice is an error, for readers differ in which counts.
func jsonRow(line []byte) (map[string]json.RawMessage, error) {
	row := map[string]json.RawMessage{}
	dec := json.NewDecoder(bytes.NewReader(quoteSpecials(line)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("it is no JSON object")
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return nil, err
		}
		if _, twice := row[key]; twice {
			return nil, fmt.Errorf("the key %.60q stands in it twice", key)
		}
		row[key] = v
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if dec.More() {
		return nil, errors.New("something follows the object: one example a line")
	}
	return row, nil
}

// cellText is the text of a cell.
func cellText(raw json.RawMessage) (string, error) {
	switch raw[0] {
	case '{', '[':
		return "", errors.New("a list or an object, not one value")
	case 'n':
		return "", nil
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return strings.TrimSpace(s), err
	}
	return string(raw), nil
}

// someOf names a few columns.
func someOf(names []string) string {
	more := ""
	if len(names) > maxBeside {
		names, more = names[:maxBeside], fmt.Sprintf(" and %d more", len(names)-maxBeside)
	}
	var out []string
	for _, n := range names {
		out = append(out, fmt.Sprintf("%.60q", strings.TrimSpace(n)))
	}
	return strings.Join(out, ", ") + more
}
