package forge

import (
	"context"
	"errors"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.CommentTidier = (*GitHub)(nil)

// Read reads one comment.
func (g *GitHub) Read(ctx context.Context, id int64) (mlgate.Comment, error) {
	c, resp, err := g.client.Issues.GetComment(ctx, g.owner, g.repo, id)
	if err != nil {
		return mlgate.Comment{}, explain(resp, err)
	}
	return commentOf(c), nil
}

func commentOf(c *github.IssueComment) mlgate.Comment {
	return mlgate.Comment{ID: c.GetID(), Node: c.GetNodeID(), Author: c.GetUser().GetLogin(), Bot: c.GetUser().GetType() == "Bot", Body: c.GetBody()}
}

// Delete deletes a comment.
func (g *GitHub) Delete(ctx context.Context, id int64) error {
	resp, err := g.client.Issues.DeleteComment(repeatable(ctx), g.owner, g.repo, id)
	if err = explain(resp, err); errors.Is(err, mlgate.ErrNotFound) {
		return nil
	}
	return err
}

const (
	hiddenQuery  = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { id isMinimized } } }`
	hideMutation = `mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized } } }`
)

// maxNodes is how many are asked for at once.
const maxNodes = 100

// Hide asks which comments are shown, and folds those away.
func (g *GitHub) Hide(ctx context.Context, nodes []string) error {
	for len(nodes) > 0 {
		some := nodes[:min(len(nodes), maxNodes)]
		nodes = nodes[len(some):]
		var a struct {
			Nodes []*struct {
				ID          string
				IsMinimized bool
			}
		}
		if err := g.graphQL(ctx, hiddenQuery, map[string]any{"ids": some}, &a); err != nil {
			return err
		}
		for _, n := range a.Nodes {
			if n == nil || n.ID == "" || n.IsMinimized {
				continue
			}
			err := g.graphQL(repeatable(ctx), hideMutation, map[string]any{"id": n.ID}, nil) // hidden twice is hidden
			if err != nil && !errors.Is(err, mlgate.ErrNotFound) {
				return err
			}
		}
	}
	return nil
}
