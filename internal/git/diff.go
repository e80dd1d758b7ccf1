package git

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Changed lists the paths that differ. Equal subtrees are not read.
func (r *Repo) Changed(_ context.Context, a, b mlgate.Tree) ([]mlgate.FileChange, error) {
	var out []mlgate.FileChange
	err := r.diff(a.ID(), b.ID(), "", &out)
	slices.SortFunc(out, func(a, b mlgate.FileChange) int { return strings.Compare(a.Path, b.Path) })
	return out, err
}

// diff compares two trees, either of which may be empty. A folder on one side against a file on the
// other counts as one removed and the other added.
func (r *Repo) diff(a, b, prefix string, out *[]mlgate.FileChange) error {
	if a == b {
		return nil
	}
	if len(*out) > maxFiles || strings.Count(prefix, "/") > maxDepth {
		return &mlgate.Mistake{Err: fmt.Errorf("comparing trees: more than %d files differ, or %d folders deep", maxFiles, maxDepth), Fix: "mlgate judges no such repository"}
	}
	sides := map[string][2]entry{}
	for i, id := range []string{a, b} {
		if id == "" {
			continue
		}
		es, err := r.entries(id)
		if err != nil {
			return fmt.Errorf("comparing trees: %w", err)
		}
		for _, e := range es {
			pair := sides[e.name]
			pair[i] = e
			sides[e.name] = pair
		}
	}
	for name, pair := range sides {
		if err := r.diffEntry(path.Join(prefix, name), pair[0], pair[1], out); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repo) diffEntry(name string, a, b entry, out *[]mlgate.FileChange) error {
	var ta, tb string
	if a.isTree() {
		ta, a = a.id, entry{}
	}
	if b.isTree() {
		tb, b = b.id, entry{}
	}
	if a.mode != b.mode || a.id != b.id {
		*out = append(*out, mlgate.FileChange{Path: name, OldMode: a.mode, OldID: a.id, NewMode: b.mode, NewID: b.id})
	}
	return r.diff(ta, tb, name, out)
}
