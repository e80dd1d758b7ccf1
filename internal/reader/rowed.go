package reader

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// rowName are names of columns that say which example a row is of; those of a training log say where in it.
var (
	rowName   = pattern.Lazy(`(?i)^(id|uid|uuid|guid|example|sample|[a-z0-9][a-z0-9_ .-]{0,50}[_ -](id|uid|uuid|guid))$`)
	placeName = pattern.Lazy(`(?i)(epoch|step|iter|round|batch|time)`)
)

// naming looks for a column that gives each row of a table a name of its own.
type naming struct {
	names []string
	seen  map[int]map[string]bool // of the columns that may be it
	rows  int
}

func namingOf(names []string) *naming {
	n := &naming{names: names, seen: map[int]map[string]bool{}}
	for i, name := range names {
		if rowName().MatchString(name) && !placeName().MatchString(name) {
			n.seen[i] = map[string]bool{}
		}
	}
	return n
}

func (n *naming) row(row []string) {
	n.rows++
	for i, seen := range n.seen {
		v := strings.TrimSpace(row[i])
		if v == "" || seen[v] {
			delete(n.seen, i)
			continue
		}
		seen[v] = true
	}
}

// column is the first that names every row, where there are several rows; empty: none does.
func (n *naming) column() string {
	for i, name := range n.names {
		if n.seen[i] != nil && n.rows > 1 {
			return name
		}
	}
	return ""
}

// byExample refuses a table with a row for each example where nobody said which numbers of it are meant.
func (s *sheet) byExample(n *naming) error {
	id := n.column()
	if id == "" || s.src.Kind != "" && !s.src.Look {
		return nil
	}
	return fmt.Errorf("it has a row for each %q, and as metrics only its last row would count: say `{kind: examples, path: %s, id: %s, metrics: …}` to judge all of them, or `{kind: csv, path: %s}` for the last row", id, s.src.Path, id, s.src.Path)
}

// Guess proposes how the metrics of a table come from its columns, where each of its rows is named as an
// example is: of a label and a prediction the share that agree, of columns of 0 and 1 their share, of other
// numbers the mean. Nil: it is no such table.
func Guess(data []byte) *mlgate.ExampleTable {
	r := delimited(strings.TrimPrefix(string(data), "\xef\xbb\xbf"))
	names, err := r.Read()
	if err != nil {
		return nil
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	if key, value := longColumns(names); key >= 0 && value >= 0 || tableKind(names) != "csv" {
		return nil
	}
	n, number, share, err := numbersOf(r, names)
	if err != nil || n.column() == "" {
		return nil
	}
	t := &mlgate.ExampleTable{ID: n.column()}
	label, said := oneOf(names, "label", "target", "y_true"), oneOf(names, "prediction", "predicted", "pred", "y_pred")
	if label != "" && said != "" {
		t.Metrics = append(t.Metrics, mlgate.ExampleMetric{Name: "accuracy", How: mlgate.Equal, Columns: []string{label, said}})
	}
	for i, name := range names {
		switch {
		case rowName().MatchString(name) || name == label || name == said || name == "accuracy" && len(t.Metrics) > 0:
		case share[i]:
			t.Metrics = append(t.Metrics, mlgate.ExampleMetric{Name: name, How: mlgate.Share, Columns: []string{name}})
		case number[i]:
			t.Metrics = append(t.Metrics, mlgate.ExampleMetric{Name: name, How: mlgate.Mean, Columns: []string{name}})
		}
	}
	if len(t.Metrics) == 0 {
		return nil
	}
	return t
}

// numbersOf says of each column whether all of its cells are numbers, and whether all are 0, 1 or booleans.
func numbersOf(r *csv.Reader, names []string) (n *naming, number, share []bool, err error) {
	n, number, share = namingOf(names), slices.Repeat([]bool{true}, len(names)), slices.Repeat([]bool{true}, len(names))
	err = rows(r, func(row []string) error {
		n.row(row)
		for i, v := range row {
			v = strings.ToLower(strings.TrimSpace(v))
			f, ok := decimal(v)
			number[i] = number[i] && ok && mlgate.Number(f).Finite()
			share[i] = share[i] && (slices.Contains([]string{"true", "false"}, v) || ok && (f == 0 || f == 1))
		}
		return nil
	})
	if len(names) == 0 {
		err = errors.New("it has no columns")
	}
	return n, number, share, err
}

// oneOf is the first of the names that a table has, whatever its case.
func oneOf(names []string, wanted ...string) string {
	for _, w := range wanted {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, w) }); i >= 0 {
			return names[i]
		}
	}
	return ""
}
