package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Ref is one reference of the remote. Peeled is the commit that an annotated tag points at.
type Ref struct{ Name, ID, Peeled string }

// listing is one answer of the remote: what was asked for, and what was there.
type listing struct {
	patterns []string
	refs     []Ref
}

// SameMoment answers from what the remote said last when it was asked for these very patterns, among
// others; so that two who look at one moment see one answer. It does so once: the next look is a fresh
// one, as it is when nothing was asked before.
func (r *Repo) SameMoment(ctx context.Context, patterns ...string) ([]Ref, error) {
	r.mu.Lock()
	last := r.asked
	r.asked = listing{}
	r.mu.Unlock()
	for _, p := range patterns {
		if !slices.Contains(last.patterns, p) {
			defer r.forget()
			return r.RemoteRefs(ctx, patterns...)
		}
	}
	var refs []Ref
	for _, ref := range last.refs {
		if slices.ContainsFunc(patterns, func(p string) bool { return matches(p, ref.Name) }) {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// forget makes the next look at the remote a fresh one.
func (r *Repo) forget() {
	r.mu.Lock()
	r.asked = listing{}
	r.mu.Unlock()
}

// matches knows the two forms that mlgate asks for: a name, and a beginning with a star.
func matches(pattern, name string) bool {
	start, isPrefix := strings.CutSuffix(pattern, "*")
	return name == pattern || isPrefix && strings.HasPrefix(name, start)
}

// RemoteRefs asks the remote for references, sorted by name. Patterns are git's.
func (r *Repo) RemoteRefs(ctx context.Context, patterns ...string) ([]Ref, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.patience, fmt.Errorf("it did not answer within %s: %w%s", r.patience, errNoAnswer, lookAgain))
	defer cancel()
	res, err := r.network(ctx, append([]string{"ls-remote", "--quiet", "--", r.remote}, patterns...)...)
	if err == nil && res.code != 0 {
		err = res.failed()
	}
	if err != nil {
		return nil, fmt.Errorf("asking the remote for its references: %w", err)
	}
	refs, err := r.readRefs(res.stdout)
	if err == nil {
		r.mu.Lock()
		r.asked = listing{patterns, refs}
		r.mu.Unlock()
	}
	return refs, err
}

// readRefs reads the answer of ls-remote.
func (r *Repo) readRefs(answer string) ([]Ref, error) {
	byName := map[string]*Ref{}
	for line := range strings.SplitSeq(answer, "\n") {
		id, name, ok := strings.Cut(line, "\t")
		if !ok || !hexID(id) {
			continue
		}
		base, peeled := strings.CutSuffix(name, "^{}")
		ref := byName[base]
		if ref == nil {
			ref = &Ref{Name: base}
			byName[base] = ref
		}
		if peeled {
			ref.Peeled = id
		} else {
			ref.ID = id
		}
		if len(id) == 64 {
			if err := r.reformat(); err != nil {
				return nil, err
			}
		}
		if len(id) != r.hexLen {
			return nil, &mlgate.Mistake{
				Err: fmt.Errorf("reading the references of the remote: %q has an id of %d digits, and ids here have %d: one of the two is a sha256 repository", name, len(id), r.hexLen),
				Fix: "clone the remote anew: a clone has the object format of its remote",
			}
		}
	}
	refs := make([]Ref, 0, len(byName))
	for _, ref := range byName {
		refs = append(refs, *ref)
	}
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	return refs, nil
}

// Tip is where a branch of the remote stands now.
func (r *Repo) Tip(ctx context.Context, branch string) (string, error) {
	want := "refs/heads/" + branch
	refs, err := r.RemoteRefs(ctx, want)
	if err != nil {
		return "", err
	}
	for _, ref := range refs {
		if ref.Name == want {
			return ref.ID, nil
		}
	}
	return "", fmt.Errorf("branch %q of the remote: %w", branch, mlgate.ErrNotFound)
}

// Named is where a branch of the remote stands now, or what a tag points at.
func (r *Repo) Named(ctx context.Context, name string) (string, error) {
	branch, tag := "refs/heads/"+name, "refs/tags/"+name
	refs, err := r.RemoteRefs(ctx, branch, tag, tag+"^{}")
	if err != nil {
		return "", err
	}
	found := ""
	for _, ref := range refs {
		switch ref.Name {
		case branch:
			return ref.ID, nil
		case tag:
			found = cmp.Or(ref.Peeled, ref.ID)
		}
	}
	if found == "" {
		return "", fmt.Errorf("branch or tag %q of the remote: %w", name, mlgate.ErrNotFound)
	}
	return found, nil
}

// Fetch brings what is not here yet, with its history.
func (r *Repo) Fetch(ctx context.Context, wants ...string) error { return r.fetch(ctx, wants) }

// FetchTip brings commits without their history. ErrNotFound: the remote has none of such an id, or hands
// out nothing but what its references name.
func (r *Repo) FetchTip(ctx context.Context, ids ...string) error {
	return r.fetch(ctx, ids, "--depth=1")
}

// FetchAnew brings a commit with its history, also when it is here without.
func (r *Repo) FetchAnew(ctx context.Context, id string) error {
	return r.bring(ctx, []string{id}, "--refetch", "--depth=2147483647") // git's word for all
}

func (r *Repo) fetch(ctx context.Context, wants []string, more ...string) error {
	var missing []string
	for _, w := range wants {
		if strings.HasPrefix(w, "-") || strings.ContainsAny(w, ":^+*\n") {
			return fmt.Errorf("fetching %q: not a name that mlgate fetches", w)
		}
		if hexID(w) {
			_, _, err := r.locked(w)
			if err == nil {
				continue
			}
			if !errors.Is(err, mlgate.ErrNotFound) {
				return err
			}
		}
		missing = append(missing, w)
	}
	if len(missing) == 0 {
		return nil
	}
	return r.bring(ctx, missing, more...)
}

// bring runs git's fetch.
func (r *Repo) bring(ctx context.Context, wants []string, more ...string) error {
	// A server that says nothing at all is given up, one that is slow is not; git knows this of http only.
	// What comes stays one file: git makes a file of each object of a few, which takes longer than all else.
	args := append([]string{"-c", "fetch.unpackLimit=1", "-c", "http.lowSpeedLimit=1", "-c", fmt.Sprintf("http.lowSpeedTime=%d", int(r.patience.Seconds())), "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules"}, more...)
	res, err := r.network(ctx, append(append(args, "--", r.remote), wants...)...)
	if err == nil && res.code != 0 {
		err = res.failed()
	}
	if err != nil {
		return fmt.Errorf("fetching %s: %w", some(wants), err)
	}
	if r.o.Borrow != nil && r.o.Borrow.Shallow {
		r.mu.Lock()
		clear(r.bases) // only where history was missing can it answer otherwise now
		r.mu.Unlock()
	}
	return nil
}

// some names a few of many.
func some(ids []string) string {
	if n := len(ids) - 6; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:6], ", "), n)
	}
	return strings.Join(ids, ", ")
}

// Object returns any object by full id; the caller has fetched it.
func (r *Repo) Object(_ context.Context, id string) (kind string, data []byte, err error) {
	return r.locked(id)
}
