package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// examplesKind is the kind of a table with a row for each example.
const examplesKind = "examples"

// maxExampleMetrics is how many metrics one table may be asked for.
const maxExampleMetrics = 20

// examples reads what a table of examples is asked for; nil: the evidence is none.
func (p *parsed) examples(n *yaml.Node, k map[string]*yaml.Node, kind string) *mlgate.ExampleTable {
	for _, name := range []string{"id", "metrics", "group", "slices"} {
		if k[name] != nil && kind != examplesKind {
			p.problem(k[name], fmt.Sprintf("`%s` is about a table with a row for each example", name), "write `kind: examples`, or take it out")
			return nil
		}
	}
	if kind != examplesKind {
		return nil
	}
	for _, need := range [][2]string{{"id", "id: id"}, {"metrics", "metrics: {accuracy: {equal: [label, prediction]}}"}} {
		if k[need[0]] == nil {
			p.problem(n, fmt.Sprintf("`kind: examples` without `%s`", need[0]), "write "+need[1])
		}
	}
	t := &mlgate.ExampleTable{ID: p.text(k["id"]), Group: p.text(k["group"]), Slices: p.texts(k["slices"])}
	for _, m := range pairs(k["metrics"]) {
		t.Metrics = append(t.Metrics, p.exampleMetric(m.key, fields(m.value)))
	}
	if len(t.Metrics) > maxExampleMetrics {
		p.problem(k["metrics"], fmt.Sprintf("%d metrics of one table", len(t.Metrics)), fmt.Sprintf("at most %d: what is kept of each example is compared with the next one", maxExampleMetrics))
	}
	return t
}

// exampleMetric reads {how: columns}.
func (p *parsed) exampleMetric(name *yaml.Node, k map[string]*yaml.Node) mlgate.ExampleMetric {
	m := mlgate.ExampleMetric{Name: name.Value}
	for _, row := range figure.keys {
		n := k[row.name]
		if n == nil || row.name == binsKey {
			continue
		}
		if m.How != "" {
			p.problem(n, fmt.Sprintf("the metric %q comes from `%s` and from `%s`", name.Value, m.How, row.name), "keep one; two metrics have two names")
			break
		}
		m.How, m.Columns = row.name, p.texts(n)
		if row.is.kind == isList && len(m.Columns) != 2 {
			p.problem(n, fmt.Sprintf("`%s` has %d columns", row.name, len(m.Columns)), "write two: "+row.example)
		}
	}
	m.Bins = p.bins(k[binsKey], m.How)
	return m
}

const binsKey = "bins"

// bins is how many bins a calibration error has; 0: the metric is none.
func (p *parsed) bins(n *yaml.Node, how string) int {
	switch bins := p.count(n); {
	case how != mlgate.ECE && n != nil:
		p.problem(n, "`bins` without `ece`", "take it out, or write ece: [label, probability]")
	case how != mlgate.ECE:
	case n == nil:
		return mlgate.DefaultBins
	case bins < mlgate.MinBins || bins > mlgate.MaxBins:
		p.problem(n, fmt.Sprintf("%d bins", bins), fmt.Sprintf("write %d to %d", mlgate.MinBins, mlgate.MaxBins))
	default:
		return bins
	}
	return 0
}
