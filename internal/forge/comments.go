package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Comments = (*GitHub)(nil)

// List reads all pages.
func (g *GitHub) List(ctx context.Context, number int) ([]mlgate.Comment, error) {
	var out []mlgate.Comment
	for c, err := range list[github.IssueComment](ctx, g, g.path("issues/%d/comments", number), "") {
		if err != nil {
			return nil, err
		}
		out = append(out, commentOf(&c))
	}
	return out, nil
}

// Create writes a new comment, once: when the answer is lost, the thread is read first.
func (g *GitHub) Create(ctx context.Context, number int, body string) error {
	do := func(ctx context.Context) (struct{}, error) {
		_, resp, err := g.client.Issues.CreateComment(ctx, g.owner, g.repo, number, &github.IssueComment{Body: &body})
		return struct{}{}, tooBig(explain(resp, err))
	}
	_, err := mlgate.Once(ctx, func(ctx context.Context) (none struct{}, there bool, err error) {
		there, err = g.said(ctx, number, body)
		return none, there, err
	}, do)
	return err
}

// said reports whether a thread has a comment of ours with this text.
func (g *GitHub) said(ctx context.Context, number int, body string) (bool, error) {
	self, err := g.Self(ctx)
	if err != nil {
		return false, err
	}
	all, err := g.List(ctx, number)
	for _, c := range all {
		if c.Author == self && c.Body == body {
			return true, nil
		}
	}
	return false, err
}

// Update replaces a comment.
func (g *GitHub) Update(ctx context.Context, id int64, body string) error {
	_, resp, err := g.client.Issues.EditComment(repeatable(ctx), g.owner, g.repo, id, &github.IssueComment{Body: &body})
	return tooBig(explain(resp, err))
}

// tooBig tells a refusal for the length of a text from others.
func tooBig(err error) error {
	var a *Answer
	if errors.As(err, &a) && a.Status == http.StatusUnprocessableEntity && strings.Contains(a.Message, "too long") {
		return fmt.Errorf("%w: %w", err, mlgate.ErrTooLong)
	}
	return err
}
