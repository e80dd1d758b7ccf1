package policy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

func compile(rego string) (*policy.Engine, error) {
	return policy.Compile(context.Background(), []policy.Set{{Ref: "./p", Modules: []policy.Module{{Path: "p/a.rego", Source: []byte(rego)}}}})
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for want, rego := range map[string]string{
		"undefined function http.send":   "package a\ndeny contains m if { m := http.send({}).body }",
		"undefined function opa.runtime": "package a\ndeny contains m if { m := opa.runtime().env.PATH }",
		"undefined function time.now_ns": "package a\ndeny contains \"x\" if time.now_ns() > 0",
		"no rule deny or warn":           "package a\ndenny contains \"x\" if true",
		"for built-in policies":          "package mlgate.metric_removed\ndeny contains \"x\" if true",
		"rego_parse_error":               "package a\ndeny contains if {",
		"var undefinedthing is unsafe":   "package a\ndeny contains undefinedthing if true",
	} {
		if _, err := compile(rego); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := policy.Compile(context.Background(), []policy.Set{{Ref: "mlgate/nothing"}}); err == nil || !strings.Contains(err.Error(), "mlgate/metric-removed") {
		t.Errorf("an unknown built-in: %v", err)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	c := mlgate.Case{Version: 1}
	c.Metrics.Head = map[string]mlgate.Number{"acc": 0.5}
	for _, k := range []struct {
		name, rego string
		status     mlgate.Status
		text       string
		none       bool
	}{
		{name: "says no", rego: `deny contains "bad" if input.metrics.head.acc < 0.9`, status: mlgate.Fail, text: "bad"},
		{name: "says nothing", rego: `deny contains "bad" if input.metrics.head.acc > 0.9`, none: true},
		{name: "warns", rego: `warn contains {"msg": "hm", "id": "x", "fix": "do"} if true`, status: mlgate.Warn, text: "hm"},
		{name: "wrong type", rego: `deny contains 7 if true`, status: mlgate.Unknown, text: "said"},
		{name: "object without msg", rego: `deny contains {"text": "x"} if true`, status: mlgate.Unknown, text: "msg"},
		{name: "no set", rego: `deny := "bad"`, status: mlgate.Unknown, text: "must be a set"},
		{name: "breaks inside", rego: `deny contains "x" if to_number(input.model) > 1`, status: mlgate.Unknown, text: "could not be answered"},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			e, err := compile("package a\n" + k.rego)
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Judge(context.Background(), c)
			if err != nil || (len(got) == 0) != k.none {
				t.Fatalf("got %v, %v", got, err)
			}
			if !k.none && (got[0].Status != k.status || !strings.Contains(got[0].Message, k.text)) {
				t.Errorf("got %+v, want %s with %q", got[0], k.status, k.text)
			}
		})
	}
}

// Every built-in policy passes its own tests.
func TestBuiltIn(t *testing.T) {
	t.Parallel()
	modules, store, err := tester.Load([]string{"../../policies"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	results, err := tester.NewRunner().SetStore(store).SetModules(modules).RunTests(ctx, txn)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r := range results {
		n++
		if r.Fail || r.Error != nil {
			t.Errorf("%s.%s: failed %v, %v", r.Package, r.Name, r.Fail, r.Error)
		}
	}
	if n < 5 {
		t.Errorf("%d tests ran", n)
	}
}

// JSON beside the rules is data, below the names of its folders. Names that two files or a rule claim
// are refused: one would hide the other.
func TestData(t *testing.T) {
	t.Parallel()
	rego := policy.Module{Path: "p/a.rego", Source: []byte("package a\ndeny contains \"low\" if input.metrics.head.acc < data.limits.acc")}
	with := func(more ...policy.Module) (*policy.Engine, error) {
		return policy.Compile(context.Background(), []policy.Set{{Ref: "./p", Root: "p", Modules: append(more, rego)}})
	}
	e, err := with(policy.Module{Path: "p/limits/x.json", Source: []byte(`{"acc": 0.9}`)}, policy.Module{Path: "p/y.json", Source: []byte(`{"limits": {"f1": 1}}`)})
	if err != nil {
		t.Fatal(err)
	}
	c := mlgate.Case{Version: 1}
	for acc, findings := range map[mlgate.Number]int{0.8: 1, 0.95: 0} {
		c.Metrics.Head = map[string]mlgate.Number{"acc": acc}
		if got, err := e.Judge(context.Background(), c); err != nil || len(got) != findings {
			t.Errorf("acc %v: %v, %v", acc, got, err)
		}
	}
	for want, files := range map[string][2]string{
		"another file has the key": {`{"limits": {"acc": 1}}`, `{"limits": {"acc": 2}}`},
		"cannot unmarshal array":   {`[1]`, `{}`},
		"it is null":               {`null`, `{}`},
		"stands behind":            {`{} {}`, `{}`},
		"conflict":                 {`{"a": {"deny": {}}}`, `{}`},
	} {
		_, err := with(policy.Module{Path: "p/x.json", Source: []byte(files[0])}, policy.Module{Path: "p/y.json", Source: []byte(files[1])})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", files, err, want)
		}
	}
}
