package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxEntries is how many names are listed of a folder and all that is in it.
const maxEntries = 1_000_000

// below is a folder in the work tree.
type below struct {
	work  *Folder
	dir   string
	limit int64 // bytes of a file
	most  int   // names
	left  *int  // of them
}

var (
	_ fs.ReadDirFS  = below{}
	_ fs.ReadFileFS = below{}
	_ fs.StatFS     = below{}
)

// Below is a folder that nothing is read of before somebody asks.
func (f *Folder) Below(dir string, limit int64) fs.FS { return f.below(dir, limit, maxEntries) }

func (f *Folder) below(dir string, limit int64, names int) below {
	return below{work: f, dir: dir, limit: limit, left: &names, most: names}
}

func (b below) at(op, name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	return path.Join(b.dir, name), nil
}

// Open opens a regular file.
func (b below) Open(name string) (fs.File, error) {
	full, err := b.at("open", name)
	if err != nil {
		return nil, err
	}
	in, _, err := b.work.regular(full)
	if err != nil {
		return nil, absent(name, err)
	}
	return in, nil
}

// ReadFile is Read.
func (b below) ReadFile(name string) ([]byte, error) {
	full, err := b.at("open", name)
	if err != nil {
		return nil, err
	}
	data, err := b.work.Read(full, b.limit)
	return data, absent(name, err)
}

// absent says of what is not there what users of fs.FS understand.
func absent(name string, err error) error {
	if errors.Is(err, mlgate.ErrNotFound) {
		return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return err
}

// Stat follows symlinks, though never out of the work tree.
func (b below) Stat(name string) (fs.FileInfo, error) {
	full, err := b.at("stat", name)
	if err != nil {
		return nil, err
	}
	info, err := b.work.root.Stat(full)
	if err != nil {
		return nil, b.strayed(full, err)
	}
	return info, nil
}

// strayed says what was looked at, where a link on the way is not followed.
func (b below) strayed(full string, err error) error {
	if said := b.work.astray(full, err); !errors.Is(said, err) {
		return fmt.Errorf("looking at %q: %w", full, said)
	}
	return err
}

// ReadDir lists a folder by name. One that cannot be read is an error: what is in it may count.
func (b below) ReadDir(name string) ([]fs.DirEntry, error) {
	full, err := b.at("readdir", name)
	if err != nil {
		return nil, err
	}
	in, err := b.work.root.OpenFile(full, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, b.strayed(full, err)
	}
	defer in.Close()
	entries, err := in.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	if *b.left -= len(entries); *b.left < 0 {
		return nil, fmt.Errorf("%q holds more than %d names", b.dir, b.most)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".git" })
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}
