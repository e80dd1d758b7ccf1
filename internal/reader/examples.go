package reader

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// maxSlices is how many slices all columns of a table may make together.
const maxSlices = 2000

// readExamples reads a table with a row for each example. Every row needs a name of its own and a cell that
// can be read in each column that a metric needs: an example that is left out here would be one less to
// compare, so nothing is.
func readExamples(s *sheet, data []byte) error {
	spec := s.src.Table
	if spec == nil {
		return fmt.Errorf("of a table of examples mlops.yaml must say more: {kind: examples, path: %s, id: …, metrics: …}", s.src.Path)
	}
	rows, err := tableOf(data, spec.Names())
	if err != nil {
		return err
	}
	x, order, err := index(rows, spec)
	if err != nil {
		return err
	}
	for _, m := range spec.Metrics {
		c, err := columnOf(rows, m, order)
		if err != nil {
			return fmt.Errorf("the metric %s: %w", m.Name, err)
		}
		c.Metric, c.From = s.name(m.Name), m.String()
		x.Columns = append(x.Columns, c)
	}
	s.examples = x
	return s.ofExamples(spec, x)
}

// cells is a table by columns: those that were asked for, with a text for each row.
type cells struct {
	columns map[string][]string
	lines   []int  // of the file, where each row begins; of Parquet the row's number
	unit    string // what lines counts
}

func (c cells) wrong(row int, column, what string) error {
	return fmt.Errorf("%s %d: the column %q is %s", c.unit, c.lines[row], column, what)
}

// index puts the examples in the order of their ids, with what groups and slices say; order are the rows.
func index(t cells, spec *mlgate.ExampleTable) (*mlgate.Examples, []int, error) {
	names := t.columns[spec.ID]
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("it has no rows")
	}
	ids, order := make([]uint64, len(names)), make([]int, len(names))
	for i, name := range names {
		if name == "" {
			return nil, nil, t.wrong(i, spec.ID, "empty: every example needs a name")
		}
		sum := sha256.Sum256([]byte(name))
		ids[i], order[i] = binary.BigEndian.Uint64(sum[:]), i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(ids[a], ids[b]), a-b) })
	x := &mlgate.Examples{IDs: make([]uint64, len(order))}
	for i, row := range order {
		x.IDs[i] = ids[row]
		if i > 0 && x.IDs[i] == x.IDs[i-1] {
			return nil, nil, t.wrong(row, spec.ID, fmt.Sprintf("%.60q, as in %s %d: every example stands once", names[row], t.unit, t.lines[order[i-1]]))
		}
	}
	if spec.Group != "" {
		of, values := codes(t.columns[spec.Group], order)
		if at := slices.Index(values, ""); at >= 0 {
			return nil, nil, t.wrong(slices.Index(t.columns[spec.Group], ""), spec.Group, "empty: every example needs its group")
		}
		x.Groups = of
	}
	for _, column := range spec.Slices {
		texts := slices.Clone(t.columns[column])
		for i := range texts {
			texts[i] = inName.Replace(texts[i])
		}
		of, values := codes(texts, order)
		x.Parts = append(x.Parts, mlgate.Part{Column: inName.Replace(column), Values: values, Of: of})
	}
	return x, order, nil
}

// codes numbers the texts of a column in their order, and gives the number of each row.
func codes(column []string, order []int) ([]uint32, []string) {
	values := slices.Clone(column)
	slices.Sort(values)
	values = slices.Compact(values)
	of := make([]uint32, len(order))
	for i, row := range order {
		at, _ := slices.BinarySearch(values, column[row])
		of[i] = uint32(at) //nolint:gosec // at most as many as rows
	}
	return of, slices.Clone(values)
}

// columnOf computes what a metric is made of, an example after the other.
func columnOf(t cells, m mlgate.ExampleMetric, order []int) (mlgate.Column, error) {
	c := mlgate.Column{Kind: mlgate.Mean, Values: make([]float64, len(order))}
	switch m.How {
	case mlgate.Share, mlgate.Equal:
		c.Kind = mlgate.Share
	case mlgate.AUC:
		c.Kind, c.Labels = mlgate.AUC, make([]bool, len(order))
	}
	for i, row := range order {
		var err error
		var label float64
		switch m.How {
		case mlgate.Share:
			c.Values[i], err = t.truth(row, m.Columns[0])
		case mlgate.Equal:
			c.Values[i], err = t.equal(row, m.Columns)
		case mlgate.Mean:
			c.Values[i], err = t.number(row, m.Columns[0])
		case mlgate.AUC:
			if label, err = t.truth(row, m.Columns[0]); err == nil {
				c.Labels[i] = label == 1
				c.Values[i], err = t.number(row, m.Columns[1])
			}
		default:
			c.Values[i], err = t.miss(row, m)
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

// miss is how far a prediction lies from its label.
func (c cells) miss(row int, m mlgate.ExampleMetric) (float64, error) {
	label, err := c.number(row, m.Columns[0])
	if err != nil {
		return 0, err
	}
	prediction, err := c.number(row, m.Columns[1])
	if err != nil {
		return 0, err
	}
	d := math.Abs(label - prediction)
	if m.How == mlgate.SquaredError {
		d *= d
	}
	if math.IsInf(d, 0) {
		return 0, c.wrong(row, m.Columns[1], "too far from its label for a number")
	}
	return d, nil
}

func (c cells) equal(row int, columns []string) (float64, error) {
	a, b := c.columns[columns[0]][row], c.columns[columns[1]][row]
	switch {
	case a == "":
		return 0, c.wrong(row, columns[0], "empty")
	case b == "":
		return 0, c.wrong(row, columns[1], "empty")
	case a == b:
		return 1, nil
	}
	if x, ok := decimal(a); ok { // 1 and 1.0 say the same
		if y, is := decimal(b); is && x == y {
			return 1, nil
		}
	}
	return 0, nil
}

func (c cells) truth(row int, column string) (float64, error) {
	text := c.columns[column][row]
	switch strings.ToLower(text) {
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	if f, ok := decimal(text); ok && (f == 0 || f == 1) {
		return f, nil
	}
	return 0, c.wrong(row, column, fmt.Sprintf("%.60q, not 0, 1, true or false", text))
}

func (c cells) number(row int, column string) (float64, error) {
	text := c.columns[column][row]
	f, ok := decimal(text)
	if !ok || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, c.wrong(row, column, fmt.Sprintf("%.60q, no finite number", text))
	}
	return float64(number(f)), nil
}

// ofExamples are the metrics of a table: of all examples, and of each slice.
func (s *sheet) ofExamples(spec *mlgate.ExampleTable, x *mlgate.Examples) error {
	total := 0
	for _, p := range x.Parts {
		total += len(p.Values)
	}
	for i := range x.Columns {
		if err := s.ofColumn(spec.Metrics[i].Name, x, &x.Columns[i], nil); err != nil {
			return err
		}
		if total > maxSlices {
			continue
		}
		for _, p := range x.Parts {
			for _, v := range p.Values {
				if err := s.ofColumn(spec.Metrics[i].Name, x, &x.Columns[i], map[string]string{p.Column: v}); err != nil {
					return err
				}
			}
		}
	}
	if total > maxSlices {
		s.dropped = append(s.dropped, fmt.Sprintf("%s: %d slices, more than %d: none is read; name columns with fewer values", s.src.Path, total, maxSlices))
	}
	return nil
}

func (s *sheet) ofColumn(name string, x *mlgate.Examples, c *mlgate.Column, slice map[string]string) error {
	rows, _ := x.In(slice)
	values, labels := c.Of(rows)
	n := int64(len(values))
	m := mlgate.Metric{Name: name, N: n, Slice: slice}
	var e stat.Estimate
	var err error
	switch c.Kind {
	case mlgate.AUC:
		if e, err = stat.AUC(values, labels, 0.95); err != nil {
			s.drop(named(name, slice), "no AUC: that takes two examples of each label")
			return nil //nolint:nilerr // told by name
		}
	default:
		e, err = stat.MeanT(values, 0.95)
		if len(values) == 1 {
			e.Value, err = values[0], nil
		}
		if err != nil {
			return err
		}
	}
	m.Value = number(e.Value)
	switch stderr := mlgate.Number(e.Stderr); {
	case c.Kind == mlgate.Share:
		hits := int64(math.Round(e.Value * float64(n)))
		m.Hits, m.Value = &hits, number(float64(hits)/float64(n))
	case n > 1 && stderr.Finite():
		m.Stderr = &stderr
	}
	return s.figure(m)
}
