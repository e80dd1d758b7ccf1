package forge

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// tokenRows are requests of each row of docs/github-tokens.md. Rows without any are about git or are not
// the repository's.
var tokenRows = map[string][]string{
	"push ledger, versions, stages; make releases": {"POST git/refs"},
	"read the repository, CODEOWNERS, who pushed":  {"GET contents/CODEOWNERS", "GET activity"},
	"comment on a pull request":                    {"POST issues/7/comments", "PATCH issues/comments/1", "DELETE issues/comments/1"},
	"read pull requests and reviews":               {"GET pulls/7", "GET pulls/7/reviews", "GET pulls", "GET commits/abc/pulls"},
	"set the commit status `mlgate`":               {"POST statuses/abc"},
	"make checks with annotations":                 {"POST check-runs", "PATCH check-runs/1"},
	"make deployments":                             {"POST deployments", "POST deployments/1/statuses"},
	"read another workflow's run and its artifacts, and who let a run go on to an environment": {"GET actions/runs/1", "GET actions/runs/1/artifacts", "GET actions/artifacts/1/zip"},
	"run a workflow again":                {"POST actions/runs/1/rerun"},
	"read who is in a team":               nil,
	"read the rules of branches and tags": nil,
}

// The page says what errors say.
func TestTokensPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/github-tokens.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		what, permission := strings.TrimPrefix(cells[0], "| "), strings.Trim(cells[1], "`")
		requests, known := tokenRows[what]
		if !known {
			t.Errorf("the page has a row %q that is not tested", what)
		}
		seen++
		for _, r := range requests {
			method, path, _ := strings.Cut(r, " ")
			if got := rightFor(path, method); got != permission {
				t.Errorf("%s: an error asks for %q, the page for %q", r, got, permission)
			}
		}
	}
	if seen != len(tokenRows) {
		t.Errorf("the page has %d rows, want %d", seen, len(tokenRows))
	}
}

// A token is asked for each permission without changing anything, whether it has it or not.
func TestMay(t *testing.T) {
	t.Parallel()
	for permission := range probes {
		name, right, _ := strings.Cut(permission, ": ")
		for _, has := range []bool{true, false} {
			w := open(t, fakegithub.Options{Rights: map[string]string{"metadata": "read", strings.ReplaceAll(name, "-", "_"): map[bool]string{true: right, false: "none"}[has]}})
			got, err := w.hub.May(context.Background(), permission)
			if err != nil || got != has {
				t.Errorf("%s: %v, want %v; %v", permission, got, has, err)
			}
		}
	}
	if _, err := open(t, fakegithub.Options{}).hub.May(context.Background(), "packages: write"); err == nil {
		t.Error("a permission that cannot be asked for was answered")
	}
}

// The older kind of protection counts too; what is wrong with an answer is an error.
func TestGuard(t *testing.T) {
	t.Parallel()
	w := open(t, fakegithub.Options{})
	w.fake.Protect(fakegithub.Ruleset{Name: "off", Target: "tag", Include: []string{"~ALL"}, Rules: []string{"deletion"}, Off: true})
	w.fake.Fail(fakegithub.Trouble{Match: "GET /repos/acme/model/branches/", Status: 200, Type: "application/json", Body: `{"protection": {"required_status_checks": {"contexts": ["mlgate"]}}}`})
	g, err := w.hub.Guard(context.Background(), "release/1")
	if err != nil || len(g.Required) != 1 || len(g.Tags) != 0 {
		t.Errorf("%+v, %v", g, err)
	}
	w.fake.Fail(fakegithub.Trouble{Match: "GET /repos/acme/model/rulesets", Status: 200, Type: "application/json", Body: `{"rulesets": 7}`})
	if _, err := w.hub.Guard(context.Background(), "main"); err == nil {
		t.Error("an object was taken for a list")
	}
}
