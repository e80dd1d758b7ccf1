// Package forge speaks to the places that host repositories. Their answers are data: text from them
// is made harmless before it reaches an error.
//
// It never decides what is told to whom.
//
// One file holds one subject of GitHub's API (comments.go, …). What they all stand on: transport.go
// (limits, repeats, waits), list.go (pages), graphql.go, answer.go (errors), permission.go.
package forge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// GitHubOptions say where GitHub is and who we are.
type GitHubOptions struct {
	API     string // GITHUB_API_URL; empty: https://api.github.com
	GraphQL string // GITHUB_GRAPHQL_URL; empty: beside API
	Repo    string // owner/name
	Token   string
	HTTP    *http.Client // its transport, and with it its proxies; nil: http.DefaultTransport
	Sleep   func(ctx context.Context, d time.Duration) error
	Notes   io.Writer // is told of every wait, and why; nil: nobody is
}

// GitHub is one repository's side of the API. It remembers what it read, and how long it has waited:
// make one for a run, and share it.
type GitHub struct {
	client      *github.Client
	graph       string
	owner, repo string

	mu   sync.Mutex
	self string // once it is known
}

// NewGitHub makes a client; it speaks to nobody yet.
func NewGitHub(o GitHubOptions) (*GitHub, error) {
	owner, repo, ok := strings.Cut(o.Repo, "/")
	if !ok || owner == "" || repo == "" || strings.Contains(repo, "/") {
		return nil, fmt.Errorf("opening GitHub: %q is no owner/name", o.Repo)
	}
	at, err := places(o.API, o.GraphQL)
	if err != nil {
		return nil, err
	}
	c := github.NewClient(&http.Client{Transport: newTransport(o, at), CheckRedirect: sameHost})
	c.BaseURL, c.UploadURL = at.api, at.upload
	return &GitHub{client: c, graph: at.graph.String(), owner: owner, repo: repo}, nil
}

// sameHost follows a redirect of a read that stays with the server (a repository that was renamed).
func sameHost(req *http.Request, via []*http.Request) error {
	from := via[0]
	if len(via) > 3 || from.Method != http.MethodGet || req.URL.Host != from.URL.Host || req.URL.Scheme != from.URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// addresses of one GitHub.
type addresses struct{ api, graph, upload *url.URL }

// places finds the other addresses beside the API's: of github.com and *.ghe.com they are hosts of
// their own, of an Enterprise server (…/api/v3) paths.
func places(api, graph string) (addresses, error) {
	if api == "" {
		api = "https://api.github.com"
	}
	base, err := address("GITHUB_API_URL", api)
	if err != nil {
		return addresses{}, err
	}
	root, enterprise := strings.CutSuffix(base.String(), "/v3/")
	upload := base.String()
	switch {
	case enterprise:
		upload = root + "/uploads/"
	case strings.HasPrefix(base.Host, "api."):
		upload = base.Scheme + "://uploads." + strings.TrimPrefix(base.Host, "api.") + "/"
	}
	if graph == "" {
		graph = strings.TrimSuffix(root, "/") + "/graphql"
	}
	at := addresses{api: base}
	if at.graph, err = address("GITHUB_GRAPHQL_URL", graph); err != nil {
		return at, err
	}
	at.graph.Path = strings.TrimSuffix(at.graph.Path, "/")
	at.upload, err = address("the address of uploads", upload)
	return at, err
}

func address(what, s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(s, "/") + "/")
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("opening GitHub: %s %q is no URL", what, s), Fix: "of an Enterprise server: https://HOST/api/v3 and https://HOST/api/graphql"}
	}
	return u, nil
}

// actionsBot is who GITHUB_TOKEN writes as. That token may not ask who it is.
const actionsBot = "github-actions[bot]"

// Self is the login of the token.
func (g *GitHub) Self(ctx context.Context) (string, error) {
	if self := g.knowSelf(""); self != "" {
		return self, nil
	}
	u, resp, err := g.client.Users.Get(ctx, "")
	if err != nil {
		if err = explain(resp, err); errors.Is(err, mlgate.ErrForbidden) || errors.Is(err, mlgate.ErrNotFound) {
			return g.knowSelf(actionsBot), nil
		}
		return "", err
	}
	return g.knowSelf(u.GetLogin()), nil
}

// path is one of this repository's: g.path("issues/%d/comments", 7).
func (g *GitHub) path(format string, args ...any) string {
	return "repos/" + g.owner + "/" + g.repo + "/" + fmt.Sprintf(format, args...)
}

// knowSelf remembers who we are, and says it as far as it is known.
func (g *GitHub) knowSelf(login string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if login != "" {
		g.self = login
	}
	return g.self
}
