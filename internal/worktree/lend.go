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

// Lend lets another user write outputs: new files in the folder itself and in the folders of the
// outputs, which are made where they are missing. What is there already it can neither change, nor
// remove, nor rename. The folders made are that user's, or, when they are shared, of the folder's owner
// too. The function returned takes the permission back. Needs root.
func (f *Folder) Lend(outputs []string, uid, gid int, shared bool) (back func() error, err error) {
	l := loan{root: f.root, uid: uid, gid: gid, maker: uid, mode: 0o755}
	if info, err := f.root.Stat("."); err == nil && shared {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			l.maker, l.mode = int(stat.Uid), 0o775
		}
	}
	if err := l.open("."); err != nil {
		return l.back, err
	}
	for _, out := range outputs {
		if err := l.reach(path.Dir(path.Clean(out))); err != nil {
			return l.back, err
		}
	}
	return l.back, nil
}

type loan struct {
	root     *os.Root
	uid, gid int
	maker    int         // owner of the folders that are made
	mode     fs.FileMode // of them
	lent     []lent
}

// lent is a folder as it was.
type lent struct {
	dir  string
	mode fs.FileMode
	gid  int
}

func (l *loan) reach(dir string) error {
	at := ""
	for part := range strings.SplitSeq(dir, "/") {
		at = path.Join(at, part)
		if part == ".git" {
			return &mlgate.Mistake{Err: fmt.Errorf("opening %q for an output: it is git's", at), Fix: "write outputs elsewhere"}
		}
		info, err := l.root.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = errors.Join(l.root.Mkdir(at, 0o755), l.root.Lchown(at, l.maker, l.gid), l.root.Chmod(at, l.mode))
		case err == nil && !info.IsDir():
			return &mlgate.Mistake{Err: fmt.Errorf("opening %q for an output: it is no folder", at), Fix: "remove it, or write the output elsewhere"}
		case err == nil && at == dir:
			err = l.open(at)
		}
		if err != nil {
			return fmt.Errorf("opening %q for an output: %w", at, err)
		}
	}
	return nil
}

// open gives a folder to the user's group. The sticky bit keeps what others own there.
func (l *loan) open(dir string) error {
	info, err := l.root.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || stat.Uid == uint32(l.uid) || slices.ContainsFunc(l.lent, func(o lent) bool { return o.dir == dir }) {
		return nil
	}
	l.lent = append(l.lent, lent{dir, info.Mode(), int(stat.Gid)})
	return errors.Join(l.root.Lchown(dir, -1, l.gid), l.root.Chmod(dir, info.Mode()|fs.ModeSticky|0o030))
}

func (l *loan) back() error {
	var errs []error
	for _, o := range l.lent {
		err := errors.Join(l.root.Lchown(o.dir, -1, o.gid), l.root.Chmod(o.dir, o.mode))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("taking back %q: %w", o.dir, err))
		}
	}
	l.lent = nil
	return errors.Join(errs...)
}
