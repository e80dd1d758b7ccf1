package worktree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Listing lists files and symlinks, sorted by path, with git's modes and without ids; symlinks are
// not followed. Folders that skip refuses are left out. Shallow folders come first, and when there are
// more than limit names, the rest is left out and whole is false.
func (f *Folder) Listing(ctx context.Context, limit int, skip func(dir string) bool) (files []mlgate.TreeFile, whole bool, err error) {
	todo, whole := []string{"."}, true
	for n := 0; len(todo) > 0 && whole; {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		dir := todo[0]
		todo = todo[1:]
		entries, err := f.names(dir, limit-n)
		if err != nil {
			return nil, false, fmt.Errorf("listing the folder %q: %w", dir, err)
		}
		if n += len(entries); n > limit {
			whole = false
		}
		for _, e := range entries {
			switch name := path.Join(dir, e.Name()); {
			case e.IsDir() && !skip(name):
				todo = append(todo, name)
			case e.Type().IsRegular():
				files = append(files, mlgate.TreeFile{Path: name, Mode: "100644"})
			case e.Type()&fs.ModeSymlink != 0:
				files = append(files, mlgate.TreeFile{Path: name, Mode: "120000"})
			}
		}
	}
	slices.SortFunc(files, func(a, b mlgate.TreeFile) int { return strings.Compare(a.Path, b.Path) })
	return files, whole, nil
}

// names lists one folder by name, at most one name more than limit. A folder that may not be read
// counts as empty, and so does one that is gone meanwhile.
func (f *Folder) names(dir string, limit int) ([]fs.DirEntry, error) {
	in, err := f.root.OpenFile(dir, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		if dir != "." && (errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ELOOP)) {
			return nil, nil
		}
		return nil, err
	}
	defer in.Close()
	entries, err := in.ReadDir(limit + 1)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// Entry looks at one path as Listing does; false: there is nothing, or a symlink leads to it.
func (f *Folder) Entry(name string) (mlgate.TreeFile, bool) {
	if !fs.ValidPath(name) {
		return mlgate.TreeFile{}, false
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if info, err := f.root.Lstat(dir); err != nil || !info.IsDir() {
			return mlgate.TreeFile{}, false
		}
	}
	info, err := f.root.Lstat(name)
	switch {
	case err != nil || info.IsDir():
		return mlgate.TreeFile{}, false
	case info.Mode()&fs.ModeSymlink != 0:
		return mlgate.TreeFile{Path: name, Mode: "120000"}, true
	case info.Mode().IsRegular():
		return mlgate.TreeFile{Path: name, Mode: "100644"}, true
	}
	return mlgate.TreeFile{Path: name, Mode: "0"}, true
}

// ReadPlain is Read for a path that no symlink is part of: one is an error. ErrNotFound when there is
// no such file.
func (f *Folder) ReadPlain(name string, limit int64) ([]byte, error) {
	for at := path.Clean(name); at != "."; at = path.Dir(at) {
		info, err := f.root.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			return nil, fmt.Errorf("%w: %q", mlgate.ErrNotFound, name)
		case err != nil:
			return nil, err
		case info.Mode()&fs.ModeSymlink != 0:
			return nil, fmt.Errorf("reading %q: %q is a symlink, and none is followed", name, at)
		case at == path.Clean(name) && !info.Mode().IsRegular():
			return nil, fmt.Errorf("%q is a %s, not a regular file", name, kindOf(info.Mode()))
		}
	}
	// Between the look and this a step may have put a link or a pipe there: neither is followed, and
	// neither makes us wait.
	in, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if info, err := in.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%q is no regular file any more", name), err)
	}
	var buf bytes.Buffer
	n, err := io.Copy(&buf, io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %q: %w", name, err)
	case n > limit:
		return nil, fmt.Errorf("reading %q: %w: it has more than %d bytes", name, mlgate.ErrTooLarge, limit)
	}
	return buf.Bytes(), nil
}
