package diff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// MaxFile is the largest file that is looked into, in bytes.
const MaxFile = 16 << 20

// Source is one side of a difference: a commit, or the work tree.
type Source struct {
	Side  mlgate.DiffSide
	Files []mlgate.TreeFile // sorted by path; without an id where there is none
	// Read returns a regular file. ErrNotFound: the content is not here. ErrTooLarge: it is more than
	// MaxFile.
	Read func(path string) ([]byte, error)
	// Look finds a file that Files left out; nil: they are complete.
	Look  func(path string) (mlgate.TreeFile, bool)
	ahead func(ids []string) error // reads these blobs ahead; nil: that is of no use
	Note  string                   // what was left out of Files, and why; empty: nothing
	dvc   *pointers
}

// AtCommit opens a commit by its id.
func AtCommit(ctx context.Context, repo mlgate.Repo, name, commit string) (Source, error) {
	tree, err := repo.Tree(ctx, commit)
	if err != nil {
		return Source{}, fmt.Errorf("reading %q: %w", name, err)
	}
	files, err := tree.Files(".")
	if err != nil {
		return Source{}, fmt.Errorf("reading %q: %w", name, err)
	}
	read := func(path string) ([]byte, error) {
		data, err := tree.ReadFile(path)
		if err == nil && len(data) > MaxFile {
			return nil, fmt.Errorf("reading %q: %w: it has %d bytes, at most %d are read", path, mlgate.ErrTooLarge, len(data), MaxFile)
		}
		return data, err
	}
	src := Source{Side: mlgate.DiffSide{Name: name, Commit: commit}, Files: files, Read: read}
	if p, ok := tree.(mlgate.Prefetcher); ok {
		src.ahead = p.Prefetch
	}
	return src, nil
}

func (s Source) find(name string) (mlgate.TreeFile, bool) {
	i, ok := slices.BinarySearchFunc(s.Files, name, func(f mlgate.TreeFile, n string) int { return strings.Compare(f.Path, n) })
	switch {
	case ok:
		return s.Files[i], true
	case s.Look != nil:
		return s.Look(name)
	}
	return mlgate.TreeFile{}, false
}

// missing says why a file that is named has no content on a side.
func missing(s Source, err error) string {
	if errors.Is(err, mlgate.ErrNotFound) && s.Side.Commit != "" {
		return "its content is not in the clone; a clone made without --filter has it"
	}
	return err.Error()
}
