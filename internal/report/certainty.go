package report

import (
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// weighed adds to both numbers of a row what is known about how well they are known, and to one that is
// missing what stands in its place.
func weighed(r row, o mlgate.Outcome) row {
	if o.BaseEvidence != nil {
		if m, ok := o.BaseEvidence.Metric(r.metric); ok {
			r.base += certainty(m)
		}
	}
	if o.Evidence != nil {
		if m, ok := o.Evidence.Metric(r.metric); ok {
			r.head += certainty(m)
		}
		if why := o.Evidence.Why(r.metric); why != "" && r.gated && r.head == "missing" {
			r.allowed = strings.TrimPrefix(r.allowed+"; "+why, "; ")
		}
	}
	return r
}

// certainty is " ± standard error (examples, repeats)", as far as a metric states them. The error has two
// significant digits: more of it is noise.
func certainty(m mlgate.Metric) string {
	text := ""
	if m.Stderr != nil && m.Stderr.Finite() {
		text = " ± " + value(m.Stderr, decimals(float64(*m.Stderr), 2))
	}
	switch n, k := "n "+strconv.FormatInt(m.N, 10), strconv.Itoa(len(m.Repeats))+" repeats"; {
	case m.N > 0 && len(m.Repeats) > 0:
		text += " (" + n + ", " + k + ")"
	case m.N > 0:
		text += " (" + n + ")"
	case len(m.Repeats) > 0:
		text += " (" + k + ")"
	}
	return text
}
