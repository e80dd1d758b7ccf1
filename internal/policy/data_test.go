package policy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

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
		"parameters of policies":   {`{"params": {}}`, `{}`},
		"conflict":                 {`{"a": {"deny": {}}}`, `{}`},
	} {
		_, err := with(policy.Module{Path: "p/x.json", Source: []byte(files[0])}, policy.Module{Path: "p/y.json", Source: []byte(files[1])})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", files, err, want)
		}
	}
}
