package forge

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Runs = (*GitHub)(nil)

// repository are the fields that are used. GitHub leaves head_repository out when a fork was deleted.
type repository struct {
	ID       int64  `json:"id"`
	FullName string `json:"full_name"`
	Default  string `json:"default_branch"`
	Owner    struct {
		Login string `json:"login"`
	} `json:"owner"`
}

func (r *repository) handed() mlgate.HandedRepo {
	if r == nil {
		return mlgate.HandedRepo{}
	}
	return mlgate.HandedRepo{ID: r.ID, Owner: r.Owner.Login, Name: r.FullName, Default: r.Default}
}

// get reads one JSON answer below the repository's address.
func (g *GitHub) get(ctx context.Context, path string, into any) (*github.Response, error) {
	req, err := g.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s%s", g.owner, g.repo, path), nil)
	if err != nil {
		return nil, fmt.Errorf("asking GitHub: %w", err)
	}
	resp, err := g.client.Do(ctx, req, into)
	return resp, explain(resp, err)
}

// Home is the repository itself: its number is what names cannot forge.
func (g *GitHub) Home(ctx context.Context) (mlgate.HandedRepo, error) {
	var r repository
	_, err := g.get(ctx, "", &r)
	return r.handed(), err
}

// Run is a workflow's run. The path of its workflow may carry the ref that it was read from; what is
// before that counts.
func (g *GitHub) Run(ctx context.Context, id int64) (mlgate.HandedRun, error) {
	var r struct {
		ID         int64       `json:"id"`
		Attempt    int         `json:"run_attempt"`
		Path       string      `json:"path"`
		Event      string      `json:"event"`
		Status     string      `json:"status"`
		Conclusion string      `json:"conclusion"`
		Head       string      `json:"head_sha"`
		Branch     string      `json:"head_branch"`
		Repo       *repository `json:"repository"`
		HeadRepo   *repository `json:"head_repository"`
		Created    time.Time   `json:"created_at"`
		Started    time.Time   `json:"run_started_at"`
		Actor      struct {
			Login string `json:"login"`
		} `json:"actor"`
	}
	if _, err := g.get(ctx, fmt.Sprintf("/actions/runs/%d", id), &r); err != nil {
		return mlgate.HandedRun{}, err
	}
	path, _, _ := strings.Cut(r.Path, "@")
	return mlgate.HandedRun{
		ID: r.ID, Attempt: r.Attempt, Workflow: path, Event: r.Event, Status: r.Status, Conclusion: r.Conclusion, Head: r.Head, HeadBranch: r.Branch,
		Repo: r.Repo.handed(), HeadRepo: r.HeadRepo.handed(), Actor: r.Actor.Login, Created: r.Created, Started: r.Started,
	}, nil
}
