package reader

import (
	"bytes"
	"encoding/csv"
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
func looksRagasTable(data []byte) bool {
	header, _, _ := bytes.Cut(data, []byte("\n"))
	names, err := csv.NewReader(bytes.NewReader(header)).Read()
	has := func(all []string) bool {
		return !slices.ContainsFunc(all, func(n string) bool { return !slices.Contains(names, n) })
	}
	return err == nil && (has(ragasColumns) || has(oldRagasColumns))
}

// column is one column of a table with a row for each example.
type column struct {
	average
	empty, other int
}

// readRagas reads a table with a row for each example, as CSV or as a JSON list of records: a metric is
// the mean of a column that holds numbers and empty cells only. A column with anything else is left out,
// and so are the empty cells: both are told.
func readRagas(s *sheet, data []byte) error {
	text := strings.TrimSpace(string(data))
	var order []string
	var err error
	columns := map[string]*column{}
	add := func(name string, v float64, is, empty bool) {
		c := columns[name]
		if c == nil {
			c = &column{}
			columns[name], order = c, append(order, name)
		}
		switch {
		case is:
			c.add(v)
		case empty:
			c.empty++
		default:
			c.other++
		}
	}
	n := 0
	if strings.HasPrefix(text, "[") {
		n, err = jsonRecords(data, add)
	} else {
		n, err = csvRecords(string(data), add)
	}
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

func jsonRecords(data []byte, add func(string, float64, bool, bool)) (int, error) {
	v, err := decodeJSON(data)
	if err != nil {
		return 0, err
	}
	for i, row := range list(v) {
		cells, ok := row.(map[string]any)
		if !ok {
			return 0, fmt.Errorf("row %d is no object: records are read, as orient=\"records\" writes them", i)
		}
		for _, k := range sortedKeys(cells) {
			f, is := ownNumber(cells[k])
			add(k, f, is, cells[k] == nil)
		}
	}
	return len(list(v)), nil
}

func csvRecords(text string, add func(string, float64, bool, bool)) (int, error) {
	r := csv.NewReader(strings.NewReader(text))
	header, _, _ := strings.Cut(text, "\n")
	if !strings.Contains(header, ",") && strings.Contains(header, ";") {
		r.Comma = ';'
	}
	names, err := r.Read()
	if err != nil {
		return 0, fmt.Errorf("reading the header: %w", err)
	}
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			return 0, fmt.Errorf("the column %q stands in it twice", name)
		}
		seen[name] = true
	}
	n := 0
	err = rows(r, func(row []string) error {
		n++
		for i, cell := range row {
			f, is := decimal(cell)
			if names[i] != "" { // the index that pandas writes has no name
				add(names[i], f, is, strings.TrimSpace(cell) == "")
			}
		}
		return nil
	})
	if err == nil && n == 0 {
		err = errors.New("it has a header and no row")
	}
	return n, err
}
