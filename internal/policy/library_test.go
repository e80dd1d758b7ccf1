package policy_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/policy"
	"github.com/mlgate/mlgate/internal/report"
	"github.com/mlgate/mlgate/policies"
)

// Every built-in policy passes its own tests, compiles as mlops.yaml would ask for it, and says why it
// exists, how to fix what it finds, and on its page how to ask for it.
func TestLibrary(t *testing.T) {
	t.Parallel()
	names := policies.Names()
	if len(names) < 12 {
		t.Fatalf("%d policies are built in", len(names))
	}
	tested := map[string]int{}
	trials, err := policy.Test(context.Background(), policy.Set{Modules: library(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range trials {
		tested[strings.TrimSuffix(r.File, "_test.rego")]++
		if r.Problem != "" || r.Skipped {
			t.Errorf("%s:%d: %s: %s", r.File, r.Line, r.Name, r.Problem)
		}
	}
	for _, name := range names {
		about, err := policy.Describe("mlgate/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if about.Title == "" || about.Why == "" || about.Fix == "" {
			t.Errorf("%s: title, description or custom.fix is missing: %+v", name, about)
		}
		if n := tested[strings.ReplaceAll(name, "-", "_")]; n < 3 {
			t.Errorf("%s has %d tests", name, n)
		}
		checkPage(t, name, about)
	}
}

func library(t *testing.T) []policy.Module {
	t.Helper()
	files, err := fs.Glob(policies.FS(), "*.rego")
	if err != nil {
		t.Fatal(err)
	}
	var out []policy.Module
	for _, f := range files {
		src, err := fs.ReadFile(policies.FS(), f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, policy.Module{Path: f, Source: src})
	}
	return out
}

func checkPage(t *testing.T, name string, about policy.About) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "policies", name+".md"))
	if err != nil {
		t.Errorf("%s has no page: %v", name, err)
		return
	}
	checkExample(t, name, string(page))
	want := []string{"# mlgate/" + name, "mlgate/" + name, about.Title, about.Fix[1:], "policy/mlgate/" + name}
	for _, p := range about.Params {
		want = append(want, "| `"+p.Name+"` |", p.Description)
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(strings.Fields(string(page)), " "), strings.Join(strings.Fields(w), " ")) {
			t.Errorf("docs/policies/%s.md does not say %q", name, w)
		}
	}
}

var example = regexp.MustCompile("(?s)```json\n(.*?)\n```.*```text\n(.*?)```")

// checkExample asks the policy about the case on its page.
func checkExample(t *testing.T, name, page string) {
	t.Helper()
	found := example.FindStringSubmatchIndex(page)
	if found == nil {
		t.Errorf("docs/policies/%s.md has no example", name)
		return
	}
	e, err := policy.Compile(context.Background(), []policy.Set{{Ref: "mlgate/" + name}})
	if err != nil {
		t.Fatal(err)
	}
	said, err := e.Ask(context.Background(), []byte(page[found[2]:found[3]]))
	if err != nil {
		t.Fatal(err)
	}
	want := report.Said("case.json", said)
	if *update {
		file := filepath.Join("..", "..", "docs", "policies", name+".md")
		if err := os.WriteFile(file, []byte(page[:found[4]]+want+page[found[5]:]), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, page[found[4]:found[5]]); d != "" {
		t.Errorf("docs/policies/%s.md: %s", name, d)
	}
}
