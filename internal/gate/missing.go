package gate

import (
	"fmt"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// nothing is the result of a rule that no metric matches. Where a value of that name was left out, it
// says what that was.
func nothing(r mlgate.GateRule, head *mlgate.Evidence) mlgate.GateResult {
	g := mlgate.GateResult{Metric: r.Pattern, Better: r.Better}
	g.Rule, g.Status, g.Pos = "gate/"+r.Pattern, severe(r), r.Pos
	for _, l := range head.LeftOut {
		if l.Name == r.Pattern || glob.Name(r.Pattern, l.Name) {
			g.Message = fmt.Sprintf("%s is %s in %s: nothing could be judged", l.Name, l.What, l.File)
			g.Fix = "write a number there"
			return g
		}
	}
	g.Message = fmt.Sprintf("no metric is called %s: nothing could be judged", r.Pattern)
	g.Fix = "write the metric into a file under `evidence`, or correct the gate's name"
	return g
}

// missing is the result for a metric that only the baseline has.
func missing(r mlgate.GateRule, g mlgate.GateResult, head, base *mlgate.Evidence) mlgate.GateResult {
	g.Status = severe(r)
	if why := head.Why(g.Metric); why != "" {
		g.Message, g.Fix = g.Metric+" is "+why+": the baseline has a number", "write a number there"
		return g
	}
	m, _ := base.Metric(g.Metric)
	if len(m.Slice) > 0 {
		g.Message = g.Metric + " is missing: the baseline was measured on this slice, this change was not"
		g.Fix = "measure the slice again: less evidence than the baseline's is no way around a gate"
		return g
	}
	g.Message = g.Metric + " is missing: the baseline has it, this change does not"
	g.Fix = "a metric that disappears cannot be judged: write it again, or take its gate out in a change of its own"
	return g
}

// shortfall says how much less than the baseline's a metric rests on: fewer examples, fewer repeats.
// Empty: no less, or one side does not say.
func shortfall(name string, head, base *mlgate.Evidence) string {
	if base == nil {
		return ""
	}
	h, _ := head.Metric(name)
	b, _ := base.Metric(name)
	switch {
	case h.N > 0 && h.N < b.N:
		return fmt.Sprintf("%s was measured on %d examples, the baseline on %d: less evidence than before", name, h.N, b.N)
	case len(h.Repeats) > 0 && len(h.Repeats) < len(b.Repeats):
		return fmt.Sprintf("%s has %d repeats, the baseline %d: less evidence than before", name, len(h.Repeats), len(b.Repeats))
	}
	return ""
}
