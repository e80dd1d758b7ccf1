package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Pending are the files of a clone's work tree that HEAD does not have so, by their paths from its top, sorted:
// those that differ or are gone, and new ones that are not ignored. It trusts the times in git's index and
// writes nothing. Filters that the clone's own settings name may run: ask where its steps may run, too.
func (c *Clone) Pending(ctx context.Context, environ []string) (changed, untracked []string, err error) {
	res, err := asker(ctx, c.Dir, environ)("--no-optional-locks", "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty")
	if err == nil && res.code != 0 {
		err = res.failed()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("looking for uncommitted changes: %w", err)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(res.stdout, "\x00"), "\x00") {
		switch {
		case line == "":
		case len(line) < 4:
			return nil, nil, errors.New("looking for uncommitted changes: git status answered in another form")
		case line[:2] == "??":
			untracked = append(untracked, line[3:])
		default:
			changed = append(changed, line[3:])
		}
	}
	slices.Sort(changed)
	slices.Sort(untracked)
	return changed, untracked, nil
}
