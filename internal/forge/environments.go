package forge

import (
	"context"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/inert"
)

// maxReviewers of a run are told.
const maxReviewers = 20

// Reviewers are the logins of those who let a workflow's run go on to an environment, in order, each once.
// GitHub does not tell for which attempt of the run that was.
// Source: docs.github.com/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run
func (g *GitHub) Reviewers(ctx context.Context, run, environment string) ([]string, error) {
	var all []struct {
		State        string `json:"state"`
		Environments []struct {
			Name string `json:"name"`
		} `json:"environments"`
		User struct {
			Login string `json:"login"`
		} `json:"user"`
	}
	if _, err := g.get(ctx, fmt.Sprintf("/actions/runs/%s/approvals", run), &all); err != nil {
		return nil, err
	}
	var who []string
	for _, a := range all {
		login := inert.Line(inert.Clip(a.User.Login, 100))
		for _, e := range a.Environments {
			if e.Name == environment && a.State == "approved" && login != "" && len(who) < maxReviewers && !slices.Contains(who, login) {
				who = append(who, login)
			}
		}
	}
	return who, nil
}
