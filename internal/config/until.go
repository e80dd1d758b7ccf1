package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/stat"
)

// usualRepeats is `max_repeats` where it is left out.
const usualRepeats = 10

// until reads `until` of a step, with its bounds.
func (p *parsed) until(k map[string]*yaml.Node) mlgate.Until {
	u := mlgate.Until{Conclusive: p.text(k["until"]) == "conclusive", Most: p.count(k["max_repeats"]), Budget: p.duration(k["budget"], "budget")}
	for _, name := range []string{"max_repeats", "budget"} {
		if k["until"] == nil && k[name] != nil {
			p.problem(k[name], fmt.Sprintf("`%s` without `until`: the step runs once", name), "write until: conclusive beside it")
		}
	}
	if u.Most > mlgate.MaxRuns {
		p.problem(k["max_repeats"], fmt.Sprintf("max_repeats is more than %d", mlgate.MaxRuns), "what so many seeds do not show is too small to matter")
	}
	if u.Conclusive && u.Most == 0 {
		u.Most = usualRepeats
	}
	return u
}

// checkUntil looks at `until` beside the gates: one step has it, there is a gate that it can decide, and so
// many repeats can decide it.
func (p *parsed) checkUntil(steps []*yaml.Node) {
	var sure float64
	for _, g := range p.demand.Gates {
		sure = max(sure, g.Confidence)
	}
	first := ""
	for i, s := range p.run.Steps {
		if !s.Until.Conclusive {
			continue
		}
		k := fields(steps[i])
		at := k["max_repeats"]
		if at == nil {
			at = k["until"]
		}
		least := stat.LeastRepeats(1 - sure)
		switch {
		case first != "":
			p.problem(k["until"], fmt.Sprintf("a second step with `until` beside %q", first), "one step has it; those that need it run again with it")
		case sure == 0:
			p.problem(k["until"], "`until: conclusive` without a gate that has `confidence`: no gate is tested", "give gates a confidence, or take `until` out")
		case s.Until.Most < least:
			p.problem(at, fmt.Sprintf("max_repeats is %d, and a gate with confidence %v needs %d repeats on each side before it can decide anything", s.Until.Most, sure, least), fmt.Sprintf("write max_repeats: %d or more", least))
		}
		first = s.Name
	}
}
