package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxChecks is how many checks get a finding of their own; the rest is counted in one.
const maxChecks = 1000

// Checks judges what tools tested. Severity is what a check that failed means, or could not be made; one
// that its author calls a warning never means more than that. Those that passed are counted, a finding for
// each prefix.
//
// Less than the baseline has is no way around: a check that ran there and is missing or skipped here means
// the same as one that failed. Where more checks were made than evidence names, their number must not fall.
func Checks(head, base *mlgate.Evidence, severity mlgate.Status) []mlgate.Finding {
	var bad, remarks []mlgate.Finding
	for _, c := range head.Checks {
		switch f, ok := checked(c, base, severity); {
		case !ok:
		case f.Status == severity:
			bad = append(bad, f)
		default:
			remarks = append(remarks, f)
		}
	}
	if base != nil {
		bad = append(bad, gone(head, base, severity)...)
	}
	return append(few(append(bad, remarks...)), folded(head)...)
}

// checked is what one check says, when that is more than yes.
func checked(c mlgate.Check, base *mlgate.Evidence, severity mlgate.Status) (mlgate.Finding, bool) {
	f := mlgate.Finding{Rule: "check/" + c.Name, Status: severity, Message: c.Name + " failed"}
	switch c.Status {
	case mlgate.CheckPassed:
		return f, false
	case mlgate.CheckSkipped:
		before, ran := ranIn(base, c.Name)
		f.Message, f.Fix = fmt.Sprintf("%s was skipped; the baseline made it (%s)", c.Name, before), "make it again: less evidence than the baseline's is no way around a check"
		return f, ran
	case mlgate.CheckWarned:
		f.Status, f.Message = mlgate.Warn, c.Name+" warns"
	case mlgate.CheckError:
		f.Message = c.Name + " could not be made"
	}
	if c.Message != "" {
		f.Message += ": " + c.Message
	}
	if c.File != "" {
		f.Fix = "see " + c.File
	}
	return f, true
}

// ranIn tells how a check ended in the baseline; false: it was not made there.
func ranIn(base *mlgate.Evidence, name string) (mlgate.CheckStatus, bool) {
	if base == nil {
		return "", false
	}
	c, ok := base.Check(name)
	return c.Status, ok && !c.Bad && c.Status != mlgate.CheckSkipped
}

// gone are the checks that the baseline made and this side does not have.
func gone(head, base *mlgate.Evidence, severity mlgate.Status) []mlgate.Finding {
	if n, was := made(head), made(base); head.ChecksMore+base.ChecksMore > 0 && n < was {
		return []mlgate.Finding{{
			Rule: "check/fewer", Status: severity, Message: fmt.Sprintf("%d checks were made, the baseline made %d: less evidence than before", n, was),
			Fix: "make them again, or waive this rule until the baseline has no more",
		}}
	}
	if base.ChecksMore > 0 {
		return nil
	}
	var out []mlgate.Finding
	for _, c := range base.Checks {
		_, here := head.Check(c.Name)
		if _, ran := ranIn(base, c.Name); here || !ran {
			continue
		}
		out = append(out, mlgate.Finding{
			Rule: "check/" + c.Name, Status: severity, Message: fmt.Sprintf("%s is missing: the baseline made it (%s), this change did not", c.Name, c.Status),
			Fix: "make it again; where it was taken out or renamed on purpose, waive this rule until the baseline is without it",
		})
	}
	if head.ChecksMore > 0 && len(out) > 0 {
		return []mlgate.Finding{unnamed(head, out)}
	}
	return out
}

// unnamed is for more checks than evidence names: those that the baseline made may be among the rest, or be
// buried under others so that nobody sees them missing.
func unnamed(head *mlgate.Evidence, missing []mlgate.Finding) mlgate.Finding {
	return mlgate.Finding{
		Rule: "check/fewer", Status: missing[0].Status,
		Message: fmt.Sprintf("%d checks of the baseline are not among the %d that are named of %d: nobody can tell whether they were made", len(missing), len(head.Checks), len(head.Checks)+head.ChecksMore),
		Fix:     "make fewer checks, so that all of them are named; or waive this rule until the baseline has as many",
	}
}

// made is how many checks were made, without those that were skipped: evidence names these before what passed.
func made(e *mlgate.Evidence) int {
	n := len(e.Checks) + e.ChecksMore
	for _, c := range e.Checks {
		if c.Status == mlgate.CheckSkipped {
			n--
		}
	}
	return n
}

// few leaves the rest of a long list to one finding, of the worst status among them.
func few(all []mlgate.Finding) []mlgate.Finding {
	if len(all) <= maxChecks {
		return all
	}
	rest := all[maxChecks:]
	f := mlgate.Finding{Rule: "check/more", Status: mlgate.Warn, Message: fmt.Sprintf("%d more checks did not pass", len(rest)), Fix: "the evidence names them"}
	for _, r := range rest {
		f.Status = min(f.Status, r.Status)
	}
	return append(slices.Clone(all[:maxChecks]), f)
}

// folded counts the checks of each prefix, in one finding that passes.
func folded(head *mlgate.Evidence) []mlgate.Finding {
	var out []mlgate.Finding
	for i := 0; i < len(head.Checks); {
		prefix, _, _ := strings.Cut(head.Checks[i].Name, "/")
		n := map[mlgate.CheckStatus]int{}
		total := 0
		for ; i < len(head.Checks) && strings.HasPrefix(head.Checks[i].Name, prefix+"/"); i++ {
			n[head.Checks[i].Status]++
			total++
		}
		if total == 0 { // a name of an older or a foreign evidence, without a slash
			i++
			continue
		}
		if n[mlgate.CheckPassed]+n[mlgate.CheckSkipped] == 0 {
			continue
		}
		f := mlgate.Finding{Rule: "check/" + prefix, Status: mlgate.Pass, Message: fmt.Sprintf("%d of %d checks pass", n[mlgate.CheckPassed], total)}
		if k := n[mlgate.CheckSkipped]; k > 0 {
			f.Message += fmt.Sprintf(", %d skipped", k)
		}
		out = append(out, f)
	}
	return out
}
