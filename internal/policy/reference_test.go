package policy_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

var update = flag.Bool("update", false, "write docs/policy-input.md and docs/policy-input.schema.json anew")

// The published schema and reference are what the Go types say.
func TestReference(t *testing.T) {
	t.Parallel()
	texts := comments(t)
	schema, err := policy.SchemaJSON(func(typ, field string) string { return texts[typ+"."+field] })
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"policy-input.schema.json": string(schema), "policy-input.md": reference(texts)} {
		file := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, string(got)); d != "" {
			t.Errorf("docs/%s is stale (go test ./internal/policy -update):\n%s", name, d)
		}
	}
}

// comments are the texts of types ("Case") and fields ("Case.Model") in the source.
func comments(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	files, err := filepath.Glob(filepath.Join("..", "mlgate", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal("no source", err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok {
				return true
			}
			for _, s := range decl.Specs {
				if spec, ok := s.(*ast.TypeSpec); ok {
					gather(texts, spec, decl.Doc)
				}
			}
			return true
		})
	}
	return texts
}

func gather(texts map[string]string, spec *ast.TypeSpec, doc *ast.CommentGroup) {
	name := spec.Name.Name
	texts[name] = oneLine(doc.Text())
	st, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			texts[name+"."+n.Name] = oneLine(f.Comment.Text())
		}
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// reference is the table of every object that can be met below input.
func reference(texts map[string]string) string {
	var b strings.Builder
	b.WriteString("# The input of policies, version 1\n\nGenerated from the Go types by `go test ./internal/policy -update`; the same as JSON Schema: [policy-input.schema.json](policy-input.schema.json). How to write policies: [policies.md](policies.md).\nA field with `?` is absent where there is nothing: in Rego it is undefined then. Versions only add fields.\n")
	todo, seen := []reflect.Type{reflect.TypeFor[mlgate.Case]()}, map[reflect.Type]bool{}
	for len(todo) > 0 {
		typ := todo[0]
		todo = todo[1:]
		if seen[typ] {
			continue
		}
		seen[typ] = true
		title := typ.Name()
		if title == "Case" {
			title = "input"
		}
		text, _, _ := strings.Cut(texts[typ.Name()], " It is sealed once")
		fmt.Fprintf(&b, "\n## %s\n%s\n\n| field | type | |\n|:--|:--|:--|\n", title, strings.TrimSuffix(text, ".")+".")
		for _, f := range policy.Fields(typ) {
			mark := ""
			if f.Optional {
				mark = "?"
			}
			word, inner := typeWord(f.Type)
			fmt.Fprintf(&b, "| `%s`%s | %s | %s |\n", f.Name, mark, word, strings.ReplaceAll(texts[f.Owner+"."+f.Go], "|", "\\|"))
			if inner != nil {
				todo = append(todo, inner)
			}
		}
	}
	return b.String()
}

// typeWord is a type in words, and the struct in it.
func typeWord(t reflect.Type) (string, reflect.Type) {
	switch t {
	case reflect.TypeFor[mlgate.Number]():
		return "number", nil
	case reflect.TypeFor[time.Time]():
		return "time (RFC 3339)", nil
	case reflect.TypeFor[mlgate.Status]():
		return "unknown, fail, inconclusive, warn or pass", nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeWord(t.Elem())
	case reflect.Slice:
		word, inner := typeWord(t.Elem())
		return "list of " + word, inner
	case reflect.Map:
		word, inner := typeWord(t.Elem())
		return word + " by name", inner
	case reflect.Struct:
		return fmt.Sprintf("[%s](#%s)", t.Name(), strings.ToLower(t.Name())), t
	case reflect.String:
		return "text", nil
	case reflect.Bool:
		return "true or false", nil
	}
	return "number", nil
}

// A case with every field set, and one with none, are what the schema says: also a field that the
// reflection misses would be found.
func TestSchemaFitsCases(t *testing.T) {
	t.Parallel()
	full := reflect.New(reflect.TypeFor[mlgate.Case]()).Elem()
	fill(full)
	empty := mlgate.Case{
		Head: &mlgate.Evidence{}, Gates: []mlgate.GateResult{}, Files: []string{}, Changes: []mlgate.CaseFile{}, Steps: []mlgate.CaseStep{}, Owners: []string{},
		Stages: []mlgate.CaseStage{}, Targets: []string{}, Demands: []mlgate.ValueChange{},
		Metrics: mlgate.CaseMetrics{Head: map[string]mlgate.Number{}, Base: map[string]mlgate.Number{}},
		Params:  mlgate.CaseParams{Head: map[string]string{}, Base: map[string]string{}},
		Checks:  mlgate.CaseChecks{Head: map[string]mlgate.CheckStatus{}, Base: map[string]mlgate.CheckStatus{}},
	}
	schema := policy.Schema(nil)
	delete(schema, "$schema")
	for name, c := range map[string]any{"full": full.Interface(), "empty": empty} {
		raw, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		results, err := rego.New(rego.Query("json.match_schema(input.doc, input.schema)"), rego.Input(map[string]any{"doc": doc, "schema": schema})).Eval(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		verdict, ok := results[0].Expressions[0].Value.([]any)
		if !ok || verdict[0] != true {
			t.Errorf("%s: %v", name, verdict)
		}
	}
}

// fill sets every field to something.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		e := reflect.New(v.Type().Elem()).Elem()
		fill(e)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("x"), e)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1e9, 0).UTC()))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(0.5)
	default:
		v.SetInt(1)
	}
}
