package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Forum = (*GitHub)(nil)

// Thread reads a pull request.
func (g *GitHub) Thread(ctx context.Context, number int) (mlgate.Thread, error) {
	p, resp, err := g.client.PullRequests.Get(ctx, g.owner, g.repo, number)
	if err != nil {
		return mlgate.Thread{}, explain(resp, err)
	}
	t := mlgate.Thread{
		Open: p.GetState() == "open", Head: p.GetHead().GetSHA(), HeadBranch: p.GetHead().GetRef(), Base: p.GetBase().GetRef(),
		Fork: !strings.EqualFold(p.GetHead().GetRepo().GetFullName(), g.owner+"/"+g.repo),
	}
	if p.GetMerged() {
		t.Merged, t.MergedBy = p.GetMergeCommitSHA(), p.GetMergedBy().GetLogin()
	}
	return t, nil
}

// Remark reads a comment.
func (g *GitHub) Remark(ctx context.Context, id int64) (mlgate.Remark, error) {
	var c struct {
		github.IssueComment
		App *struct{} `json:"performed_via_github_app"`
	}
	if err := g.read(ctx, g.path("issues/comments/%d", id), &c); err != nil {
		return mlgate.Remark{}, err
	}
	r := mlgate.Remark{
		ID: c.GetID(), Author: c.GetUser().GetLogin(), AuthorID: c.GetUser().GetID(), Body: c.GetBody(), Link: c.GetHTMLURL(),
		Human: c.GetUser().GetType() == "User" && c.App == nil, Edited: !c.GetUpdatedAt().Equal(c.GetCreatedAt()),
	}
	at := c.GetIssueURL()
	if _, err := fmt.Sscanf(at[strings.LastIndex(at, "/")+1:], "%d", &r.Number); err != nil {
		return r, fmt.Errorf("reading comment %d: GitHub does not say where it stands", id)
	}
	return r, nil
}

// MayWrite asks for a person's permission on the repository.
func (g *GitHub) MayWrite(ctx context.Context, login string) (bool, error) {
	var p struct{ Permission string }
	err := g.read(ctx, g.path("collaborators/%s/permission", url.PathEscape(login)), &p)
	if errors.Is(err, mlgate.ErrNotFound) {
		return false, nil
	}
	return p.Permission == "admin" || p.Permission == "write", err
}

// React answers a comment with a sign. The same twice is there once.
func (g *GitHub) React(ctx context.Context, id int64, sign string) error {
	_, resp, err := g.client.Reactions.CreateIssueCommentReaction(repeatable(ctx), g.owner, g.repo, id, sign)
	return explain(resp, err)
}

// Rerun starts the newest run of a workflow on a pull request's head again.
func (g *GitHub) Rerun(ctx context.Context, head, workflow string) (string, error) {
	type run struct {
		ID     int64  `json:"id"`
		Path   string `json:"path"`
		Event  string `json:"event"`
		Status string `json:"status"`
		Head   string `json:"head_sha"`
		Link   string `json:"html_url"`
	}
	var newest run
	for r, err := range list[run](ctx, g, g.path("actions/runs?head_sha=%s", url.QueryEscape(head)), "workflow_runs") {
		if err != nil {
			return "", err
		}
		file, _, _ := strings.Cut(r.Path, "@")
		ours := file == workflow && r.Head == head && (r.Event == "pull_request" || r.Event == "push")
		if ours && r.ID > newest.ID {
			newest = r
		}
	}
	switch {
	case newest.ID == 0:
		return "", &mlgate.Mistake{Err: fmt.Errorf("looking for a run of %s on %.12s: %w", workflow, head, mlgate.ErrNotFound), Fix: "if the workflow that judges is another file, name it: `workflow:` of the action, or --workflow"}
	case newest.Status != "completed":
		return "", &mlgate.Waiting{Reason: "it still runs: " + newest.Link}
	}
	req, err := g.client.NewRequest(http.MethodPost, g.path("actions/runs/%d/rerun", newest.ID), nil)
	if err != nil {
		return "", fmt.Errorf("starting run %d again: %w", newest.ID, err)
	}
	resp, err := g.client.Do(ctx, req, nil)
	return newest.Link, explain(resp, err)
}
