package openapi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// node is where GitHub's descriptions are; without them a test is skipped, in CI it fails.
func node(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../.cache/node")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "pinned")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI has no descriptions of GitHub: run `make node`")
		}
		t.Skip("needs GitHub's descriptions: `make node`")
	}
	return dir
}

// TestExchanges replays what other tests recorded: `make prism`.
func TestExchanges(t *testing.T) {
	dir := os.Getenv("MLGATE_REPLAY")
	if dir == "" {
		t.Skip("replays what the tests recorded: `make prism`")
	}
	all, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("nothing was recorded in %s", dir)
	}
	bad, err := replay(t.Context(), node(t), t.TempDir(), all)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range bad {
		t.Error(v)
	}
	t.Logf("%d exchanges, %d violations", len(all), len(bad))
}

const user = `{"login": "ada", "id": 1, "type": "User"}`

func comment(body string) string {
	return `{"id": 1, "body": ` + body + `, "user": ` + user + `, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "author_association": "NONE"}`
}

// What is right passes, and every way to be wrong is caught: otherwise TestExchanges proves nothing.
func TestBroken(t *testing.T) {
	t.Parallel()
	const (
		thread   = "/repos/acme/model/issues/7/comments"
		minimize = `{"query": "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized } } }", "variables": {"id": "IC_1"}}`
	)
	cases := []struct {
		name, method, path, asked string
		status                    int
		answer, want              string
	}{
		{"right", "POST", thread, `{"body": "x"}`, 201, comment(`"x"`), ""},
		{"right, a list", "GET", thread + "?per_page=100", "", 200, "[" + comment(`"x"`) + "]", ""},
		{"right, a refusal", "POST", thread, `{"body": "x"}`, 403, `{"message": "no", "documentation_url": "https://x"}`, ""},
		{"right, a file below folders", "GET", "/repos/acme/model/contents/.github/CODEOWNERS?ref=main", "", 404, `{"message": "Not Found"}`, ""},
		{"a request without its field", "POST", thread, `{"bod": "x"}`, 201, comment(`"x"`), "request.body"},
		{"a request with a field of another type", "POST", thread, `{"body": 7}`, 201, comment(`"x"`), "request.body"},
		{"a request with an unknown word", "POST", "/repos/acme/model/statuses/abc", `{"state": "fine"}`, 404, `{"message": "x"}`, "request.body"},
		{"a path that GitHub has not", "GET", "/repos/acme/model/remarks", "", 200, `[]`, "no such path"},
		{"a method that the path has not", "PUT", thread, `{}`, 200, `[]`, "request"},
		{"an answer without its field", "POST", thread, `{"body": "x"}`, 201, strings.Replace(comment(`"x"`), `"id": 1, "body"`, `"body"`, 1), "response.body"},
		{"an answer with a field of another type", "GET", thread, "", 200, "[" + comment(`7`) + "]", "response.body"},
		{"an answer of another status", "POST", thread, `{"body": "x"}`, 200, comment(`"x"`), "response"},
		{"an object for a list", "GET", thread, "", 200, comment(`"x"`), "response.body"},
		{"right, a mutation", "POST", "/graphql", minimize, 200, `{"data": {"minimizeComment": {"minimizedComment": {"isMinimized": true}}}}`, ""},
		{"right, a mutation refused", "POST", "/graphql", minimize, 200, `{"data": null, "errors": [{"type": "FORBIDDEN", "message": "no"}]}`, ""},
		{"a mutation with an unknown word", "POST", "/graphql", strings.Replace(minimize, "OUTDATED", "OLD", 1), 200, `{"data": {}}`, "request.query"},
		{"a mutation without its variable", "POST", "/graphql", strings.Replace(minimize, `"IC_1"`, `null`, 1), 200, `{"data": {}}`, "request.variables"},
		{"data of another type", "POST", "/graphql", minimize, 200, `{"data": {"minimizeComment": {"minimizedComment": {"__typename": "IssueComment", "isMinimized": "yes"}}}}`, "response.data"},
	}
	var all []fakegithub.Exchange
	for _, c := range cases {
		all = append(all, fakegithub.Exchange{
			Method: c.method, Path: c.path, Asked: c.asked, Status: c.status, Type: "application/json; charset=utf-8", Answer: c.answer, Accept: "application/vnd.github+json",
		})
	}
	bad, err := replay(t.Context(), node(t), t.TempDir(), all)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		var said []string
		for _, v := range bad {
			if v.At == i {
				said = append(said, v.String())
			}
		}
		if text := strings.Join(said, "\n"); (text == "") != (c.want == "") || !strings.Contains(text, c.want) {
			t.Errorf("%s: violations:\n%s\nwant %q", c.name, text, c.want)
		}
	}
}
