// Package ci speaks to the systems that run mlgate: what started this run, and where its summary,
// outputs and annotations go. Event files are hostile: every field may be missing or anything.
//
// It never reads the repository and never decides what is judged.
package ci

import (
	"context"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Detect names the CI system that this process runs in; empty: none that mlgate knows.
func Detect(getenv func(string) string) string {
	if getenv("GITHUB_ACTIONS") == "true" {
		return "github"
	}
	return ""
}

// Plain is a laptop: there is no event, and nobody else to tell.
type Plain struct{}

var _ mlgate.CI = Plain{}

// Change is empty but for its event: the caller fills it in from the clone.
func (Plain) Change(context.Context) (mlgate.Change, error) {
	return mlgate.Change{Event: mlgate.Local}, nil
}

// Publish does nothing: the terminal was told already.
func (Plain) Publish(context.Context, mlgate.Publication) error { return nil }
