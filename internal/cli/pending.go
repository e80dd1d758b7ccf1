package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxPending is how many files with uncommitted changes are named.
const maxPending = 3

// tellPending says what is not judged where a review found a model not affected: changes of its files that nobody
// committed. Where something ran, such changes are an error.
func (a *app) tellPending(ctx context.Context, o *office, outs []mlgate.Outcome) {
	idle := false
	for _, out := range outs {
		idle = idle || out.Verdict.Word == mlgate.NotAffected
	}
	if !idle || o.clone.Dir == o.clone.GitDir { // a bare repository has no other files
		return
	}
	all, err := a.pending(ctx, o)
	if err != nil {
		fmt.Fprintln(a.Stderr, err)
	}
	if len(all) == 0 {
		return
	}
	var names []string
	for _, f := range all[:min(len(all), maxPending)] {
		names = append(names, fmt.Sprintf("%q", f))
	}
	more := ""
	if n := len(all) - len(names); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	fmt.Fprintf(a.Stderr, "HEAD is judged without the uncommitted changes of %s%s: commit them, then review again\n", strings.Join(names, ", "), more)
}

// pending are the files with uncommitted changes that matter to a model of HEAD.
func (a *app) pending(ctx context.Context, o *office) ([]string, error) {
	changed, untracked, err := o.clone.Pending(ctx, a.Environ)
	if err != nil || len(changed)+len(untracked) == 0 {
		return nil, err
	}
	tree, err := o.repo.Tree(ctx, o.clone.Head)
	if err != nil {
		return nil, err
	}
	files := []string{a.config}
	if a.config == "" {
		if files, err = flow.Configs(tree); err != nil {
			return nil, err
		}
	}
	var all []string
	for _, file := range files {
		of, err := flow.Pending(tree, file, a.Version, changed, untracked)
		if err != nil {
			return all, fmt.Errorf("looking for uncommitted changes: %w", err)
		}
		all = append(all, of...)
	}
	return all, nil
}
