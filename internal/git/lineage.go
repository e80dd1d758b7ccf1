package git

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// deepen is what a shallow clone needs.
const deepen = "the clone is shallow: give actions/checkout `fetch-depth: 0`, or run `git fetch --unshallow`"

// MergeBase finds the best common ancestor. None is a Mistake.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (string, error) {
	base, err := r.mergeBase(ctx, a, b)
	if err != nil || base != "" {
		return base, err
	}
	fix := "merge the base branch into this one, so that they share history"
	if r.o.Borrow != nil && r.o.Borrow.Shallow {
		fix = deepen
	}
	return "", &mlgate.Mistake{Err: fmt.Errorf("looking for the merge base of %.12s and %.12s: they have none", a, b), Fix: fix}
}

// IsAncestor reports whether a is b or an ancestor of b: then it is their best common ancestor.
func (r *Repo) IsAncestor(ctx context.Context, a, b string) (bool, error) {
	if a == b {
		return true, nil
	}
	base, err := r.mergeBase(ctx, a, b)
	if err == nil && base != a && base != b && r.shallow() {
		return false, &mlgate.Mistake{Err: fmt.Errorf("asking whether %.12s descends from %.12s: the history here is cut off", b, a), Fix: deepen}
	}
	return base == a, err
}

func (r *Repo) shallow() bool { return r.o.Borrow != nil && r.o.Borrow.Shallow }

// mergeBase asks git once for a pair of commits, in whichever order; empty: there is none.
func (r *Repo) mergeBase(ctx context.Context, a, b string) (string, error) {
	pair := [2]string{min(a, b), max(a, b)}
	r.mu.Lock()
	base, known := r.bases[pair]
	r.mu.Unlock()
	if known {
		return base, nil
	}
	res, err := r.objects(ctx, nil, "merge-base", "--end-of-options", a, b)
	if err == nil && res.code > 1 {
		err = res.failed()
	}
	if err != nil {
		return "", fmt.Errorf("looking for the merge base of %.12s and %.12s: %w", a, b, err)
	}
	if base = strings.TrimSpace(res.stdout); !hexID(base) {
		base = ""
	}
	r.mu.Lock()
	r.bases[pair] = base
	r.mu.Unlock()
	return base, nil
}

// MergeTree merges head into base without a work tree.
func (r *Repo) MergeTree(ctx context.Context, base, head string) (string, error) {
	res, err := r.objects(ctx, nil, "merge-tree", "--write-tree", "--name-only", "--no-messages", "--end-of-options", base, head)
	if err != nil {
		return "", fmt.Errorf("merging %.12s into %.12s: %w", head, base, err)
	}
	lines := strings.Split(strings.TrimSpace(res.stdout), "\n")
	switch {
	case res.code == 0 && hexID(lines[0]):
		return lines[0], nil
	case res.code == 1 && hexID(lines[0]):
		files := lines[1:min(6, len(lines))]
		more := ""
		if len(lines) > 6 {
			more = fmt.Sprintf(" and %d more", len(lines)-6)
		}
		return "", &mlgate.Waiting{Reason: fmt.Sprintf("merging %.7s into %.7s conflicts in %s%s: merge or rebase, then push", head, base, inert.Line(strings.Join(files, ", ")), more)}
	case strings.Contains(res.stderr, "unrelated histories") && r.o.Borrow != nil && r.o.Borrow.Shallow:
		return "", &mlgate.Mistake{Err: fmt.Errorf("merging %.12s into %.12s: no common history here", head, base), Fix: deepen}
	}
	return "", fmt.Errorf("merging %.12s into %.12s: %w", head, base, res.failed())
}

// FirstParents walks the commit objects. Where the edge of a shallow clone ends the walk, what was found
// comes with a Mistake.
func (r *Repo) FirstParents(ctx context.Context, tip string, limit int) ([]string, error) {
	var out []string
	for at := tip; len(out) < limit; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		kind, data, err := r.locked(at)
		if errors.Is(err, mlgate.ErrNotFound) && at != tip {
			return out[:len(out)-1], &mlgate.Mistake{Err: fmt.Errorf("walking back from %.12s: the history here is cut off", tip), Fix: deepen}
		}
		if err != nil || kind != "commit" {
			return nil, fmt.Errorf("walking back from %.12s: %w", tip, errors.Join(err, notACommit(kind)))
		}
		if at = first(header(data, "parent")); at == "" {
			break
		}
		out = append(out, at)
	}
	return out, nil
}

// CommittedAt is the date of a commit, which is fetched without its history where it is not here.
func (r *Repo) CommittedAt(ctx context.Context, id string) (time.Time, error) {
	if err := r.FetchTip(ctx, id); err != nil {
		return time.Time{}, err
	}
	kind, data, err := r.locked(id)
	if err != nil || kind != "commit" {
		return time.Time{}, fmt.Errorf("reading commit %.12s: %w", id, errors.Join(err, notACommit(kind)))
	}
	who := strings.Fields(first(header(data, "committer")))
	if len(who) < 2 {
		return time.Time{}, fmt.Errorf("reading commit %.12s: it has no date", id)
	}
	seconds, err := strconv.ParseInt(who[len(who)-2], 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading commit %.12s: its date: %w", id, err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// Message is the text below a commit's header.
func (r *Repo) Message(_ context.Context, commit string) (string, error) {
	kind, data, err := r.locked(commit)
	if err != nil || kind != "commit" {
		return "", fmt.Errorf("reading commit %.12s: %w", commit, errors.Join(err, notACommit(kind)))
	}
	_, message, _ := strings.Cut(string(data), "\n\n")
	return message, nil
}

// MergedInto returns the first parent of a merge whose second and last parent is head; empty when the
// commit is no such merge, or its first parent is not here.
func (r *Repo) MergedInto(_ context.Context, merge, head string) (string, error) {
	kind, data, err := r.locked(merge)
	if err != nil || kind != "commit" {
		return "", fmt.Errorf("reading commit %.12s: %w", merge, errors.Join(err, notACommit(kind)))
	}
	parents := header(data, "parent")
	if len(parents) != 2 || parents[1] != head {
		return "", nil
	}
	if _, _, err := r.locked(parents[0]); errors.Is(err, mlgate.ErrNotFound) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return parents[0], nil
}

func notACommit(kind string) error {
	if kind == "commit" || kind == "" {
		return nil
	}
	return fmt.Errorf("it is a %s", kind)
}

// Resolve finds the commit that a name of the borrowed clone stands for: HEAD, a branch, a remote's
// branch, an id.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	dir := r.dir
	if b := r.o.Borrow; b != nil {
		dir = b.GitDir
	}
	env := append(passEnv(r.o.Env), configEnv(nil)...)
	res, err := start(ctx, r.dir, env, nil, []string{"--git-dir", dir, "rev-parse", "--verify", "--quiet", "--end-of-options", rev + "^{commit}"})
	if err != nil {
		return "", fmt.Errorf("resolving %q: %w", rev, err)
	}
	if id := strings.TrimSpace(res.stdout); res.code == 0 && hexID(id) {
		return id, nil
	}
	return "", &mlgate.Mistake{Err: fmt.Errorf("resolving %q: the clone has no such commit", rev), Fix: "fetch it, or name another one"}
}
