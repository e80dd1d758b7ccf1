package reader

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// readCSV reads two shapes. Long: the header has the columns metric (or name) and value. Wide: every
// column is a metric, and the last row that has a value in it counts, as training logs are written.
// The separator is a comma, or a semicolon when the header has no comma.
func readCSV(s *sheet, data []byte) error {
	text := string(data)
	header, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	if !strings.Contains(header, ",") && strings.Contains(header, ";") {
		r.Comma = ';'
	}
	names, err := r.Read()
	if err != nil {
		return fmt.Errorf("reading the header: %w", err)
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	key := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, "metric") || strings.EqualFold(n, "name") })
	value := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, "value") })
	if key >= 0 && value >= 0 {
		return s.long(r, key, value)
	}
	return s.wide(r, names)
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
	last := make([]string, len(names))
	err := rows(r, func(row []string) error {
		for i, v := range row {
			if v = strings.TrimSpace(v); v != "" {
				last[i] = v
			}
		}
		return nil
	})
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
