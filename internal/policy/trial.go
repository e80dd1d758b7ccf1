package policy

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// trialTime is what one test may take.
const trialTime = 10 * time.Second

// Trial is how one test rule ended.
type Trial struct {
	Package string // without "data."
	Name    string
	File    string
	Line    int
	Skipped bool   // its name starts with todo_
	Problem string // why it did not pass; empty: it passed or was skipped
	Output  string // what it printed
}

// Test runs the test rules of a set, sorted by place. What a policy may do is the same as when it
// judges; data.params holds the defaults of the package under test (the tests of package a are in a or
// a_test). Modules that do not compile, and none with a test, are Mistakes.
func Test(ctx context.Context, s Set) ([]Trial, error) {
	caps := capabilities()
	parsed, err := parse(s.Modules, caps)
	if err != nil {
		return nil, &mlgate.Mistake{Err: err}
	}
	r := trialRun{set: s, parsed: parsed, comp: compiler(caps, foreign(parsed)).WithEnablePrintStatements(true)}
	var packages []string
	for _, m := range parsed {
		packages = append(packages, strings.TrimSuffix(pkgName(m), "_test"))
	}
	slices.Sort(packages)
	var out []Trial
	for _, pkg := range slices.Compact(packages) {
		some, err := r.trials(ctx, pkg)
		if err != nil {
			return nil, &mlgate.Mistake{Err: err}
		}
		out = append(out, some...)
	}
	if len(out) == 0 {
		return nil, &mlgate.Mistake{Err: errors.New("looking for tests: no rule is called test_…"), Fix: "write NAME_test.rego, or let `mlgate policy new NAME` begin one"}
	}
	slices.SortFunc(out, func(a, b Trial) int {
		return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// trialRun is modules compiled once, tested package by package.
type trialRun struct {
	set      Set
	parsed   map[string]*ast.Module
	comp     *ast.Compiler
	compiled bool
}

// trials runs the tests of one package with its own parameters.
func (r *trialRun) trials(ctx context.Context, pkg string) ([]Trial, error) {
	own := maps.Clone(r.parsed)
	maps.DeleteFunc(own, func(_ string, m *ast.Module) bool { return pkgName(m) != pkg })
	store, err := storeOf(r.set, r.set.Modules, own)
	if err != nil {
		return nil, err
	}
	run := tester.NewRunner().SetCompiler(r.comp).SetStore(store).SetTimeout(trialTime).EnableTracing(true).CapturePrintOutput(true).
		RaiseBuiltinErrors(true).SetPrefixMatchers(ast.MustParseRef("data."+pkg), ast.MustParseRef("data."+pkg+"_test"))
	if !r.compiled {
		run.SetModules(r.parsed) // the compiler keeps them
		r.compiled = true
	}
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Abort(ctx, txn)
	results, err := run.RunTests(ctx, txn)
	if err != nil {
		return nil, err
	}
	var all []Trial
	for result := range results {
		if t := trialOf(result); t.Package == pkg || t.Package == pkg+"_test" {
			all = append(all, t)
		}
	}
	return all, nil
}

func trialOf(r *tester.Result) Trial {
	t := Trial{Package: strings.TrimPrefix(r.Package, "data."), Name: r.Name, Skipped: r.Skip, Output: string(r.Output)}
	if r.Location != nil {
		t.File, t.Line = r.Location.File, r.Location.Row
	}
	switch {
	case r.Error != nil:
		t.Problem = r.Error.Error()
	case r.Fail:
		t.Problem = "it is not true" + failedAt(r.Trace)
	}
	return t
}

// failedAt tells the last expression that was not true, with what its variables were.
func failedAt(trace []*topdown.Event) string {
	for _, e := range slices.Backward(trace) {
		expr, ok := e.Node.(*ast.Expr)
		if e.Op != topdown.FailOp || !ok || e.Location == nil || e.QueryID == 0 {
			continue
		}
		if _, every := expr.Terms.(*ast.Every); every {
			continue // what fails stands inside it
		}
		var b bytes.Buffer
		if err := topdown.PrettyEvent(&b, e, topdown.PrettyEventOpts{PrettyVars: true}); err != nil {
			return ""
		}
		return fmt.Sprintf(": %s:%d\n%s", e.Location.File, e.Location.Row, strings.TrimRight(b.String(), "\n"))
	}
	return ""
}
