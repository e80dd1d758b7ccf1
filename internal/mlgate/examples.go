package mlgate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Limits of tables of examples.
const (
	MaxTables      = 4         // of one evidence
	MaxTableFile   = 64 << 20  // bytes of a file
	MaxExamples    = 1_000_000 // rows of a table
	MaxExampleList = 32 << 20  // bytes of what is kept of a table
	maxExampleHead = 1 << 20   // bytes of its first line
)

// How a metric comes from the columns of a table of examples.
const (
	Share         = "share"          // of cells that are 1 or true
	Equal         = "equal"          // share of rows whose two cells say the same
	Mean          = "mean"           // of a column
	AbsoluteError = "absolute_error" // mean of |label − prediction|
	SquaredError  = "squared_error"  // mean of (label − prediction)²; of labels 0 and 1 the Brier score
	LogLoss       = "log_loss"       // mean of −log of the probability that was given to the label
	AUC           = "auc"            // area under the ROC curve, of a label (0 or 1) and a score
	TPR           = "tpr"            // share of predictions that are 1, of the examples with label 1
	FPR           = "fpr"            // the same of those with label 0
	ECE           = "ece"            // expected calibration error, of a label (0 or 1) and a probability
	RMSE          = "rmse"           // root of the mean of (label − prediction)²
	R2            = "r2"             // 1 − Σ(label − prediction)² / Σ(label − mean label)²
	P50           = "p50"            // of a column what half of the examples do not exceed
	P90           = "p90"            // likewise
	P95           = "p95"            // likewise
	P99           = "p99"            // likewise
)

// Bins of an expected calibration error: equally wide, from 0 to 1.
const (
	DefaultBins = 15
	MinBins     = 2
	MaxBins     = 100
)

// ExampleTable says how a file with a row for each example is read.
type ExampleTable struct {
	ID      string          `json:"id"`               // column that names the example
	Group   string          `json:"group,omitempty"`  // column of what examples belong to that are not independent: a user, a document
	Slices  []string        `json:"slices,omitempty"` // columns whose values are slices
	Metrics []ExampleMetric `json:"metrics"`          // in the order of the file
}

// ExampleMetric is one metric of such a file.
type ExampleMetric struct {
	Name    string   `json:"name"`
	How     string   `json:"how"`            // one of the words above
	Columns []string `json:"columns"`        // one, or a label and what is compared with it
	Bins    int      `json:"bins,omitempty"` // of ece
}

// String says how the metric is computed, as mlops.yaml does.
func (m ExampleMetric) String() string {
	text := m.How + ": " + strings.Join(m.Columns, ", ")
	if m.Bins > 0 {
		text += fmt.Sprintf(", %d bins", m.Bins)
	}
	return text
}

// Kind is what the metric's column holds of each example.
func (m ExampleMetric) Kind() string {
	switch m.How {
	case Equal:
		return Share
	case AbsoluteError, SquaredError, LogLoss:
		return Mean
	case ECE:
		return ECE + strconv.Itoa(m.Bins)
	}
	return m.How
}

// Names are the columns that are read, each once.
func (t *ExampleTable) Names() []string {
	names := append([]string{t.ID}, t.Slices...)
	if t.Group != "" {
		names = append(names, t.Group)
	}
	for _, m := range t.Metrics {
		names = append(names, m.Columns...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Examples is what a table says of each example, ascending by ID.
type Examples struct {
	IDs     []uint64 // first eight bytes of the sha256 of the example's name, big-endian; ascending, each once
	Groups  []uint32 // number of the example's group; nil: no column of groups
	Parts   []Part
	Columns []Column
}

// Part is a column whose values are slices.
type Part struct {
	Column string
	Values []string // sorted
	Of     []uint32 // of each example: index in Values
	rows   [][]int  // of each value, once they were asked for
}

// ExampleList names the list of examples that lies beside evidence: what is in it is fetched when a gate
// compares example by example.
type ExampleList struct {
	Path   string `json:"path"`   // of the table, relative to the folder of mlops.yaml
	SHA256 Digest `json:"sha256"` // of the list
	IDs    Digest `json:"ids"`    // of the ids in it: the same digest, the same examples
	Count  int    `json:"count"`  // examples in it
	fetch  func(context.Context) ([]byte, error)
	loaded *Examples
}

// Name is that of the file beside the record.
func (l ExampleList) Name() string { return string(l.SHA256) + ".examples" }

// HoldExamples is the list of a table that was just read.
func HoldExamples(path string, x *Examples) ExampleList { return ExampleList{Path: path, loaded: x} }

// LoadExamples brings the examples that lie beside the evidence into memory. A list that is not what the
// evidence says is an error, and so is one that does not agree with the metrics of its table.
func (e *Evidence) LoadExamples(ctx context.Context) error {
	for i := range e.Examples {
		l := &e.Examples[i]
		if l.loaded != nil {
			continue
		}
		if l.fetch == nil {
			return fmt.Errorf("reading the examples of %q: nothing lies beside the evidence", l.Path)
		}
		data, err := l.fetch(ctx)
		if err == nil {
			l.loaded, err = l.Parse(data)
		}
		if err == nil {
			err = e.agrees(*l)
		}
		if err != nil {
			return fmt.Errorf("reading the examples of %q: %w", l.Path, err)
		}
	}
	return nil
}

// SameExamples reports whether two sides were measured on the same examples, without reading a list.
func (e *Evidence) SameExamples(o *Evidence) bool {
	return slices.EqualFunc(e.Examples, o.Examples, func(a, b ExampleList) bool { return a.Path == b.Path && a.IDs == b.IDs })
}

// Lists reports whether what is known of each example of a metric lies beside the evidence: as far as can be
// told without a list, whether one is of its file, which something else may be read from too.
func (e *Evidence) Lists(m Metric) bool {
	return slices.ContainsFunc(e.Examples, func(l ExampleList) bool {
		return l.Path == m.File && (l.loaded == nil || l.loaded.column(m) != nil)
	})
}

// ExamplesOf finds what a metric of the evidence is made of, where that was loaded; nil: nothing was.
func (e *Evidence) ExamplesOf(m Metric) (x *Examples, column *Column) {
	for _, l := range e.Examples {
		if l.loaded == nil || l.Path != m.File {
			continue
		}
		if c := l.loaded.column(m); c != nil {
			return l.loaded, c
		}
	}
	return nil, nil
}

// column finds what a metric is made of; nil: it is not made of these.
func (x *Examples) column(m Metric) *Column {
	whole := m.whole()
	if i := slices.IndexFunc(x.Columns, func(c Column) bool { return c.Metric == whole }); i >= 0 {
		return &x.Columns[i]
	}
	return nil
}

// whole is the name of the metric that this one is a slice of, or its own.
func (m Metric) whole() string {
	if i := strings.LastIndexByte(m.Name, '['); i > 0 && len(m.Slice) > 0 {
		return m.Name[:i]
	}
	return m.Name
}

// In lists the examples of a slice, by index, ascending; nil with true: all of them. False: the table has
// no such slice.
func (x *Examples) In(slice map[string]string) (rows []int, ok bool) {
	for column, value := range slice {
		at := slices.IndexFunc(x.Parts, func(p Part) bool { return p.Column == column })
		if at < 0 || len(slice) > 1 { // a table makes slices of one column
			return nil, false
		}
		p := &x.Parts[at]
		v, found := slices.BinarySearch(p.Values, value)
		if !found {
			return nil, false
		}
		return p.bucket(v), true
	}
	return nil, true
}

// bucket lists the examples of one value. All are found at the first call.
func (p *Part) bucket(v int) []int {
	if p.rows == nil {
		p.rows = make([][]int, len(p.Values))
		for i, of := range p.Of {
			p.rows[of] = append(p.rows[of], i)
		}
	}
	return p.rows[v]
}

// agreement is the relative difference that sums of the same numbers in another order may have.
const agreement = 1e-6

// agrees compares a list with the metrics that are made of it: what is judged example by example is what
// stands in the report.
func (e *Evidence) agrees(l ExampleList) error {
	for _, m := range e.Metrics {
		c := l.loaded.column(m)
		if m.File != l.Path || c == nil {
			continue
		}
		rows, ok := l.loaded.In(m.Slice)
		values := c.Of(rows).Values
		if !ok || int64(len(values)) != m.N {
			return fmt.Errorf("%s says %d examples, the list has %d", m.Name, m.N, len(values))
		}
		if !c.Averaged() { // for a gate to compute
			continue
		}
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		if mean := sum / float64(len(values)); math.Abs(mean-float64(m.Value)) > agreement*max(1, math.Abs(mean)) {
			return fmt.Errorf("%s is %v, its examples say %v", m.Name, float64(m.Value), mean)
		}
	}
	return nil
}
