package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// read is a metric that a rule reads by a name written in the policy. In Rego what is not there is
// undefined, the rule says nothing, and nothing is a yes: so each such name is looked up beside the
// rule.
type read struct {
	side, name string // "head" or "base", and the metric
	dotted     bool   // written as .a.b, which is no name but a way into an object
	at         mlgate.Pos
}

// readsOf walks the compiled rules that an entry needs. `not input.metrics.head.x` alone asks whether x
// is there, and is no read; a metric with a name that only running tells is none either.
func readsOf(comp *ast.Compiler, ref string) []read {
	var out []read
	seen := map[*ast.Rule]bool{}
	var optional []string
	todo := comp.GetRulesWithPrefix(ast.MustParseRef(ref))
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[r] {
			continue
		}
		seen[r] = true
		out = append(out, readsOfRule(comp, r)...)
		optional = append(optional, optionalMetrics(comp, r)...)
		for dep := range comp.Graph.Dependencies(r) {
			if d, ok := dep.(*ast.Rule); ok {
				todo = append(todo, d)
			}
		}
	}
	out = slices.DeleteFunc(out, func(r read) bool { return slices.Contains(optional, r.name) })
	slices.SortFunc(out, func(a, b read) int {
		return cmp.Or(cmp.Compare(b.side, a.side), cmp.Compare(a.name, b.name), cmp.Compare(a.at.File, b.at.File), a.at.Line-b.at.Line)
	})
	return slices.CompactFunc(out, func(a, b read) bool { return a.side == b.side && a.name == b.name && a.dotted == b.dotted })
}

func optionalMetrics(comp *ast.Compiler, r *ast.Rule) []string {
	var n note
	for _, a := range comp.GetAnnotationSet().Chain(r) {
		if a.Annotations != nil {
			n.fill(a.Annotations)
		}
	}
	return n.optional
}

func readsOfRule(comp *ast.Compiler, r *ast.Rule) []read {
	var out []read
	known := bindings(r)
	visit := func(x any) bool {
		switch x := x.(type) {
		case *ast.Expr:
			if term, ok := x.Terms.(*ast.Term); ok && x.Negated {
				_, isRef := term.Value.(ast.Ref)
				return isRef
			}
		case *ast.Term:
			ref, ok := x.Value.(ast.Ref)
			if !ok {
				return false
			}
			if found, ok := metricOf(resolve(comp, known, ref, 0)); ok {
				if x.Location != nil {
					found.at = mlgate.Pos{File: x.Location.File, Line: x.Location.Row, Col: x.Location.Col}
				}
				out = append(out, found)
			}
		}
		return false
	}
	ast.NewGenericVisitor(visit).Walk(r)
	return out
}

// bindings are the variables of a rule that stand for one reference or one text.
func bindings(r *ast.Rule) map[ast.Var]ast.Value {
	known := map[ast.Var]ast.Value{}
	ast.WalkExprs(r, func(e *ast.Expr) bool {
		if !e.IsEquality() && !e.IsAssignment() {
			return false
		}
		a, b := e.Operand(0), e.Operand(1)
		for range 2 {
			if v, ok := a.Value.(ast.Var); ok && !e.Negated {
				switch b.Value.(type) {
				case ast.Ref, ast.String:
					known[v] = b.Value
				}
			}
			a, b = b, a
		}
		return false
	})
	return known
}

// maxHops bounds how often a name is looked up behind another.
const maxHops = 10

// resolve replaces variables, and rules that are nothing but a reference, by what they stand for.
func resolve(comp *ast.Compiler, known map[ast.Var]ast.Value, ref ast.Ref, hops int) ast.Ref {
	if hops > maxHops || len(ref) == 0 {
		return ref
	}
	out := slices.Clone(ref)
	for i, t := range out[1:] {
		if v, ok := t.Value.(ast.Var); ok {
			if s, ok := known[v].(ast.String); ok {
				out[i+1] = ast.NewTerm(s)
			}
		}
	}
	if v, ok := out[0].Value.(ast.Var); ok {
		if behind, ok := known[v].(ast.Ref); ok {
			return resolve(comp, known, behind.Concat(out[1:]), hops+1)
		}
	}
	if out.HasPrefix(ast.DefaultRootRef) {
		for n := 2; n < len(out); n++ {
			if target, ok := alias(comp, out[:n]); ok {
				return resolve(comp, nil, target.Concat(out[n:]), hops+1)
			}
		}
	}
	return out
}

// alias is the reference that a rule such as `head := input.metrics.head` stands for.
func alias(comp *ast.Compiler, ref ast.Ref) (ast.Ref, bool) {
	if !ref.IsGround() {
		return nil, false
	}
	rules := comp.GetRulesExact(ref)
	if len(rules) != 1 || len(rules[0].Head.Args) > 0 || rules[0].Head.Value == nil {
		return nil, false
	}
	switch v := rules[0].Head.Value.Value.(type) {
	case ast.Ref:
		return v, true
	case ast.Var:
		r, ok := bindings(rules[0])[v].(ast.Ref)
		return r, ok
	}
	return nil, false
}

// metricOf recognises input.metrics.head.NAME and input.metrics.base.NAME. Steps beyond the name are
// names too: people write dots for a metric whose name has dots.
func metricOf(ref ast.Ref) (read, bool) {
	if len(ref) < 4 || !ref[0].Equal(ast.InputRootDocument) {
		return read{}, false
	}
	var words []string
	for _, t := range ref[1:] {
		s, ok := t.Value.(ast.String)
		if !ok {
			break
		}
		words = append(words, string(s))
	}
	if len(words) < 3 || words[0] != "metrics" || (words[1] != "head" && words[1] != "base") {
		return read{}, false
	}
	return read{side: words[1], name: strings.Join(words[2:], "."), dotted: len(words) > 3}, true
}

// missing are findings for the metrics that the rule reads and the document does not have.
func (x entry) missing(d document) []mlgate.Finding {
	var out []mlgate.Finding
	for _, r := range x.reads {
		metrics, ok := d.metrics(r.side)
		if !ok {
			continue // a document of another kind: what it is about is its author's
		}
		why, fix := r.wrong(metrics.Get(ast.StringTerm(r.name)))
		if why == "" {
			continue
		}
		f := x.finding("metric/" + r.name)
		whose := "the metric"
		if r.side == "base" {
			whose, f.Status = "the baseline's metric", mlgate.Inconclusive
		}
		f.Message, f.Fix = fmt.Sprintf("the policy reads %s %s (%s:%d), %s", whose, r.name, r.at.File, r.at.Line, why), fix
		out = append(out, f)
	}
	return out
}

// wrong says why a read gives nothing to judge, and what to do; empty: it is fine.
func (r read) wrong(value *ast.Term) (why, fix string) {
	if value == nil {
		return "and there is none of that name", "write the metric into a file under `evidence`, correct its name in the policy, or list it there under custom.optional_metrics"
	}
	if r.dotted {
		return "as if it were nested, which is never defined", fmt.Sprintf("write input.metrics.%s[%q]", r.side, r.name)
	}
	if _, ok := value.Value.(ast.Number); !ok {
		return "and it is no finite number", "measure it again: a comparison with NaN decides nothing"
	}
	return "", ""
}
