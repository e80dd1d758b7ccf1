package policy_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

func compile(rego string) (*policy.Engine, error) {
	return with(rego, nil)
}

func with(rego string, values map[string]any) (*policy.Engine, error) {
	return policy.Compile(context.Background(), []policy.Set{{Ref: "./p", With: values, Modules: []policy.Module{{Path: "p/a.rego", Source: []byte(rego)}}}})
}

func judge(t *testing.T, rego string, c mlgate.Case) []mlgate.Finding {
	t.Helper()
	e, err := compile(rego)
	if err != nil {
		t.Fatal(err)
	}
	found, err := e.Judge(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for want, rego := range map[string]string{
		"undefined function http.send":                              "package a\ndeny contains m if { m := http.send({}).body }",
		"undefined function opa.runtime":                            "package a\ndeny contains m if { m := opa.runtime().env.PATH }",
		"undefined function time.now_ns":                            "package a\ndeny contains \"x\" if time.now_ns() > 0",
		"undefined function rand.intn":                              "package a\ndeny contains \"x\" if rand.intn(\"a\", 2) > 0",
		"undefined function json.match_schema":                      "package a\ndeny contains \"x\" if json.match_schema({}, {\"$ref\": \"file:///etc/x.json\"})[0]",
		"undefined function io.jwt.decode_verify":                   "package a\ndeny contains \"x\" if io.jwt.decode_verify(\"\", {})[0]",
		"may refer to its own parts only":                           "package a\n# METADATA\n# schemas: [{input: {type: object, properties: {a: {$ref: \"file:///etc/x.json\"}}}}]\ndeny contains \"x\" if input.a",
		"no rule deny, warn or violation":                           "package a\nother contains \"x\" if true",
		"p/a.rego:3: nobody asks the set denied: did you mean deny": "package a\ndeny contains \"x\" if true\ndenied contains \"x\" if true",
		"for built-in policies":                                     "package mlgate.metric_removed\ndeny contains \"x\" if true",
		"rego_parse_error":                                          "package a\ndeny contains if {",
		"var undefinedthing is unsafe":                              "package a\ndeny contains undefinedthing if true",
		"p/a.rego:2: deny is true or false":                         "package a\ndeny if input.model == \"x\"",
		"p/a.rego:3: rego_type_error":                               "package a\n\ndeny contains \"x\" if input.metrcs.head.acc < 0.9",
		"want (one of):":                                            "package a\ndeny contains \"x\" if input.change.brnch == \"x\"",
		"p/a.rego:2: rego_type_error: undef":                        "package a\ndeny contains \"x\" if { some s in input.steps; s.comand == \"x\" }",
		"has no default that is text":                               "# METADATA\n# custom: {params: {max: {}}}\npackage a\ndeny contains \"x\" if true",
	} {
		if _, err := compile(rego); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := policy.Compile(context.Background(), []policy.Set{{Ref: "mlgate/nothing"}}); err == nil || !strings.Contains(err.Error(), "mlgate/metric-removed") {
		t.Errorf("an unknown built-in: %v", err)
	}
}

// What conftest's users wrote compiles, whatever its input looks like; it may ask for our schema.
func TestForeignCompiles(t *testing.T) {
	t.Parallel()
	rego := "package main\nimport rego.v1\ndeny contains msg if { input.kind == \"Deployment\"; unused := 1; print(\"x\"); msg := \"no\" }"
	if _, err := compile(rego); err != nil {
		t.Error(err)
	}
	if _, err := compile("package a\ndenied contains \"x\" if true\ndeny contains m if some m in denied"); err != nil {
		t.Errorf("a set that deny uses: %v", err)
	}
	asks := "package main\n# METADATA\n# schemas: [{input: schema.mlgate}]\ndeny contains \"x\" if input.kind == \"Deployment\""
	if _, err := compile(asks); err == nil || !strings.Contains(err.Error(), "p/a.rego:4") {
		t.Errorf("a set that asks for the schema: %v", err)
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
			got := judge(t, "package a\n"+k.rego, c)
			if (len(got) == 0) != k.none {
				t.Fatalf("got %v", got)
			}
			if !k.none && (got[0].Status != k.status || !strings.Contains(got[0].Message, k.text)) {
				t.Errorf("got %+v, want %s with %q", got[0], k.status, k.text)
			}
		})
	}
}

// A metric that a rule reads by name and that is not there is told, however the name is written.
func TestMissingMetrics(t *testing.T) {
	t.Parallel()
	c := mlgate.Case{Version: 1}
	c.Metrics.Head = map[string]mlgate.Number{"acc": 0.5, "loss": mlgate.Number(math.NaN()), "recall.a": 1}
	c.Metrics.Base = map[string]mlgate.Number{}
	for rego, want := range map[string]string{
		`deny contains "x" if input.metrics.head.f1 < 0.9`:                                                   "fail policy/a/metric/f1",
		`deny contains "x" if input.metrics.head["f1"] < 0.9`:                                                "fail policy/a/metric/f1",
		`warn contains "x" if input.metrics.head.f1 < 0.9`:                                                   "warn policy/a/metric/f1",
		`deny contains "x" if input.metrics.base.acc < 0.9`:                                                  "inconclusive policy/a/metric/acc",
		`deny contains "x" if { m := input.metrics.head; m.f1 < 0.9 }`:                                       "fail policy/a/metric/f1",
		`deny contains "x" if { name := "f1"; input.metrics.head[name] < 0.9 }`:                              "fail policy/a/metric/f1",
		"head := input.metrics.head\ndeny contains \"x\" if head.f1 < 0.9":                                   "fail policy/a/metric/f1",
		"low(v) if v < 0.9\ndeny contains \"x\" if low(input.metrics.head.f1)":                               "fail policy/a/metric/f1",
		"f1 := input.metrics.head.f1\ndeny contains \"x\" if f1 < 0.9":                                       "fail policy/a/metric/f1",
		`deny contains "x" if { some n in ["a"]; count(n) > 1; input.metrics.head.f1 < 0 }`:                  "fail policy/a/metric/f1",
		`deny contains "x" if count([1 | input.metrics.head.f1 < 0.9]) > 0`:                                  "fail policy/a/metric/f1",
		`deny contains "x" if input.metrics.head.loss < 9`:                                                   "fail policy/a/metric/loss",
		`deny contains "x" if input.metrics.head.recall.a < 0.5`:                                             "fail policy/a/metric/recall.a",
		`deny contains "x" if input.metrics.head.acc > 0.9`:                                                  "",
		`deny contains "x" if input.metrics.head["recall.a"] < 0.5`:                                          "",
		`deny contains "x" if { not input.metrics.head.f1; false }`:                                          "",
		`deny contains "x" if object.get(input.metrics.head, "f1", 1) < 0.9`:                                 "",
		"# METADATA\n# custom: {optional_metrics: [f1]}\ndeny contains \"x\" if input.metrics.head.f1 < 0.9": "",
		"unused if input.metrics.head.f1 < 0.9\ndeny contains \"x\" if input.metrics.head.acc > 0.9":         "",
	} {
		var got []string
		for _, f := range judge(t, "package a\n"+rego, c) {
			got = append(got, f.Status.String()+" "+f.Rule)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s\n  got %v, want %q", rego, got, want)
		}
	}
	found := judge(t, "package a\n\ndeny contains \"x\" if input.metrics.head.f1 < 0.9", c)
	if !strings.Contains(found[0].Message, "p/a.rego:3") {
		t.Errorf("the place is not told: %s", found[0].Message)
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	rego := `# METADATA
# title: The package
# description: why the package
# custom: {fix: of the package}
package a

# METADATA
# title: One
# custom: {id: one, fix: of one}
deny contains {"msg": "1", "id": "one"} if true

deny contains "2" if true

deny contains {"msg": "3", "fix": "said"} if true
`
	var got []string
	for _, f := range judge(t, rego, mlgate.Case{}) {
		got = append(got, fmt.Sprintf("%s|%s|%s|%s", f.Message, f.Title, f.Why, f.Fix))
	}
	want := []string{"2|The package|why the package|of the package", "3|The package|why the package|said", "1|One|why the package|of one"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	rego := "# METADATA\n# custom: {params: {max: {default: 5}, names: {default: [a]}}}\npackage a\ndeny contains sprintf(\"%v %v\", [data.params.max, data.params.names]) if true\n"
	for _, k := range []struct {
		values map[string]any
		want   string
	}{
		{nil, `5 ["a"]`},
		{map[string]any{"max": 7.5, "names": []any{}}, `7.5 []`},
		{map[string]any{"mx": 7.5}, `no parameter "mx"; there are max, names`},
		{map[string]any{"max": "7"}, `"max" is a number, and was set to text`},
	} {
		e, err := with(rego, k.values)
		got := fmt.Sprint(err)
		if err == nil {
			found, err := e.Judge(context.Background(), mlgate.Case{})
			if err != nil {
				t.Fatal(err)
			}
			got = found[0].Message
		}
		if !strings.Contains(got, k.want) {
			t.Errorf("%v: got %s, want %s", k.values, got, k.want)
		}
	}
	a, _ := with(rego, nil)
	b, _ := with(rego, map[string]any{"max": 1.0})
	if a.Digest() == b.Digest() {
		t.Error("another parameter, and the same digest")
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"a": [1, 2.5e3, "x", null, true]}`, `{"a": {"b": "\u00e9\ud83d"}}`, `1 2`, `{"a":1,"a":2}`, `[[[[`, `{"x": 1e999}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := policy.SameDocument(data); err != nil {
			t.Error(err)
		}
	})
}
