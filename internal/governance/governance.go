// Package governance judges who may change what judges, and folds all findings into one verdict. It
// is pure.
package governance

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Facts are what a change does to the demands and to the model itself.
type Facts struct {
	Demands  []mlgate.ValueChange
	Steps    []mlgate.ValueChange
	NewFile  bool // mlops.yaml is new with this change
	Deleted  bool
	OldModel string
	NewModel string
	Path     string // of mlops.yaml
}

// Judge says what a person should look at. Without owners these are warnings: nothing is blocked that
// nobody could unblock.
func Judge(f Facts) []mlgate.Finding {
	var out []mlgate.Finding
	warn := func(rule, message, fix string) {
		out = append(out, mlgate.Finding{Rule: rule, Status: mlgate.Warn, Message: message, Fix: fix, Pos: mlgate.Pos{File: f.Path}})
	}
	if f.Deleted {
		warn("governance/deleted", "this change deletes mlops.yaml: from then on nothing judges this model", "")
	}
	if f.OldModel != f.NewModel && f.OldModel != "" && f.NewModel != "" {
		warn("governance/new-model", fmt.Sprintf("this change renames the model %s to %s: its history and its stages stay behind", f.OldModel, f.NewModel), "")
	}
	if n := len(f.Demands); n > 0 {
		warn("governance/demands", fmt.Sprintf("this change edits what is demanded of it (%s); it is judged by the demands before it", names(f.Demands)), "let somebody else look at the table of changed rules")
	}
	if n := len(f.Steps); n > 0 {
		warn("governance/steps", fmt.Sprintf("this change edits how its numbers are made (%s)", names(f.Steps)), "compare numbers with care: the same name may mean something else now")
	}
	return out
}

func names(cs []mlgate.ValueChange) string {
	var all []string
	for _, c := range cs[:min(3, len(cs))] {
		all = append(all, c.Name)
	}
	s := strings.Join(all, ", ")
	if n := len(cs) - 3; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// alwaysProtected decide how numbers are made and judged, in every repository.
var alwaysProtected = []string{
	"**/mlops.yaml", ".github/workflows/**", ".github/actions/**", ".gitlab-ci.yml", "Jenkinsfile", ".circleci/**",
	"CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS", "**/.gitattributes", ".gitmodules",
}

// AlwaysProtected reports whether a change of this path may change how any model is judged. Names are
// compared without case, as some file systems do.
func AlwaysProtected(file string) bool {
	lower := strings.ToLower(path.Clean(file))
	return slices.ContainsFunc(alwaysProtected, func(p string) bool { return glob.Path(strings.ToLower(p), lower) })
}

// FoldOptions are how the demands read doubt.
type FoldOptions struct {
	OnInconclusive mlgate.Status // Warn or Fail
	WarnOnly       bool          // `enforce: warn`: the word stays, the exit code is 0
	NoBaseline     bool
	Demanded       bool // there is any gate or policy
}

// Fold makes one verdict: the worst finding decides.
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
		look(g.Metric, g.Status)
	}
	for _, f := range findings {
		look(short(f.Rule), f.Status)
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
		v.Word, v.Cause = doubt(o, v.Cause)
	case mlgate.Fail:
		v.Word = mlgate.Blocked
	default:
		v.Word = mlgate.CouldNotDecide
	}
	return v
}

func doubt(o FoldOptions, cause string) (mlgate.Word, string) {
	switch {
	case o.OnInconclusive == mlgate.Fail && o.NoBaseline:
		return mlgate.Blocked, "no baseline yet, and on_inconclusive is fail"
	case o.OnInconclusive == mlgate.Fail:
		return mlgate.Blocked, cmp.Or(cause, "doubt") + ": too noisy to call, and on_inconclusive is fail"
	case o.NoBaseline:
		return mlgate.PassedWarnings, "no baseline yet"
	}
	return mlgate.TooNoisy, cause
}

// short is a rule's name as a headline wants it.
func short(rule string) string {
	kind, name, _ := strings.Cut(rule, "/")
	switch kind {
	case "gate":
		return name
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
