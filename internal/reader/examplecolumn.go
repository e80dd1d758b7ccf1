package reader

import (
	"fmt"
	"math"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// columnOf computes what a metric is made of, an example after the other.
func columnOf(t cells, m mlgate.ExampleMetric, order []int) (mlgate.Column, error) {
	c := mlgate.Column{Kind: m.Kind(), Values: make([]float64, 0, len(order))}
	for _, row := range order {
		v, err := t.value(row, m, &c)
		if err != nil {
			return c, err
		}
		c.Values = append(c.Values, v)
	}
	return c, nil
}

// value is what one example gives; what was to be predicted is put into the column.
func (c cells) value(row int, m mlgate.ExampleMetric, to *mlgate.Column) (float64, error) {
	switch m.How {
	case mlgate.Share:
		return c.truth(row, m.Columns[0])
	case mlgate.Equal:
		return c.equal(row, m.Columns)
	case mlgate.Mean, mlgate.P50, mlgate.P90, mlgate.P95, mlgate.P99:
		return c.number(row, m.Columns[0])
	case mlgate.R2:
		actual, err := c.number(row, m.Columns[0])
		if err != nil {
			return 0, err
		}
		to.Actual = append(to.Actual, actual)
		return c.number(row, m.Columns[1])
	case mlgate.AUC, mlgate.TPR, mlgate.FPR, mlgate.LogLoss, mlgate.ECE:
		label, err := c.truth(row, m.Columns[0])
		if err != nil {
			return 0, err
		}
		if m.How != mlgate.LogLoss {
			to.Labels = append(to.Labels, label == 1)
		}
		return c.predicted(row, m, label)
	}
	return c.miss(row, m)
}

// predicted is what a prediction of a label that is 0 or 1 gives.
func (c cells) predicted(row int, m mlgate.ExampleMetric, label float64) (float64, error) {
	column := m.Columns[1]
	switch m.How {
	case mlgate.AUC:
		return c.number(row, column)
	case mlgate.TPR, mlgate.FPR:
		return c.truth(row, column)
	}
	p, err := c.number(row, column)
	if err == nil && (p < 0 || p > 1) {
		err = c.wrong(row, column, fmt.Sprintf("%.60q, no probability from 0 to 1", c.columns[column][row]))
	}
	if err != nil || m.How == mlgate.ECE {
		return p, err
	}
	if label == 0 {
		p = 1 - p
	}
	return -math.Log(min(max(p, epsilon), 1-epsilon)), nil
}

// epsilon is how far a probability is taken to be from 0 and 1 by the logarithm, as scikit-learn does: a label
// that was ruled out costs 36 and not all.
const epsilon = 0x1p-52

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
	if m.How != mlgate.AbsoluteError {
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

func (s *sheet) ofColumn(name string, x *mlgate.Examples, c *mlgate.Column, slice map[string]string) error {
	rows, _ := x.In(slice)
	part := c.Of(rows)
	n := int64(len(part.Values))
	m := mlgate.Metric{Name: name, N: n, Slice: slice}
	e, none := figured(part)
	if none != "" {
		s.drop(named(name, slice), none)
		return nil
	}
	m.Value = number(e.Value)
	switch stderr := mlgate.Number(e.Stderr); {
	case c.Binary():
		hits := int64(math.Round(e.Value * float64(n)))
		m.Hits, m.Value = &hits, number(float64(hits)/float64(n))
	case n > 1 && stderr.Finite() && stderr >= 0:
		m.Stderr = &stderr
	}
	return s.figure(m)
}

// figured computes a metric from its column, or says why there is none. A standard error below 0 is none.
func figured(c mlgate.Column) (e stat.Estimate, none string) {
	var err error
	switch s, is := stat.Named(c.Kind); {
	case len(c.Values) == 0:
		return e, fmt.Sprintf("no %s: there is no example with that label", c.Kind)
	case c.Kind == mlgate.AUC:
		if e, err = stat.AUC(c.Values, c.Labels, 0.95); err != nil {
			return e, "no AUC: that takes two examples of each label"
		}
	case is:
		e.Stderr = -1
		if e.Value, err = s.Of(stat.Sample{Values: c.Values, Labels: c.Labels, Actual: c.Actual}); err != nil {
			return e, fmt.Sprintf("no %s: its numbers are too large, or the labels do not vary", c.Kind)
		}
	case len(c.Values) == 1:
		e.Value = c.Values[0]
	default:
		if e, err = stat.MeanT(c.Values, 0.95); err != nil {
			return e, "no mean: its numbers are too large"
		}
	}
	return e, ""
}
