// Package ledger keeps evidence, verdicts, moves and holds, append-only.
//
// It never judges a record and never decides on a move.
package ledger

import (
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// kinds are the ledgers that `ledger: {kind: …}` can name: one row and one file each.
var kinds = []struct {
	name string
	open func(*git.Repo) mlgate.Ledger
}{
	{"git", func(r *git.Repo) mlgate.Ledger { return gitLedger{r} }},
}

// Open finds a ledger by its kind.
func Open(kind string, r *git.Repo) (mlgate.Ledger, error) {
	var names []string
	for _, k := range kinds {
		if k.name == kind {
			return k.open(r), nil
		}
		names = append(names, k.name)
	}
	return nil, &mlgate.Mistake{Err: fmt.Errorf("opening a ledger of kind %q: there is none", kind), Fix: "one of " + strings.Join(names, ", ")}
}
