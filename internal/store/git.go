package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// gitStore keeps each artifact on a ref of its own, refs/mlgate/store/<model>/<sha256>: a commit
// without parents that holds the one file. So one artifact is fetched without the others, two writers
// of the same bytes cannot disagree, and taking one away is deleting a ref.
type gitStore struct {
	repo *git.Repo
	now  func() time.Time
}

// MaxGit is the largest artifact that a repository is given to keep, in bytes.
const MaxGit = 50 << 20

const file = "artifact"

func prefix(model string) string {
	return "refs/mlgate/store/" + strings.ReplaceAll(model, "/", "%2F") + "/"
}

func (s gitStore) find(ctx context.Context, model string, d mlgate.Digest) (git.Ref, error) {
	if err := check(d); err != nil {
		return git.Ref{}, err
	}
	refs, err := s.repo.RemoteRefs(ctx, prefix(model)+string(d))
	if err != nil {
		return git.Ref{}, err
	}
	if len(refs) == 0 {
		return git.Ref{}, fmt.Errorf("artifact %s of %s: %w", d.Short(), model, mlgate.ErrNotFound)
	}
	return refs[0], nil
}

// Has asks the remote for the artifact's ref.
func (s gitStore) Has(ctx context.Context, model string, d mlgate.Digest) (bool, error) {
	_, err := s.find(ctx, model, d)
	if errors.Is(err, mlgate.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Put pushes the artifact; one that is there already is left alone.
func (s gitStore) Put(ctx context.Context, model string, d mlgate.Digest, data []byte) error {
	if err := errors.Join(check(d), same(d, data)); err != nil {
		return fmt.Errorf("storing an artifact of %s: %w", model, err)
	}
	if len(data) > MaxGit {
		return &mlgate.Mistake{Err: fmt.Errorf("storing an artifact of %s: it has %d bytes; a repository keeps up to %d", model, len(data), MaxGit), Fix: "use store: dir, or leave store out"}
	}
	id, _, err := s.repo.Import(ctx, &git.Commit{Message: model + ": artifact " + string(d), At: s.now(), Put: []git.Blob{{Path: file, Data: data}}}, nil)
	if err != nil {
		return fmt.Errorf("storing an artifact of %s: %w", model, err)
	}
	err = s.repo.NewPush(git.Update{Ref: prefix(model) + string(d), New: id}).Commit(ctx)
	if errors.Is(err, mlgate.ErrConflict) {
		return nil // the same bytes were there first: their name says so
	}
	if err != nil {
		return fmt.Errorf("storing an artifact of %s: %w", model, err)
	}
	return nil
}

// Get fetches the artifact and hashes it again.
func (s gitStore) Get(ctx context.Context, model string, d mlgate.Digest) ([]byte, error) {
	ref, err := s.find(ctx, model, d)
	if err != nil {
		return nil, err
	}
	if err := s.repo.FetchTip(ctx, ref.ID); err != nil {
		return nil, fmt.Errorf("fetching artifact %s of %s: %w", d.Short(), model, err)
	}
	tree, err := s.repo.Tree(ctx, ref.ID)
	if err != nil {
		return nil, fmt.Errorf("reading artifact %s of %s: %w", d.Short(), model, err)
	}
	data, err := tree.ReadFile(file)
	if err == nil {
		err = same(d, data)
	}
	if err != nil {
		return nil, fmt.Errorf("reading artifact %s of %s: %w", d.Short(), model, err)
	}
	return data, nil
}

// Prune deletes the refs of artifacts that are neither kept nor younger than before.
func (s gitStore) Prune(ctx context.Context, model string, keep []mlgate.Digest, before time.Time) error {
	refs, err := s.repo.RemoteRefs(ctx, prefix(model)+"*")
	if err != nil {
		return err
	}
	var old []git.Update
	for _, ref := range refs {
		d := mlgate.Digest(strings.TrimPrefix(ref.Name, prefix(model)))
		if check(d) != nil || slices.Contains(keep, d) {
			continue
		}
		at, err := s.repo.CommittedAt(ctx, ref.ID)
		if err != nil {
			return fmt.Errorf("looking at artifact %s of %s: %w", d.Short(), model, err)
		}
		if at.Before(before) {
			old = append(old, git.Update{Ref: ref.Name, Expect: ref.ID})
		}
	}
	if err := s.repo.NewPush(old...).Commit(ctx); err != nil {
		return fmt.Errorf("clearing artifacts of %s: %w", model, err)
	}
	return nil
}
