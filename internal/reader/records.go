package reader

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Columns that a table of Ragas has beside its metrics: 0.2 and later, and before.
var (
	ragasColumns    = []string{"user_input", "response"}
	oldRagasColumns = []string{"question", "answer", "contexts"}
)

// looksRagas recognises the records that to_pandas().to_json(orient="records") writes.
func looksRagas(s shape) bool {
	return s.is == '[' && s.has(`user_input"`, `response"`)
}

// looksRagasTable recognises the same as CSV, by its columns.
func looksRagasTable(names []string) bool {
	has := func(all []string) bool {
		return !slices.ContainsFunc(all, func(n string) bool { return !slices.Contains(names, n) })
	}
	return has(ragasColumns) || has(oldRagasColumns)
}

// column is one column of a table with a row for each example.
type column struct {
	average
	empty, other int
}

// cell is a value of a record: a number, nothing, or something else.
type cell struct {
	name   string
	value  any
	number float64
	is     bool // a number
	empty  bool
}

// eachRecord calls each for every row of a table, with where it stands: of a JSON list of records, or CSV.
func eachRecord(data []byte, each func(at string, row []cell) error) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return jsonRecords(data, each)
	}
	return csvRecords(string(data), each)
}

// readRagas reads a table with a row for each example, as CSV or as a JSON list of records: a metric is
// the mean of a column that holds numbers and empty cells only. A column with anything else is left out,
// and so are the empty cells: both are told.
func readRagas(s *sheet, data []byte) error {
	var order []string
	columns := map[string]*column{}
	n := 0
	err := eachRecord(data, func(_ string, row []cell) error {
		n++
		for _, v := range row {
			c := columns[v.name]
			if c == nil {
				c = &column{}
				columns[v.name], order = c, append(order, v.name)
			}
			switch {
			case v.is:
				c.add(v.number)
			case v.empty:
				c.empty++
			default:
				c.other++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.columns(order, columns, n)
}

func (s *sheet) columns(order []string, columns map[string]*column, rows int) error {
	var texts []string
	for _, name := range order {
		c := columns[name]
		switch missing := rows - int(c.n); {
		case c.other > 0 || c.n == 0:
			s.leave(name, "text")
			texts = append(texts, fmt.Sprintf("%.40q", name))
			continue
		case missing > 0:
			s.drop(name, fmt.Sprintf("empty in %d of %d rows: the mean is over the others", missing, rows))
		}
		if err := s.figure(c.metric(name, nil)); err != nil {
			return err
		}
	}
	if n := len(texts); n > 0 {
		more := ""
		if n > maxBeside {
			texts, more = texts[:maxBeside], ", …"
		}
		s.dropped = append(s.dropped, fmt.Sprintf("%s: %d columns that are not all numbers (%s%s)", s.src.Path, n, strings.Join(texts, ", "), more))
	}
	return nil
}

func jsonRecords(data []byte, each func(string, []cell) error) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	for i, record := range list(v) {
		cells, ok := record.(map[string]any)
		if !ok {
			return fmt.Errorf("row %d is no object: records are read, as orient=\"records\" writes them", i)
		}
		row := make([]cell, 0, len(cells))
		for _, k := range sortedKeys(cells) {
			f, is := ownNumber(cells[k])
			row = append(row, cell{name: k, value: cells[k], number: f, is: is, empty: cells[k] == nil})
		}
		if err := each(fmt.Sprintf("row %d", i), row); err != nil {
			return err
		}
	}
	return nil
}

func csvRecords(text string, each func(string, []cell) error) error {
	r := delimited(text)
	names, err := r.Read()
	if err != nil {
		return fmt.Errorf("reading the header: %w", err)
	}
	seen := map[string]bool{}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
		if seen[names[i]] {
			return fmt.Errorf("the column %q stands in it twice", names[i])
		}
		seen[names[i]] = true
	}
	r.ReuseRecord = true
	n, row := 0, make([]cell, 0, len(names))
	err = rows(r, func(texts []string) error {
		n++
		row = row[:0]
		for i, text := range texts {
			f, is := decimal(text)
			if names[i] != "" { // the index that pandas writes has no name
				row = append(row, cell{name: names[i], value: text, number: f, is: is, empty: strings.TrimSpace(text) == ""})
			}
		}
		line, _ := r.FieldPos(0)
		return each(fmt.Sprintf("line %d", line), row)
	})
	if err == nil && n == 0 {
		err = errors.New("it has a header and no row")
	}
	return err
}
