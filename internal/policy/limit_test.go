package policy_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// What never ends, or grows without end, is ended, and is no yes.
func TestBombs(t *testing.T) { //nolint:paralleltest // it watches the heap of the whole process
	for name, k := range map[string]struct{ rego, want string }{
		"loop":   {`deny contains "x" if { some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i * j < 0 }`, "did not end within"},
		"memory": {`deny contains "x" if { a := [[i, j, "x"] | some i in numbers.range(1, 30000); some j in numbers.range(1, 30000)]; count(a) < 0 }`, "too much memory"},
		"range":  {`deny contains "x" if count(numbers.range(1, 4000000000)) < 0`, "too much memory"},
		"text":   {`deny contains "x" if { s := concat("", [x | some _ in numbers.range(1, 200000); x := "aaaaaaaaaa"]); count(replace(s, "a", s)) < 0 }`, "too much memory"},
	} {
		e, err := compile("package a\n" + k.rego)
		if err != nil {
			t.Fatal(err)
		}
		limit := 60 * time.Second
		if name == "loop" {
			limit = 300 * time.Millisecond
		}
		memory := uint64(16 << 20)
		if name == "loop" {
			memory = 2 << 30 // what it throws away is collected only now and then
		}
		e.Limit(limit, memory)
		start := time.Now()
		found, err := e.Judge(context.Background(), mlgate.Case{})
		if err != nil || len(found) != 1 || found[0].Status != mlgate.Unknown || !strings.Contains(found[0].Message, k.want) {
			t.Errorf("%s: %v, %v; want %q", name, found, err, k.want)
		}
		t.Logf("%s ended after %s", name, time.Since(start).Round(time.Millisecond))
	}
}

// Too many findings are cut, counted, and the worst of what is cut still counts.
func TestManyFindings(t *testing.T) {
	t.Parallel()
	found := judge(t, "package a\nwarn contains sprintf(\"%d\", [i]) if some i in numbers.range(1, 1500)\nviolation contains sprintf(\"%d\", [i]) if some i in numbers.range(1, 700)", mlgate.Case{})
	last := found[len(found)-1]
	if len(found) != 1001 || last.Status != mlgate.Warn || last.Message != "the policies said 2200 things; 1200 are left out here" {
		t.Errorf("%d findings, the last is %+v", len(found), last)
	}
	found = judge(t, "package a\ndeny contains sprintf(\"%d\", [i]) if some i in numbers.range(1, 1500)\nwarn contains \"x\" if true", mlgate.Case{})
	if i := slices.IndexFunc(found, func(f mlgate.Finding) bool { return f.Status != mlgate.Fail }); i >= 0 {
		t.Errorf("finding %d is %+v", i, found[i])
	}
}

// Rules see all that they name, by whatever way they come to it.
func TestSight(t *testing.T) {
	t.Parallel()
	c := mlgate.Case{Version: 1, Model: "m", Steps: []mlgate.CaseStep{{Name: "train", Outputs: []string{"a", "b"}}}, Files: []string{"x/y"}}
	for rego, want := range map[string]string{
		`deny contains input.steps[0].outputs[1]`:                                                                  "b",
		`deny contains input["steps"][_].name`:                                                                     "train",
		`deny contains v if { some k, v in input; k == "model" }`:                                                  "m",
		`deny contains v if { k := "model"; v := input[k] }`:                                                       "m",
		`deny contains v if { walk(input, [["steps", 0, "name"], v]) }`:                                            "train",
		`f(x) := x.files[0]` + "\n" + `deny contains f(input)`:                                                     "x/y",
		`whole := input` + "\n" + `deny contains whole.files[0]`:                                                   "x/y",
		`deny contains v if { s := json.unmarshal(json.marshal(input)); v := s.model }`:                            "m",
		`deny contains v if { v := object.get(input, ["steps", 0, "name"], "none") }`:                              "train",
		`v := "none" if false else := input.model` + "\n" + `deny contains v`:                                      "m",
		`deny contains input.model if every s in input.steps { s.name == "train" }`:                                "m",
		`deny contains v if v := [s.name | some s in input.steps][0]`:                                              "train",
		`deny contains v if { o := {"k": input.files[0]}; v := o.k }`:                                              "x/y",
		`deny contains v if { f := input; v := f[concat("", ["mo", "del"])] }`:                                     "m",
		`deny contains $"{input.model}!"`:                                                                          "m!",
		`import input.steps as s` + "\n" + `deny contains s[0].name`:                                               "train",
		`deny contains v if { v := data.a.g with input as {"model": input.files[0]} }` + "\n" + `g := input.model`: "x/y",
	} {
		if got := judge(t, "package a\n"+rego, c); len(got) != 1 || got[0].Message != want {
			t.Errorf("%s\n  got %+v, want %q", rego, got, want)
		}
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	e, err := compile(`package a
deny contains "x" if { some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i * j < 0 }`)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if found, err := e.Judge(ctx, mlgate.Case{}); err == nil {
		t.Errorf("a cancelled judgment answered %v", found)
	}
}
