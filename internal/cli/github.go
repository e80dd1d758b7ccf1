package cli

import (
	"github.com/mlgate/mlgate/internal/forge"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// github opens the repository (owner/name) on its GitHub; nil without a token. All of a run share one:
// it remembers what it read, and how long it has waited.
func (a *app) github(repo string) (*forge.GitHub, error) {
	if a.token() == "" || a.hub != nil {
		return a.hub, nil
	}
	hub, err := forge.NewGitHub(forge.GitHubOptions{
		API: a.Getenv("GITHUB_API_URL"), GraphQL: a.Getenv("GITHUB_GRAPHQL_URL"), Repo: repo,
		Token: a.token(), HTTP: a.HTTP, Sleep: a.Sleep, Notes: a.Stderr,
	})
	a.hub = hub
	return hub, err
}

// askForge lets a desk ask the forge, where there is a token to ask with.
func (a *app) askForge(off *office, change mlgate.Change) error {
	hub, err := a.github(change.Repo)
	if err != nil || hub == nil {
		return err
	}
	off.Merges = hub
	off.Showcase.Deployments, off.Showcase.Link = hub, change.Run.URL
	return nil
}
