// Package forge speaks to the places that host repositories. Their answers are data: text from them
// is made harmless before it reaches an error.
//
// It never decides what is told to whom.
package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// GitHubOptions say where GitHub is and who we are.
type GitHubOptions struct {
	API   string // GITHUB_API_URL; empty: https://api.github.com
	Repo  string // owner/name
	Token string
	HTTP  *http.Client
	Sleep func(ctx context.Context, d time.Duration) error
}

// GitHub is the issue comments of one repository.
type GitHub struct {
	client      *github.Client
	owner, repo string
}

var _ mlgate.Comments = (*GitHub)(nil)

// NewGitHub makes a client; it speaks to nobody yet.
func NewGitHub(o GitHubOptions) (*GitHub, error) {
	owner, repo, ok := strings.Cut(o.Repo, "/")
	if !ok || owner == "" || repo == "" || strings.Contains(repo, "/") {
		return nil, fmt.Errorf("opening GitHub: %q is no owner/name", o.Repo)
	}
	api := o.API
	if api == "" {
		api = "https://api.github.com"
	}
	base, err := url.Parse(strings.TrimSuffix(api, "/") + "/")
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("opening GitHub: GITHUB_API_URL %q is no URL", api)
	}
	transport := http.DefaultTransport
	if o.HTTP != nil && o.HTTP.Transport != nil {
		transport = o.HTTP.Transport
	}
	hc := &http.Client{
		Transport:     &patient{next: transport, sleep: o.Sleep, token: o.Token},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c := github.NewClient(hc)
	c.BaseURL = base
	return &GitHub{client: c, owner: owner, repo: repo}, nil
}

// actionsBot is who GITHUB_TOKEN writes as. That token may not ask who it is.
const actionsBot = "github-actions[bot]"

// Self is the login of the token.
func (g *GitHub) Self(ctx context.Context) (string, error) {
	u, resp, err := g.client.Users.Get(ctx, "")
	if err != nil {
		if err = explain(resp, err); errors.Is(err, mlgate.ErrForbidden) || errors.Is(err, mlgate.ErrNotFound) {
			return actionsBot, nil
		}
		return "", err
	}
	return u.GetLogin(), nil
}

// maxPages bounds reading a thread: 100 comments a page.
const maxPages = 300

// List reads all pages.
func (g *GitHub) List(ctx context.Context, number int) ([]mlgate.Comment, error) {
	var out []mlgate.Comment
	opt := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for range maxPages {
		page, resp, err := g.client.Issues.ListComments(ctx, g.owner, g.repo, number, opt)
		if err != nil {
			return nil, explain(resp, err)
		}
		for _, c := range page {
			out = append(out, mlgate.Comment{ID: c.GetID(), Author: c.GetUser().GetLogin(), Bot: c.GetUser().GetType() == "Bot", Body: c.GetBody()})
		}
		if resp.NextPage == 0 {
			return out, nil
		}
		opt.Page = resp.NextPage
	}
	return nil, fmt.Errorf("reading comments: more than %d pages", maxPages)
}

// Create writes a new comment.
func (g *GitHub) Create(ctx context.Context, number int, body string) error {
	_, resp, err := g.client.Issues.CreateComment(ctx, g.owner, g.repo, number, &github.IssueComment{Body: &body})
	return explain(resp, err)
}

// Update replaces a comment.
func (g *GitHub) Update(ctx context.Context, id int64, body string) error {
	_, resp, err := g.client.Issues.EditComment(ctx, g.owner, g.repo, id, &github.IssueComment{Body: &body})
	return explain(resp, err)
}

// explain maps an answer to our errors. The response may be nil.
func explain(resp *github.Response, err error) error {
	if err == nil {
		return nil
	}
	if resp == nil || resp.Response == nil {
		return fmt.Errorf("speaking to GitHub: %s", inert.Line(inert.Clip(err.Error(), 300)))
	}
	said := http.StatusText(resp.StatusCode)
	var answer *github.ErrorResponse
	if errors.As(err, &answer) && answer.Message != "" {
		said = answer.Message
	}
	if kind := resp.Header.Get("Content-Type"); !strings.Contains(kind, "json") {
		said += " (the answer is " + kind + ", not JSON: is a proxy in between?)"
	}
	text := fmt.Sprintf("GitHub answered %d %s", resp.StatusCode, inert.Line(inert.Clip(said, 300)))
	if id := resp.Header.Get("X-GitHub-Request-Id"); id != "" {
		text += " (request " + inert.Line(inert.Clip(id, 60)) + ")"
	}
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		return fmt.Errorf("%s: the token is wrong or has expired: %w", text, mlgate.ErrForbidden)
	case http.StatusForbidden:
		return fmt.Errorf("%s: give the job `permissions: pull-requests: write`: %w", text, mlgate.ErrForbidden)
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("%s: %w", text, mlgate.ErrNotFound)
	}
	return errors.New(text)
}
