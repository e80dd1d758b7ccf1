package forge

import (
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
)

// rights says which permission a path below the repository wants. The first row whose pattern fits
// counts; * is one name, a last ** is any number of them.
// Source: docs.github.com/rest/authentication/permissions-required-for-github-apps
var rights = []struct{ pattern, read, write string }{
	{"issues/**", "pull-requests: write", "pull-requests: write"}, // a thread is read to write to it
	{"pulls/**", "pull-requests: read", "pull-requests: write"},
	{"commits/*/pulls", "pull-requests: read", ""},
	{"commits/*/status", "statuses: read", ""},
	{"commits/*/statuses", "statuses: read", ""},
	{"statuses/*", "", "statuses: write"},
	{"commits/*/check-runs", "checks: read", ""},
	{"commits/*/check-suites", "checks: read", ""},
	{"check-runs/**", "checks: read", "checks: write"},
	{"check-suites/**", "checks: read", "checks: write"},
	{"deployments/**", "deployments: read", "deployments: write"},
	{"environments/**", "actions: read", ""},
	{"actions/runs/*/pending_deployments", "actions: read", "deployments: write"},
	{"actions/**", "actions: read", "actions: write"},
	{"git/**", "contents: read", "contents: write"},
	{"releases/**", "contents: read", "contents: write"},
	{"**", "contents: read", "contents: write"},
}

// permission is the advice for a 403.
func permission(resp *github.Response) string {
	req := resp.Request
	if req == nil || req.URL == nil {
		return "the token lacks a permission"
	}
	path := req.URL.Path
	_, below, ok := strings.Cut(path, "/repos/")
	parts := strings.SplitN(below, "/", 3)
	switch {
	case strings.Contains(path, "/orgs/"):
		return "GITHUB_TOKEN never reads an organisation's teams: use the token of an App with the organisation permission `members: read`"
	case strings.HasSuffix(path, "/graphql"):
		return "give the job `permissions: pull-requests: write`"
	case !ok || len(parts) < 3:
		return "the token lacks a permission" + accepted(resp)
	}
	if right := rightFor(parts[2], req.Method); right != "" {
		return "give the job `permissions: " + right + "`"
	}
	return "the token lacks a permission" + accepted(resp)
}

// accepted is what the server itself says would do.
func accepted(resp *github.Response) string {
	if v := resp.Header.Get("X-Accepted-GitHub-Permissions"); v != "" {
		return "; GitHub would accept " + inert.Line(inert.Clip(v, 120))
	}
	return ""
}

func rightFor(path, method string) string {
	read := method == http.MethodGet || method == http.MethodHead
	for _, row := range rights {
		if !fits(row.pattern, path) {
			continue
		}
		if read {
			return row.read
		}
		return row.write
	}
	return ""
}

func fits(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, w := range want {
		switch {
		case w == "**":
			return true
		case i >= len(have), w != "*" && w != have[i]:
			return false
		}
	}
	return len(have) == len(want)
}
