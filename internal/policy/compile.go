package policy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// entry is one rule to ask: deny, warn or violation of one package, or one of these with a suffix.
type entry struct {
	ref    string // of the set
	pkg    string // as written, without "data."
	name   string // of the rule: "deny", "warn_size"
	status mlgate.Status
	query  rego.PreparedEvalQuery
	except *rego.PreparedEvalQuery // the package's exceptions; nil: it has none
	meta   metadata
	reads  []read
	pos    mlgate.Pos
}

// capabilities are what Rego may do here: nothing whose answer is not in its arguments. That is the
// network, the environment, the clock and chance; and the schema built-ins, which would open the file that
// a $ref names. Signing is nobody's business in a judgment.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
		return b.Nondeterministic || b.Name == "providers.aws.sign_req"
	})
	c.AllowNet = []string{} // nil would allow every host
	return c
}

func parse(modules []Module, caps *ast.Capabilities) (map[string]*ast.Module, error) {
	parsed := map[string]*ast.Module{}
	for _, m := range modules {
		if m.isData() {
			continue
		}
		mod, err := ast.ParseModuleWithOpts(m.Path, string(m.Source), ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: caps, ProcessAnnotation: true})
		if err != nil {
			return nil, err
		}
		if mod == nil {
			return nil, fmt.Errorf("%s is empty", m.Path)
		}
		if err := checkSchemas(mod); err != nil {
			return nil, err
		}
		parsed[m.Path] = mod
	}
	return parsed, nil
}

// checkSchemas refuses a schema in metadata that refers to anything outside itself: the compiler would
// open the file that it names.
func checkSchemas(m *ast.Module) error {
	for _, a := range m.Annotations {
		for _, s := range a.Schemas {
			if s.Definition != nil && refersOut(*s.Definition) {
				return fmt.Errorf("%s: a schema in metadata may refer to its own parts only ($ref: \"#/…\")", a.Location)
			}
		}
	}
	return nil
}

func refersOut(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			ref, isText := inner.(string)
			if (key == "$ref" || key == "$id" || key == "id") && isText && !strings.HasPrefix(ref, "#") || refersOut(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, refersOut)
	}
	return false
}

// foreign reports whether a set was written for conftest, whose rules live in package main: such rules
// often know another input than ours and were never compiled strictly. They compile as conftest
// compiles them, and are checked against our schema only where their metadata asks for it. Every other
// set is checked: a policy in a package of its own was written for mlgate, and there a mistyped field
// is a rule that never fires.
func foreign(parsed map[string]*ast.Module) bool {
	for _, m := range parsed {
		if name := pkgName(m); name == "main" || strings.HasPrefix(name, "main.") {
			return true
		}
	}
	return false
}

func compiler(caps *ast.Capabilities, foreign bool) *ast.Compiler {
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.MustParseRef("schema.mlgate"), typeSchema())
	if !foreign {
		schemas.Put(ast.SchemaRootRef, typeSchema())
	}
	return ast.NewCompiler().WithCapabilities(caps).WithStrict(!foreign).WithSchemas(schemas).WithUseTypeCheckAnnotations(true)
}

// compile makes the entries of one set, and adds what it can see of the input to sees.
func compile(ctx context.Context, s Set, modules []Module, sees *sight) ([]entry, error) {
	caps := capabilities()
	parsed, err := parse(modules, caps)
	if err != nil {
		return nil, err
	}
	if err := checkNames(s, parsed); err != nil {
		return nil, err
	}
	store, err := storeOf(s, modules, parsed)
	if err != nil {
		return nil, err
	}
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Abort(ctx, txn)
	comp := compiler(caps, foreign(parsed)).WithPathConflictsCheck(storage.NonEmpty(ctx, store, txn)) // data would hide a rule of its name
	if comp.Compile(parsed); comp.Failed() {
		return nil, comp.Errors
	}
	if err := misnamed(comp, foreign(parsed)); err != nil {
		return nil, err
	}
	points := entryPoints(parsed)
	if len(points) == 0 {
		return nil, errors.New("it has no rule deny, warn or violation: it could never say anything")
	}
	sees.addModules(comp.Modules)
	return entries(ctx, s, comp, store, points)
}

// storeOf holds what `data` has beside the rules.
func storeOf(s Set, modules []Module, parsed map[string]*ast.Module) (storage.Store, error) {
	notes, errs := ast.BuildAnnotationSet(slices.Collect(maps.Values(parsed)))
	if len(errs) > 0 {
		return nil, errs
	}
	params, err := parameters(notes, parsed, s.With)
	if err != nil {
		return nil, err
	}
	data, err := dataOf(s, modules, params)
	if err != nil {
		return nil, err
	}
	return inmem.NewFromObject(data), nil
}

// entries prepares every rule to ask of a compiled set.
func entries(ctx context.Context, s Set, comp *ast.Compiler, store storage.Store, points []point) ([]entry, error) {
	prepare := func(ref string) (rego.PreparedEvalQuery, error) {
		q, err := rego.New(rego.Query(ref), rego.Compiler(comp), rego.Store(store), rego.StrictBuiltinErrors(true)).PrepareForEval(ctx)
		if err != nil {
			err = fmt.Errorf("preparing %s: %w", ref, err)
		}
		return q, err
	}
	var out []entry
	var err error
	for _, p := range points {
		x := entry{ref: s.Ref, pkg: p.pkg, name: p.name, status: p.status, pos: s.Pos, meta: metadataOf(comp, p.ref()), reads: readsOf(comp, p.ref())}
		if x.query, err = prepare(p.ref()); err != nil {
			return nil, err
		}
		if exception := "data." + p.pkg + ".exception"; len(comp.GetRulesExact(ast.MustParseRef(exception))) > 0 {
			q, err := prepare(exception)
			if err != nil {
				return nil, err
			}
			x.except = &q
		}
		out = append(out, x)
	}
	return out, nil
}

// checkNames keeps our packages ours, and refuses a rule that could never say anything: `deny if …` is
// true or false and no set of texts.
func checkNames(s Set, parsed map[string]*ast.Module) error {
	for _, file := range slices.Sorted(maps.Keys(parsed)) {
		m := parsed[file]
		if name := pkgName(m); !strings.HasPrefix(s.Ref, "mlgate/") && (name == "mlgate" || strings.HasPrefix(name, "mlgate.")) {
			return fmt.Errorf("%s: the package %s is for built-in policies", file, name)
		}
		for _, r := range m.Rules {
			_, asked := statusOf(r.Head.Ref()[0].Value.String())
			if asked && r.Head.RuleKind() == ast.SingleValue && r.Head.Value != nil && r.Head.Value.Equal(ast.BooleanTerm(true)) {
				return fmt.Errorf("%s:%d: %s is true or false: write `%s contains msg if …`", file, r.Location.Row, r.Head.Ref(), r.Head.Ref())
			}
		}
	}
	return nil
}

// misnamed finds sets that nobody asks and no rule uses, with a name like deny, warn or violation: beside
// a rule that is asked, `denied contains …` would go unheard. What conftest takes, we take.
func misnamed(comp *ast.Compiler, foreign bool) error {
	for _, file := range slices.Sorted(maps.Keys(comp.Modules)) {
		for _, r := range comp.Modules[file].Rules {
			name := r.Head.Ref()[0].Value.String()
			_, asked := statusOf(name)
			if asked || foreign || r.Head.RuleKind() != ast.MultiValue || len(comp.Graph.Dependents(r)) > 0 {
				continue
			}
			for _, known := range []string{"deny", "warn", "violation"} {
				if strings.HasPrefix(strings.ToLower(name), known[:3]) {
					return fmt.Errorf("%s:%d: nobody asks the set %s: did you mean %s, or %s_…?", file, r.Location.Row, name, known, known)
				}
			}
		}
	}
	return nil
}

func pkgName(m *ast.Module) string {
	return strings.TrimPrefix(m.Package.Path.String(), "data.")
}

type point struct {
	pkg, name string
	status    mlgate.Status
}

func (p point) ref() string { return "data." + p.pkg + "." + p.name }

// The names that conftest asks, so that its policies work here as they are.
var (
	failing = regexp.MustCompile(`^(deny|violation)(_[a-zA-Z0-9]+)*$`)
	warning = regexp.MustCompile(`^warn(_[a-zA-Z0-9]+)*$`)
)

func statusOf(rule string) (mlgate.Status, bool) {
	switch {
	case failing.MatchString(rule):
		return mlgate.Fail, true
	case warning.MatchString(rule):
		return mlgate.Warn, true
	}
	return mlgate.Unknown, false
}

// entryPoints finds the rules to ask in the syntax trees: a query by text would be undefined, and so
// pass, for any typo.
func entryPoints(modules map[string]*ast.Module) []point {
	seen := map[point]bool{}
	for _, m := range modules {
		for _, r := range m.Rules {
			name := r.Head.Ref()[0].Value.String()
			if status, asked := statusOf(name); asked {
				seen[point{pkgName(m), name, status}] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b point) int { return cmp.Compare(a.ref(), b.ref()) })
}

// suffix is what an exception calls a rule: its name without deny, warn or violation.
func suffix(rule string) string {
	for _, kind := range []string{"violation", "deny", "warn"} {
		if rule == kind {
			return ""
		}
		rule = strings.TrimPrefix(rule, kind+"_")
	}
	return rule
}

// rule is the name under which findings stand in reports.
func (x entry) rule(id string) string {
	name := x.ref
	if !strings.HasPrefix(name, "mlgate/") {
		name = strings.ReplaceAll(x.pkg, ".", "/")
	}
	for _, part := range []string{suffix(x.name), id} {
		if part != "" {
			name += "/" + part // not path.Join: an id may hold dots and slashes of a metric's name
		}
	}
	return "policy/" + name
}
