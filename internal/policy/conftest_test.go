package policy_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

// alike are policies as conftest's users write them: what it says of them is what we say.
var alike = map[string]struct{ rego, input string }{
	"a text":          {`deny contains "no" if input.kind == "Deployment"`, `{"kind": "Deployment"}`},
	"nothing to say":  {`deny contains "no" if input.kind == "Deployment"`, `{"kind": "Service"}`},
	"field is absent": {`deny contains "no" if input.spec.replicas < 2`, `{"kind": "Service"}`},
	"several definitions": {`deny contains "a" if input.n > 1
deny contains "b" if input.n > 2
deny contains "a" if input.n > 3`, `{"n": 5}`},
	"warn and deny": {`warn contains msg if { msg := sprintf("n is %d", [input.n]) }
deny contains "b" if input.n > 2`, `{"n": 5}`},
	"violation":         {`violation contains {"msg": "v", "details": {"n": input.n}} if input.n > 2`, `{"n": 5}`},
	"object":            {`deny contains {"msg": msg, "severity": "high"} if { some k; input.labels[k] == ""; msg := k }`, `{"labels": {"a": "", "b": "x", "c": ""}}`},
	"object with place": {`deny contains {"msg": "here", "_loc": {"file": "x.yaml", "line": 7}} if true`, `{}`},
	"suffixes": {`deny_one contains "1" if true
deny_two_words contains "2" if true
warn_three contains "3" if true
violation_Four4 contains {"msg": "4"} if true`, `{}`},
	"names that are not asked": {`denyx contains "1" if true
warning contains "2" if true
my_deny contains "3" if true
deny contains "4" if count(denyx) > 0`, `{}`},
	"exception": {`deny_root contains "root" if true
exception contains rules if { input.name == "free"; rules := ["root"] }`, `{"name": "free"}`},
	"exception that does not hold": {`deny_root contains "root" if true
exception contains rules if { input.name == "free"; rules := ["root"] }`, `{"name": "bound"}`},
	"exception of another rule": {`deny_root contains "root" if true
deny_other contains "other" if true
exception contains ["other", "third"] if true`, `{}`},
	"exception of all kinds": {`deny_x contains "1" if true
warn_x contains "2" if true
violation_x contains {"msg": "3"} if true
deny contains "4" if true
exception contains ["x"] if true`, `{}`},
	"exception of rules without a suffix": {`deny contains "1" if true
violation contains {"msg": "2"} if true
deny_x contains "3" if true
exception contains [""] if true`, `{}`},
	"two exceptions, one rule silent": {`deny_x contains "1" if false
deny_y contains "2" if true
exception contains ["x"] if true
exception contains ["y", "x"] if true`, `{}`},
	"helpers": {`import data.lib
deny contains msg if { some c in input.containers; not lib.pinned(c.image); msg := sprintf("%s is not pinned", [c.image]) }`, `{"containers": [{"image": "a:latest"}, {"image": "b@sha256:00"}, {"image": "c"}]}`},
	"default, else and every": {`default level := "low"
level := "high" if input.n > 10 else := "mid" if input.n > 3
deny contains level if every x in input.xs { x > 0 }`, `{"n": 5, "xs": [1, 2]}`},
	"a list instead of a set": {`deny := [msg | some x in input.xs; msg := sprintf("x %d", [x])]`, `{"xs": [1, 2]}`},
	"imports and unused names": {`import rego.v1
import data.nothing
deny contains "x" if { unused := 1; print("seen", input.n); input.n > 1 }`, `{"n": 5}`},
	"texts with quotes and lines": {"deny contains msg if { msg := concat(\"\\n\", [\"a \\\"b\\\"\", \"é <c>\"]) }", `{}`},
}

const lib = "package lib\n\npinned(image) if contains(image, \"@sha256:\")\n"

// differs are policies of which we say something else, and why.
var differs = map[string]struct{ rego, input, why, conftest, mlgate string }{
	"an error inside": {`deny contains "x" if to_number(input.n) > 1`, `{"n": "many"}`, "what could not be computed is no yes", "", "unknown policy/main"},
	"no text":         {`deny contains 7 if true`, `{}`, "a rule said something, and nobody would hear it", "", "unknown policy/main"},
	"an empty text":   {`deny contains "" if true`, `{}`, "a rule said no, if without a word", "", "fail policy/main"},
	"no set":          {`deny := "x"`, `{}`, "a rule said no, in a shape that conftest takes for a yes", "", "unknown policy/main"},
	"digits":          {`deny contains sprintf("%v", [input.n]) if true`, `{"n": 12345678901234567890}`, "numbers keep their digits here", "fail: 1.2345678901234567e+19", "fail policy/main"},
	"a missing metric": {`deny contains "x" if input.metrics.head.f1 < 0.9`, `{"metrics": {"head": {}}}`,
		"a metric that a rule reads and that is not there decides nothing", "", "fail policy/main/metric/f1"},
}

func TestConftest(t *testing.T) {
	t.Parallel()
	conftest := tool(t, "conftest")
	for name, k := range alike {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, got := askConftest(t, conftest, k.rego, k.input), askUs(t, k.rego, k.input)
			if d := cmp.Diff(want, summary(got)); d != "" {
				t.Errorf("conftest - mlgate +\n%s", d)
			}
		})
	}
	for name, k := range differs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(askConftest(t, conftest, k.rego, k.input), ", "); got != k.conftest {
				t.Errorf("conftest says %q now: is the difference gone? (%s)", got, k.why)
			}
			var got []string
			for _, f := range askUs(t, k.rego, k.input) {
				got = append(got, f.Status.String()+" "+f.Rule)
			}
			if strings.Join(got, ", ") != k.mlgate {
				t.Errorf("got %q, want %q", got, k.mlgate)
			}
		})
	}
}

// tool finds a pinned program. In CI it must be there.
func tool(t *testing.T, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "..", ".cache", "bin", name))
	if err == nil {
		_, err = os.Stat(file)
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("CI has no %s: run `make tools`", name)
	}
	if err != nil {
		t.Skipf("%s is not installed (make tools): what it says cannot be compared", name)
	}
	return file
}

func askConftest(t *testing.T, conftest, rego, input string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"policy/main.rego": "package main\n\n" + rego + "\n", "policy/lib.rego": lib, "input.json": input} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(context.Background(), conftest, "test", "--no-color", "--no-fail", "--output", "json", "--policy", "policy", "input.json")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	type said struct {
		Msg string `json:"msg"`
	}
	var results []struct{ Failures, Warnings, Exceptions []said }
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var lines []string
	for _, r := range results {
		for kind, list := range map[string][]said{"fail": r.Failures, "warn": r.Warnings, "excepted": r.Exceptions} {
			for _, s := range list {
				lines = append(lines, line(kind, s.Msg))
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

var quoted = regexp.MustCompile(`"[^"]*"$`)

// line is one thing said; of an exception only which rule it is about.
func line(kind, msg string) string {
	if kind == "excepted" {
		msg = quoted.FindString(msg)
	}
	return kind + ": " + msg
}

func askUs(t *testing.T, rego, input string) []mlgate.Finding {
	t.Helper()
	e, err := policy.Compile(context.Background(), []policy.Set{{Ref: "./policy", Modules: []policy.Module{
		{Path: "policy/main.rego", Source: []byte("package main\n\n" + rego + "\n")}, {Path: "policy/lib.rego", Source: []byte(lib)},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := e.Ask(context.Background(), []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func summary(found []mlgate.Finding) []string {
	var lines []string
	for _, f := range found {
		kind := f.Status.String()
		if f.Status == mlgate.Pass {
			kind = "excepted"
		}
		lines = append(lines, line(kind, f.Message))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
