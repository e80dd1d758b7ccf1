// Package registry says where the stages of a model point, and moves them by compare-and-set.
//
// It never decides whether a stage should move.
package registry

import (
	"fmt"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// kinds are the registries that `registry: {kind: …}` can name: one row and one file each.
var kinds = []struct {
	name string
	open func(*git.Repo, func() time.Time) mlgate.Registry
}{
	{"git", func(r *git.Repo, now func() time.Time) mlgate.Registry { return gitTags{r, now} }},
}

// Open finds a registry by its kind.
func Open(kind string, r *git.Repo, now func() time.Time) (mlgate.Registry, error) {
	var names []string
	for _, k := range kinds {
		if k.name == kind {
			return k.open(r, now), nil
		}
		names = append(names, k.name)
	}
	return nil, &mlgate.Mistake{Err: fmt.Errorf("opening a registry of kind %q: there is none", kind), Fix: "one of " + strings.Join(names, ", ")}
}
