package worktree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var _ mlgate.Restorer = (*Folder)(nil)

// Restore writes files anew that differ from their blobs. A symlink on the way to one is removed, not
// followed. A Git LFS file cannot be restored: git has its pointer only.
func (f *Folder) Restore(ctx context.Context, files []mlgate.TreeFile, content func(file string) ([]byte, error)) ([]string, error) {
	var restored []string
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return restored, err
		}
		if file.Mode != "100644" && file.Mode != "100755" {
			continue
		}
		same, err := f.same(file)
		if err == nil && same {
			continue
		}
		data, err := content(file.Path) // what could not be compared is no file of the commit
		if err == nil && bytes.HasPrefix(data, []byte("version https://git-lfs.")) {
			continue
		}
		if err == nil {
			err = f.put(file, data)
		}
		if err != nil {
			return restored, fmt.Errorf("restoring %q: %w", file.Path, err)
		}
		restored = append(restored, file.Path)
	}
	return restored, nil
}

func (f *Folder) put(file mlgate.TreeFile, data []byte) error {
	if err := f.realFolder(path.Dir(file.Path)); err != nil {
		return err
	}
	if err := f.root.RemoveAll(file.Path); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if file.Mode == "100755" {
		mode = 0o755
	}
	out, err := f.root.OpenFile(file.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return errors.Join(err, out.Close())
}

// realFolder makes dir a folder all the way, in place of whatever stood there.
func (f *Folder) realFolder(dir string) error {
	if dir == "." {
		return nil
	}
	at := ""
	for part := range strings.SplitSeq(dir, "/") {
		at = path.Join(at, part)
		info, err := f.root.Lstat(at)
		if err == nil && info.IsDir() {
			continue
		}
		if err == nil {
			err = f.root.Remove(at)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := f.root.Mkdir(at, 0o755); err != nil {
			return err
		}
	}
	return nil
}
