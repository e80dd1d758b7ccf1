package gate

import (
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// common is what this change has on the examples of the baseline, where it was measured on more: what was added
// neither makes up for a loss on those, nor is one. Nil: both sides have the same, or do not list them, or a
// test compares them.
type common struct {
	value mlgate.Number
	n     int
	apart string // why it does not show that a bound is kept; empty: it does
}

func (s sided) common(t *tested) *common {
	if t != nil || !s.pairs.usable() || len(s.pairs.head) == s.pairs.larger {
		return nil
	}
	value, err := valueOf(s.pairs.column, stat.Sample{Values: s.pairs.head, Labels: s.pairs.labels, Actual: s.pairs.actual})
	if err != nil {
		return nil
	}
	return &common{value: mlgate.Number(value), n: len(s.pairs.head), apart: s.pairs.apart}
}

// number is what limits on the change are held against.
func (c *common) number(g mlgate.GateResult) float64 {
	if c == nil {
		return float64(*g.Head)
	}
	return float64(c.value)
}

func (c *common) breach(g mlgate.GateResult, l mlgate.Limit) string {
	if c == nil || !l.OnChange() {
		return breach(g, l)
	}
	all := *g.Head
	g.Head = &c.value
	return fmt.Sprintf("%s; that is on the %d examples of the baseline, on all it is %s", breach(g, l), c.n, show(all))
}

func (c *common) unsettled(s sided, g mlgate.GateResult) (why, fix string) {
	if why, fix = unsettled(s, g); why == "" && c != nil && c.apart != "" && len(s.rule.OnChange()) > 0 {
		return fmt.Sprintf("%s is %s, and %s", g.Metric, show(*g.Head), c.apart), "measure on the baseline's examples; where another test set is meant, let an owner waive this gate until the baseline has it"
	}
	return why, fix
}
