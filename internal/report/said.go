package report

import (
	"bytes"
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
		all = append(all, said{g.Finding, &o.Gates[i], weigh(o, g.Finding)})
	}
	for _, f := range o.Findings {
		all = append(all, said{f, nil, weigh(o, f)})
	}
	return all
}

// weigh reads a finding as the verdict did. What is waived, or where nothing is enforced, does not
// count, and neither does what is worse than a verdict that is as bad as the worst that counts: it is
// shown, and no program that reads the report may take it for a failure.
func weigh(o mlgate.Outcome, f mlgate.Finding) weight {
	switch s := f.Status; {
	case s == mlgate.Pass:
		return fine
	case f.Waived != nil || s == mlgate.Warn || s < o.Verdict.Status || (o.WarnOnly && s != mlgate.Unknown):
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
	if why := excuse(s.Finding); why != "" && s.gate == nil { // a gate's stands beside its limits
		lines = append(lines, inert.Line(why))
	} else if s.Fix != "" && s.Waived == nil {
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

// Undecided is an outcome for the formats when there is no verdict: what could not be found out, what is
// waited for, or what is wrong with mlops.yaml.
func Undecided(o mlgate.Outcome, word mlgate.Word, why []mlgate.Finding) mlgate.Outcome {
	status := map[mlgate.Word]mlgate.Status{mlgate.WaitingFor: mlgate.Inconclusive, mlgate.Misconfigured: mlgate.Fail}[word]
	o.Verdict = mlgate.Verdict{Word: word, Status: status}
	o.Gates, o.Findings = nil, nil
	for _, f := range why {
		f.Status = status
		o.Findings = append(o.Findings, f)
	}
	return o
}

// unmarked writes the marks by which CI systems know commands inside a line of a log (##[error],
// ##vso[…]) as escapes of the same meaning: reports are printed there too, and hold foreign text.
func unmarked(data []byte, hash string) []byte {
	return bytes.ReplaceAll(data, []byte("##"), []byte(hash+hash))
}

// Escapes of the character #.
const (
	jsonHash = `\u0023`
	xmlHash  = "&#35;"
)
