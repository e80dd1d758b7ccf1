package forge

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Deployments = (*GitHub)(nil)

// payload is what a deployment of ours carries.
type payload struct {
	Move     string        `json:"mlgate_move"`
	Version  string        `json:"version"`
	Evidence mlgate.Digest `json:"evidence,omitempty"`
}

// Deployed reads all of one environment and task. What others made under that name has no move.
// Source: docs.github.com/rest/deployments/deployments
func (g *GitHub) Deployed(ctx context.Context, environment, task string) ([]mlgate.Deployment, error) {
	var out []mlgate.Deployment
	query := url.Values{"environment": {environment}, "task": {task}}
	for d, err := range list[github.Deployment](ctx, g, g.path("deployments?%s", query.Encode()), "") {
		if err != nil {
			return nil, err
		}
		if d.GetEnvironment() == environment && d.GetTask() == task {
			out = append(out, deployment(d))
		}
	}
	return out, nil
}

func deployment(d github.Deployment) mlgate.Deployment {
	var p payload
	if json.Unmarshal(d.Payload, &p) != nil { // some servers keep it as text
		var text string
		if json.Unmarshal(d.Payload, &text) != nil || json.Unmarshal([]byte(text), &p) != nil {
			p = payload{}
		}
	}
	return mlgate.Deployment{
		ID: d.GetID(), Environment: d.GetEnvironment(), Task: d.GetTask(), Commit: d.GetSHA(), Version: p.Version, Move: p.Move, Evidence: p.Evidence,
	}
}

// Deploy makes one, once: when the answer is lost, those that are there are read first.
func (g *GitHub) Deploy(ctx context.Context, d mlgate.Deployment) (mlgate.Deployment, error) {
	no, production, none := false, d.Environment == "production", []string{}
	text := inert.Clip(inert.Line(d.Text), 140)
	req := &github.DeploymentRequest{
		Ref: &d.Commit, Task: &d.Task, Environment: &d.Environment, Description: &text, Payload: payload{d.Move, d.Version, d.Evidence},
		AutoMerge: &no, RequiredContexts: &none, TransientEnvironment: &no, ProductionEnvironment: &production,
	}
	return mlgate.Once(ctx, func(ctx context.Context) (mlgate.Deployment, bool, error) {
		all, err := g.Deployed(ctx, d.Environment, d.Task)
		for _, o := range all {
			if o.Move == d.Move {
				return o, true, err
			}
		}
		return d, false, err
	}, func(ctx context.Context) (mlgate.Deployment, error) {
		made, resp, err := g.client.Repositories.CreateDeployment(ctx, g.owner, g.repo, req)
		if err != nil {
			return d, explain(resp, err)
		}
		return deployment(*made), nil
	})
}

// State asks for the newest status.
func (g *GitHub) State(ctx context.Context, id int64) (string, error) {
	all, resp, err := g.client.Repositories.ListDeploymentStatuses(ctx, g.owner, g.repo, id, &github.ListOptions{PerPage: 1})
	if err != nil || len(all) == 0 {
		return "", explain(resp, err)
	}
	return all[0].GetState(), nil
}

// Mark adds a status. Twice the same is as good as once. Deployments of other models in this environment
// stay active: GitHub would end them all.
func (g *GitHub) Mark(ctx context.Context, id int64, state, text, link string) error {
	no := false
	text = inert.Clip(inert.Line(text), 140)
	req := &github.DeploymentStatusRequest{State: &state, Description: &text, AutoInactive: &no}
	if link != "" {
		req.LogURL = &link
	}
	_, resp, err := g.client.Repositories.CreateDeploymentStatus(repeatable(ctx), g.owner, g.repo, id, req)
	return explain(resp, err)
}
