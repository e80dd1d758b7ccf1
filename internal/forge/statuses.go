package forge

import (
	"context"

	"github.com/google/go-github/v60/github"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxDescription of a status, in characters: GitHub refuses a longer one.
const maxDescription = 140

// SetStatus sets a status. Set twice, it says the same.
func (g *GitHub) SetStatus(ctx context.Context, commit string, s mlgate.CommitStatus) error {
	description := []rune(s.Description)
	if len(description) > maxDescription {
		description = append(description[:maxDescription-1], '…')
	}
	in := &github.RepoStatus{Context: &s.Context, State: &s.State, Description: github.String(string(description))}
	if s.URL != "" {
		in.TargetURL = &s.URL
	}
	_, resp, err := g.client.Repositories.CreateStatus(repeatable(ctx), g.owner, g.repo, commit, in)
	return explain(resp, err)
}
