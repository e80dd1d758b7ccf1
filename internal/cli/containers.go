package cli

import (
	"github.com/mlgate/mlgate/internal/executor"
)

// outOfReach are the variables that name what no step in a container may have: what the runner reads
// commands from, and where it keeps things.
var outOfReach = []string{"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "RUNNER_TEMP"}

// containers runs steps that name an image, in the engine that DOCKER_HOST names. Nothing is asked of it
// before the first of them.
func (a *app) containers(work, file string) (*executor.Containers, error) {
	owner, err := executor.OwnerOf(work)
	c := &executor.Containers{Host: a.Getenv("DOCKER_HOST"), Work: work, Owner: owner, Witness: file, Now: a.Now, Notes: a.Stderr}
	for _, name := range outOfReach {
		if path := a.Getenv(name); path != "" {
			c.Away = append(c.Away, path)
		}
	}
	return c, err
}
