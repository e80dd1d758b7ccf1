package governance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// FoldOptions are how the demands read doubt.
type FoldOptions struct {
	OnInconclusive mlgate.Status // Warn or Fail
	WarnOnly       bool          // `enforce: warn`: the word stays, the exit code is 0
	NoBaseline     bool
	Demanded       bool // there is any gate or policy
}

// Fold makes one verdict: the worst finding decides. What is waived keeps its status and does not
// count.
func Fold(gates []mlgate.GateResult, findings []mlgate.Finding, o FoldOptions) mlgate.Verdict {
	worst := mlgate.Pass
	var rules []string
	look := func(name string, s mlgate.Status) {
		if s < worst {
			worst, rules = s, nil
		}
		if s == worst && s != mlgate.Pass && !slices.Contains(rules, name) {
			rules = append(rules, name)
		}
	}
	for _, g := range gates {
		if g.Waived == nil {
			look(g.Metric, g.Status)
		}
	}
	for _, f := range findings {
		if f.Waived == nil {
			look(short(f.Rule), f.Status)
		}
	}
	v := mlgate.Verdict{Status: worst, Cause: few(rules)}
	switch worst {
	case mlgate.Pass:
		v.Word = mlgate.Passed
		if !o.Demanded {
			v.Word, v.Cause = mlgate.NotJudged, "nothing is demanded"
		}
	case mlgate.Warn:
		v.Word = mlgate.PassedWarnings
	case mlgate.Inconclusive:
		v.Word, v.Cause = doubt(o, v.Cause, young(gates, findings))
	case mlgate.Fail:
		v.Word = mlgate.Blocked
	default:
		v.Word = mlgate.CouldNotDecide
	}
	return v
}

// young says that nothing but the number of accepted versions is wanting; empty: something else is.
func young(gates []mlgate.GateResult, findings []mlgate.Finding) string {
	var names []string
	var least *mlgate.GatePast
	for _, g := range gates {
		if g.Waived != nil || g.Status != mlgate.Inconclusive {
			continue
		}
		if g.Past == nil || g.Past.Needs == 0 {
			return ""
		}
		if names = append(names, g.Metric); least == nil || len(g.Past.Values) < len(least.Values) {
			least = g.Past
		}
	}
	for _, f := range findings {
		if f.Waived == nil && f.Status == mlgate.Inconclusive {
			return ""
		}
	}
	if least == nil {
		return ""
	}
	return fmt.Sprintf("too few versions for %s yet: %d of %d", few(names), len(least.Values), least.Needs)
}

func doubt(o FoldOptions, cause, young string) (mlgate.Word, string) {
	switch {
	case o.OnInconclusive == mlgate.Fail && o.NoBaseline:
		return mlgate.Blocked, "no baseline yet, and on_inconclusive is fail"
	case o.OnInconclusive == mlgate.Fail && young != "":
		return mlgate.Blocked, young + ", and on_inconclusive is fail"
	case o.OnInconclusive == mlgate.Fail:
		return mlgate.Blocked, cmp.Or(cause, "doubt") + ": too noisy to call, and on_inconclusive is fail"
	case o.NoBaseline:
		return mlgate.PassedWarnings, "no baseline yet"
	case young != "":
		return mlgate.PassedWarnings, young
	}
	return mlgate.TooNoisy, cause
}

// short is a rule's name as a headline wants it.
func short(rule string) string {
	kind, name, _ := strings.Cut(rule, "/")
	switch kind {
	case "gate":
		return name
	case "check":
		return "check " + name
	case "step":
		return "step " + name
	case "policy":
		return "policy " + strings.TrimPrefix(name, "mlgate/")
	}
	return rule
}

func few(rules []string) string {
	switch n := len(rules); n {
	case 0:
		return ""
	case 1:
		return rules[0]
	case 2:
		return rules[0] + " and " + rules[1]
	default:
		return fmt.Sprintf("%s and %d more", rules[0], n-1)
	}
}
