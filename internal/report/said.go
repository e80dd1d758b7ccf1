package report

import (
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// said is one thing that a gate or a rule says of a change, for the formats that list them.
type said struct {
	mlgate.Finding
	gate   *mlgate.GateResult // nil: not a gate's
	weight weight
}

// weight is what a finding does to the verdict. The zero value is the worst.
type weight int

const (
	undecided weight = iota // nobody could find out
	blocks
	doubts // too little data to say
	remarks
	fine
)

// sayings lists everything that was said, gates first.
func sayings(o mlgate.Outcome) []said {
	var all []said
	for i, g := range o.Gates {
		all = append(all, said{g.Finding, &o.Gates[i], weigh(o, g.Status)})
	}
	for _, f := range o.Findings {
		all = append(all, said{f, nil, weigh(o, f.Status)})
	}
	return all
}

// weigh reads a status as the verdict did. The verdict is as bad as the worst finding that counts, so
// what is worse than the verdict does not count (it is waived, or nothing is enforced): it is shown,
// and no program that reads the report may take it for a failure.
func weigh(o mlgate.Outcome, s mlgate.Status) weight {
	switch {
	case s == mlgate.Pass:
		return fine
	case s == mlgate.Warn || s < o.Verdict.Status || (o.WarnOnly && s != mlgate.Unknown):
		return remarks
	case s == mlgate.Inconclusive && o.Verdict.Word == mlgate.Blocked && o.Verdict.Status == s:
		return blocks // on_inconclusive: fail
	case s == mlgate.Inconclusive:
		return doubts
	case s == mlgate.Fail:
		return blocks
	}
	return undecided
}

// kind and subject are the two halves of a rule's name: "gate" and "accuracy".
func (s said) kind() string {
	kind, _, _ := strings.Cut(s.Rule, "/")
	return kind
}

func (s said) subject() string {
	if _, rest, ok := strings.Cut(s.Rule, "/"); ok && rest != "" {
		return rest
	}
	return s.Rule
}

// numbers are a gate's in words: "was 0.967, is 0.767 (−20.7 %), allowed ≥ 0.947".
func (s said) numbers() string {
	if s.gate == nil {
		return ""
	}
	r := gateRow(*s.gate)
	var parts []string
	if r.base != "" {
		parts = append(parts, "was "+r.base)
	}
	parts = append(parts, "is "+r.head)
	if r.change != "" {
		parts = append(parts, "change "+r.change)
	}
	if r.allowed != "" {
		parts = append(parts, "allowed "+r.allowed)
	}
	return strings.Join(parts, ", ")
}

// text is the message, the numbers and what to do, a line each.
func (s said) text() string {
	lines := []string{inert.Line(s.Message)}
	if n := s.numbers(); n != "" {
		lines = append(lines, inert.Line(n))
	}
	if s.Fix != "" {
		lines = append(lines, "to do: "+inert.Line(s.Fix))
	}
	return strings.Join(lines, "\n")
}

// heading is the verdict in one line without marks: the first line of every report.
func heading(o mlgate.Outcome) string {
	s := o.Model + ": " + string(o.Verdict.Word)
	if o.Model == "" {
		s = "mlgate: " + string(o.Verdict.Word)
	}
	if c := o.Verdict.Cause; c != "" {
		by := ": "
		if o.Verdict.Word == mlgate.Blocked {
			by = " by "
		}
		s += by + c
	}
	if o.WarnOnly && o.Verdict.Word == mlgate.Blocked {
		s += " (enforce: warn, nothing is blocked)"
	}
	return inert.Line(s)
}

// Undecided is an outcome for the formats when there is no verdict: what could not be found out, or
// is waited for, and why.
func Undecided(o mlgate.Outcome, word mlgate.Word, why string) mlgate.Outcome {
	status := mlgate.Unknown
	if word == mlgate.WaitingFor {
		status = mlgate.Inconclusive
	}
	o.Verdict = mlgate.Verdict{Word: word, Status: status}
	o.Gates, o.Findings = nil, append(o.Findings, mlgate.Finding{Rule: "mlgate/verdict", Status: status, Message: why, Pos: mlgate.Pos{File: o.Path}})
	return o
}
