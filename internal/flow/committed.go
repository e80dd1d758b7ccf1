package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// committed is the folder of one commit, read as a work tree is: for numbers that nobody has to make. No
// symlink is followed, and nothing is written.
type committed struct {
	tree mlgate.Tree
	dir  string
}

var _ mlgate.WorkTree = committed{}

// Clean has nothing to compare: it is the commit.
func (committed) Clean(context.Context, []mlgate.TreeFile) error { return nil }

// Remove refuses: nothing can be taken out of a commit.
func (c committed) Remove(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	return fmt.Errorf("removing %q of a commit: %w", paths[0], errors.ErrUnsupported)
}

// Digests hashes regular files, also those below the folders named.
func (c committed) Digests(ctx context.Context, paths []string) ([]mlgate.File, error) {
	found := map[string]mlgate.File{}
	for _, p := range paths {
		files, err := c.tree.Files(path.Join(c.dir, p))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("hashing %q: %w", p, err)
		}
		for _, f := range files {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if f.Mode != "100644" && f.Mode != "100755" {
				continue
			}
			data, err := c.tree.ReadFile(f.Path)
			if err != nil {
				return nil, fmt.Errorf("hashing %q: %w", p, err)
			}
			name, sum := f.Path, sha256.Sum256(data)
			if c.dir != "." {
				name = strings.TrimPrefix(name, c.dir+"/")
			}
			found[name] = mlgate.File{Path: name, SHA256: mlgate.Digest(hex.EncodeToString(sum[:])), Size: int64(len(data))}
		}
	}
	files := make([]mlgate.File, 0, len(found))
	for _, f := range found {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b mlgate.File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// Read returns a regular file; a larger one is an error that tells its size.
func (c committed) Read(name string, limit int64) ([]byte, error) {
	data, err := c.tree.ReadFile(path.Join(c.dir, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %q", mlgate.ErrNotFound, name)
	case err != nil:
		return nil, err
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("reading %q: it has %d bytes, at most %d are read", name, len(data), limit)
	}
	return data, nil
}

// Below is a folder of the commit.
func (c committed) Below(dir string, limit int64) fs.FS { return committedFolder{c, dir, limit} }

// committedFolder is one folder of a commit as a file system.
type committedFolder struct {
	committed
	below string
	limit int64
}

var (
	_ fs.ReadDirFS  = committedFolder{}
	_ fs.ReadFileFS = committedFolder{}
)

func (f committedFolder) at(name string) string { return path.Join(f.dir, f.below, name) }

// Open opens a file or a folder.
func (f committedFolder) Open(name string) (fs.File, error) { return f.tree.Open(f.at(name)) }

// ReadDir lists a folder by name.
func (f committedFolder) ReadDir(name string) ([]fs.DirEntry, error) {
	return f.tree.ReadDir(f.at(name))
}

// ReadFile is Read.
func (f committedFolder) ReadFile(name string) ([]byte, error) {
	data, err := f.Read(path.Join(f.below, name), f.limit)
	if errors.Is(err, mlgate.ErrNotFound) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return data, err
}
