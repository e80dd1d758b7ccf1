package reader

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// delimited reads rows of text: separated by tabs where the header has one, else by commas, else by semicolons.
// Line ends are those of any system, also the lone carriage returns of old ones.
func delimited(text string) *csv.Reader {
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	header, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	for _, comma := range []rune{'\t', ',', ';'} {
		if strings.ContainsRune(strings.TrimSpace(header), comma) {
			r.Comma = comma
			break
		}
	}
	return r
}

// headOf are the names in a table's first line.
func headOf(data []byte) []string {
	if end := bytes.IndexAny(data, "\r\n"); end >= 0 {
		data = data[:end]
	}
	names, err := delimited(string(data)).Read()
	if err != nil {
		return nil
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// readCSV reads two shapes. Long: the header has the columns metric (or name) and value. Wide: every
// column is a metric, and the last row that has a value in it counts, as training logs are written.
func readCSV(s *sheet, data []byte) error {
	r := delimited(string(data))
	names, err := r.Read()
	if err != nil {
		return fmt.Errorf("reading the header: %w", err)
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	if key, value := longColumns(names); key >= 0 && value >= 0 {
		return s.long(r, key, value)
	}
	return s.wide(r, names)
}

// longColumns are where a table with a row for each metric has its name and its value, or -1.
func longColumns(names []string) (key, value int) {
	key = slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, "metric") || strings.EqualFold(n, "name") })
	return key, slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, "value") })
}

func (s *sheet) long(r *csv.Reader, key, value int) error {
	return rows(r, func(row []string) error {
		f, ok := decimal(row[value])
		if !ok {
			s.drop(row[key], fmt.Sprintf("%q, no number", row[value]))
			return nil
		}
		return s.add(strings.TrimSpace(row[key]), f)
	})
}

func (s *sheet) wide(r *csv.Reader, names []string) error {
	last, named := make([]string, len(names)), namingOf(names)
	err := rows(r, func(row []string) error {
		named.row(row)
		for i, v := range row {
			if v = strings.TrimSpace(v); v != "" {
				last[i] = v
			}
		}
		return nil
	})
	if err == nil {
		err = s.byExample(named)
	}
	if err != nil {
		return err
	}
	for i, v := range last {
		switch f, ok := decimal(v); {
		case v == "":
			s.drop(names[i], "an empty column")
		case !ok:
			s.drop(names[i], "text")
		default:
			if err := s.add(names[i], f); err != nil {
				return err
			}
		}
	}
	return nil
}

func rows(r *csv.Reader, each func([]string) error) error {
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a row: %w", err)
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// decimal reads a number as every tool writes one; a decimal comma is no number.
func decimal(v string) (float64, bool) {
	v = strings.TrimSpace(v)
	if strings.ContainsAny(v, "xX_pP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(v, 64)
	return f, err == nil || math.IsInf(f, 0)
}
