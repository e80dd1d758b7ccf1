// Package worktree reads and clears the checkout that steps run in. It treats the folder as
// hostile: every path is opened below one root, symlinks never lead out of it, and only regular
// files count.
//
// It never runs git and never decides what a difference means.
package worktree

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // git names blobs by sha1; this compares, it does not protect
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Folder is a checkout below one root.
type Folder struct{ root *os.Root }

var _ mlgate.WorkTree = (*Folder)(nil)

// Open takes the folder at dir. Close releases it.
func Open(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the work tree: %w", err)
	}
	return &Folder{root: root}, nil
}

// Close releases the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Clean compares regular files with their blob ids (sha1 or sha256, by length) and names up to five
// that differ. A symlink is compared by its target. Git LFS pointers are compared by the digest
// that the pointer names, so that a smudged file counts as clean. A submodule that is checked out must
// stand at its commit; what was edited inside of it is not seen.
func (f *Folder) Clean(ctx context.Context, files []mlgate.TreeFile) error {
	var dirty []string
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		same, err := f.same(file)
		if err != nil {
			return fmt.Errorf("comparing %q with git: %w", file.Path, err)
		}
		if !same {
			dirty = append(dirty, file.Path)
		}
	}
	if len(dirty) == 0 {
		return nil
	}
	shown := dirty[:min(5, len(dirty))]
	quoted := make([]string, len(shown))
	for i, p := range shown {
		quoted[i] = fmt.Sprintf("%q", p)
	}
	more := ""
	if n := len(dirty) - len(shown); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return &mlgate.Mistake{
		Err: fmt.Errorf("running the steps: the work tree is not the commit (%s%s), so the numbers would belong to no commit", strings.Join(quoted, ", "), more),
		Fix: "commit or stash the change, then run again; a file that a step writes belongs into .gitignore, not into git (`git rm --cached FILE`)",
	}
}

func (f *Folder) same(file mlgate.TreeFile) (bool, error) {
	switch file.Mode {
	case "160000":
		return f.sameSubmodule(file), nil
	case "120000":
		target, err := f.root.Readlink(file.Path)
		if err != nil {
			return false, nil
		}
		return blobID([]byte(target), len(file.ID)) == file.ID, nil
	}
	in, info, err := f.regular(file.Path)
	if errors.Is(err, mlgate.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer in.Close()
	sum := newHash(len(file.ID))
	content := sha256.New()
	fmt.Fprintf(sum, "blob %d\x00", info.Size())
	if _, err := io.Copy(io.MultiWriter(sum, content), in); err != nil {
		return false, err
	}
	if hex.EncodeToString(sum.Sum(nil)) == file.ID {
		return true, nil
	}
	if blobID(lfsPointer(content.Sum(nil), info.Size()), len(file.ID)) == file.ID {
		return true, nil
	}
	return f.sameText(file)
}

// maxText is the largest file that is compared with its line ends made plain, in bytes.
const maxText = 16 << 20

// sameText compares a file that git may have checked out with other line ends (eol=crlf).
func (f *Folder) sameText(file mlgate.TreeFile) (bool, error) {
	data, err := f.Read(file.Path, maxText)
	if err != nil || !bytes.Contains(data, []byte("\r\n")) {
		return false, nil //nolint:nilerr // too large for a text: it differs
	}
	return blobID(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), len(file.ID)) == file.ID, nil
}

// lfsPointer is the text that Git LFS keeps in git instead of a file (git-lfs spec, version 1).
func lfsPointer(sum []byte, size int64) []byte {
	return fmt.Appendf(nil, "version https://git-lfs.github.com/spec/v1\noid sha256:%x\nsize %d\n", sum, size)
}

func newHash(hexLen int) hash.Hash {
	if hexLen == sha256.Size*2 {
		return sha256.New()
	}
	return sha1.New() //nolint:gosec // see the import
}

func blobID(data []byte, hexLen int) string {
	h := newHash(hexLen)
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// Remove deletes files and folders.
func (f *Folder) Remove(paths []string) error {
	for _, p := range paths {
		if err := f.root.RemoveAll(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the output %q of an earlier run: %w", p, err)
		}
	}
	return nil
}

// Digests hashes regular files, also those below the folders named.
func (f *Folder) Digests(ctx context.Context, paths []string) ([]mlgate.File, error) {
	found := map[string]mlgate.File{}
	for _, p := range paths {
		err := fs.WalkDir(f.root.FS(), p, func(name string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case d.IsDir() && d.Name() == ".git":
				return fs.SkipDir
			case d.Type() != 0:
				return nil
			}
			file, err := f.digest(name)
			found[name] = file
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("hashing %q: %w", p, f.astray(p, err))
		}
	}
	files := make([]mlgate.File, 0, len(found))
	for _, file := range found {
		files = append(files, file)
	}
	slices.SortFunc(files, func(a, b mlgate.File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

func (f *Folder) digest(name string) (mlgate.File, error) {
	in, _, err := f.regular(name)
	if err != nil {
		return mlgate.File{}, err
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, in)
	if err != nil {
		return mlgate.File{}, err
	}
	return mlgate.File{Path: path.Clean(name), SHA256: mlgate.Digest(hex.EncodeToString(sum.Sum(nil))), Size: n}, nil
}

// Read returns a regular file; a larger one is an error that tells its size.
func (f *Folder) Read(name string, limit int64) ([]byte, error) {
	in, info, err := f.regular(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if info.Size() > limit {
		return nil, fmt.Errorf("reading %q: it has %d bytes, at most %d are read", name, info.Size(), limit)
	}
	var buf bytes.Buffer
	buf.Grow(int(info.Size()) + bytes.MinRead)
	n, err := buf.ReadFrom(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %q: %w", name, err)
	case n > limit:
		return nil, fmt.Errorf("reading %q: it grew beyond %d bytes while it was read", name, limit)
	}
	return buf.Bytes(), nil
}

// regular opens a regular file. What is something else is not waited for: a named pipe could hang.
func (f *Folder) regular(name string) (*os.File, fs.FileInfo, error) {
	in, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, f.unopened(name, err)
	}
	info, err := in.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%q is a %s, not a regular file", name, kindOf(info.Mode()))
	}
	if err != nil {
		_ = in.Close() // nothing was written
		return nil, nil, err
	}
	return in, info, nil
}

// unopened says why a file could not be opened: a socket never can, and a link out of the work tree is not
// followed.
func (f *Folder) unopened(name string, err error) error {
	info, failed := f.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %q", mlgate.ErrNotFound, name)
	case failed == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%q is a %s, not a regular file", name, kindOf(info.Mode()))
	case failed == nil && errors.Is(err, fs.ErrPermission):
		return &mlgate.Mistake{
			Err: fmt.Errorf("opening %q: this user may not read it (its mode is %s)", name, info.Mode()),
			Fix: "let the step that writes it make it readable (`chmod a+r`), or run mlgate as the user who owns it",
		}
	case failed != nil:
		return fmt.Errorf("opening %q: %w", name, f.astray(name, err))
	}
	return fmt.Errorf("opening %q: %w", name, err)
}

// astray says in the place of err which link on the way to name is not followed, if one is.
func (f *Folder) astray(name string, err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for i, c := range name + "/" {
		if c != '/' || i == 0 {
			continue
		}
		link, linked := f.root.Lstat(name[:i])
		if linked != nil || link.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		if _, err := f.root.Stat(name[:i]); err == nil {
			continue
		}
		which := "it"
		if i < len(name) {
			which = strconv.Quote(name[:i])
		}
		return fmt.Errorf("%s is a link that leads out of the work tree, or in a circle, and is not followed: let the step write a file there", which)
	}
	return err
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "folder"
	case m&fs.ModeNamedPipe != 0:
		return "named pipe"
	case m&fs.ModeDevice != 0:
		return "device"
	case m&fs.ModeSocket != 0:
		return "socket"
	}
	return "special file"
}
