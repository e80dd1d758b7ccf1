package reader

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
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
	lines   []int  // of the file, where each row begins; of a binary table the row's number
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
