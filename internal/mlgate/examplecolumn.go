package mlgate

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Column is what one metric is made of.
type Column struct {
	Metric string
	Kind   string    // of ExampleMetric: how the metric comes from the values
	From   string    // how it is computed from which columns: both sides must say the same
	Values []float64 // of each example: 0 or 1, a number, a score; finite
	Labels []bool    // of each example, for auc, ece, tpr and fpr
	Actual []float64 // of each example, for r2: the number that was to be predicted
}

// layout is what a kind of column holds of an example.
type layout struct{ labels, bits, actual bool }

// layoutOf finds the layout of a kind; false: there is no such kind.
func layoutOf(kind string) (layout, bool) {
	switch kind {
	case Share:
		return layout{bits: true}, true
	case Mean, RMSE, P50, P90, P95, P99:
		return layout{}, true
	case AUC:
		return layout{labels: true}, true
	case TPR, FPR:
		return layout{labels: true, bits: true}, true
	case R2:
		return layout{actual: true}, true
	}
	bins, is := strings.CutPrefix(kind, ECE)
	n, err := strconv.Atoi(bins)
	return layout{labels: true}, is && err == nil && n >= MinBins && n <= MaxBins && strconv.Itoa(n) == bins
}

// width is how many bytes an example takes.
func (l layout) width() int {
	w := 8
	if l.bits {
		w = 1
	}
	if l.labels {
		w++
	}
	if l.actual {
		w += 8
	}
	return w
}

// Averaged reports whether the metric is the mean of the values.
func (c *Column) Averaged() bool { return slices.Contains([]string{Share, Mean, TPR, FPR}, c.Kind) }

// Binary reports whether the values are 0 and 1, and the metric the share of ones.
func (c *Column) Binary() bool { return slices.Contains([]string{Share, TPR, FPR}, c.Kind) }

// Counts reports whether an example is one of those that the metric is about.
func (c *Column) Counts(i int) bool {
	switch c.Kind {
	case TPR:
		return c.Labels[i]
	case FPR:
		return !c.Labels[i]
	}
	return true
}

// Truth reports whether two sides say the same of what was to be predicted.
func (c *Column) Truth(i int, o *Column, j int) bool {
	return (c.Labels == nil || o.Labels == nil || c.Labels[i] == o.Labels[j]) && (c.Actual == nil || o.Actual == nil || c.Actual[i] == o.Actual[j])
}

// Of is the column of some examples, of all for nil, as far as the metric is about them.
func (c *Column) Of(rows []int) Column {
	part := Column{Metric: c.Metric, Kind: c.Kind, From: c.From}
	take := func(i int) {
		if !c.Counts(i) {
			return
		}
		part.Values = append(part.Values, c.Values[i])
		if c.Labels != nil {
			part.Labels = append(part.Labels, c.Labels[i])
		}
		if c.Actual != nil {
			part.Actual = append(part.Actual, c.Actual[i])
		}
	}
	switch {
	case rows != nil:
		for _, i := range rows {
			take(i)
		}
	case c.Kind == TPR || c.Kind == FPR:
		for i := range c.Values {
			take(i)
		}
	default:
		return *c
	}
	return part
}

func (c Column) append(out []byte) []byte {
	l, _ := layoutOf(c.Kind)
	for _, label := range c.Labels {
		out = append(out, bit(label))
	}
	for _, v := range c.Actual {
		out = binary.BigEndian.AppendUint64(out, math.Float64bits(v))
	}
	for _, v := range c.Values {
		if l.bits {
			out = append(out, bit(v == 1))
		} else {
			out = binary.BigEndian.AppendUint64(out, math.Float64bits(v))
		}
	}
	return out
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// column reads what append writes; of a kind that there is not it takes nothing.
func (r *columnReader) column(h columnHead) Column {
	c := Column{Metric: h.Metric, Kind: h.Kind, From: h.From}
	l, ok := layoutOf(h.Kind)
	if !ok {
		r.bad = true
		return c
	}
	if l.labels {
		c.Labels = make([]bool, r.rows)
		for i := range c.Labels {
			c.Labels[i] = r.bit() == 1
		}
	}
	if l.actual {
		c.Actual = r.numbers()
	}
	if !l.bits {
		c.Values = r.numbers()
		return c
	}
	c.Values = make([]float64, r.rows)
	for i := range c.Values {
		c.Values[i] = float64(r.bit())
	}
	return c
}

func (r *columnReader) numbers() []float64 {
	out := make([]float64, r.rows)
	for i := range out {
		out[i] = math.Float64frombits(binary.BigEndian.Uint64(r.take(8)))
		r.bad = r.bad || !Number(out[i]).Finite()
	}
	return out
}

func (r *columnReader) bit() byte {
	b := r.take(1)[0]
	r.bad = r.bad || b > 1
	return b
}
