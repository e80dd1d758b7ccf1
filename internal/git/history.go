package git

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Step is what one commit changed.
type Step struct {
	Commit  string
	Changes []mlgate.FileChange
}

// History walks from tip along first parents, newest first, and tells what each commit changed in the one before;
// the first has made all that it holds. No renames are guessed. One process, however long the history is.
func (r *Repo) History(ctx context.Context, tip string) ([]Step, error) {
	res, err := r.objects(ctx, nil, "log", "--first-parent", "--diff-merges=first-parent", "--raw", "-r", "--no-abbrev", "--no-renames", "--no-color", "--format=%H", "--end-of-options", tip)
	if err == nil && res.code != 0 {
		err = res.failed()
	}
	if err != nil {
		return nil, fmt.Errorf("reading the history of %.12s: %w", tip, err)
	}
	return steps(res.stdout), nil
}

// Between tells what differs of pairs of commits, old and new; without an old one the new one has made all that
// it holds. There is a step for each pair, in their order.
func (r *Repo) Between(ctx context.Context, pairs [][2]string) ([]Step, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	var in strings.Builder
	// Git remembers the parents that a line gives a commit: those without come first.
	order := make([]int, 0, len(pairs))
	for i, p := range pairs {
		order = append(order, i)
		if !hexID(p[1]) || p[0] != "" && !hexID(p[0]) {
			return nil, fmt.Errorf("comparing %q with %q: no ids of commits", p[0], p[1])
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(min(1, len(pairs[a][0])), min(1, len(pairs[b][0]))) })
	for _, i := range order {
		fmt.Fprintln(&in, strings.TrimSpace(pairs[i][1]+" "+pairs[i][0]))
	}
	res, err := r.objects(ctx, strings.NewReader(in.String()), "diff-tree", "--stdin", "--always", "--root", "--raw", "-r", "--no-abbrev", "--no-renames", "--no-color")
	if err == nil && res.code != 0 {
		err = res.failed()
	}
	if err != nil {
		return nil, fmt.Errorf("comparing commits: %w", err)
	}
	said := steps(res.stdout)
	if len(said) != len(pairs) {
		return nil, fmt.Errorf("comparing %d pairs of commits: git answered about %d", len(pairs), len(said))
	}
	all := make([]Step, len(pairs))
	for n, i := range order {
		all[i] = said[n]
	}
	return all, nil
}

// steps reads git's raw format: ids of commits, and below each what it changed.
func steps(raw string) []Step {
	var all []Step
	for line := range strings.SplitSeq(raw, "\n") {
		if hexID(line) {
			all = append(all, Step{Commit: line})
			continue
		}
		about, path, ok := strings.Cut(strings.TrimPrefix(line, ":"), "\t")
		f := strings.Fields(about)
		if !ok || len(f) != 5 || len(all) == 0 {
			continue
		}
		c := mlgate.FileChange{Path: path, OldMode: f[0], NewMode: f[1], OldID: f[2], NewID: f[3]}
		if strings.Trim(c.OldMode, "0") == "" {
			c.OldMode, c.OldID = "", ""
		}
		if strings.Trim(c.NewMode, "0") == "" {
			c.NewMode, c.NewID = "", ""
		}
		last := &all[len(all)-1]
		last.Changes = append(last.Changes, c)
	}
	return all
}
