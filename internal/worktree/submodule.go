package worktree

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// sameSubmodule reports whether a submodule that is checked out stands at the commit that is recorded.
// One that is not checked out has no files that could be others.
func (f *Folder) sameSubmodule(file mlgate.TreeFile) bool {
	at := filepath.Join(f.root.Name(), filepath.FromSlash(file.Path))
	dir := filepath.Join(at, ".git")
	if to, ok := strings.CutPrefix(word(dir), "gitdir: "); ok {
		dir = filepath.FromSlash(to)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(at, dir)
		}
	}
	head := word(filepath.Join(dir, "HEAD"))
	if ref, ok := strings.CutPrefix(head, "ref: "); ok {
		head = word(filepath.Join(dir, filepath.FromSlash(ref)))
	}
	return len(head) != len(file.ID) || head == file.ID
}

// word is what a small file says; empty when it is none.
func word(name string) string {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 4096 {
		return ""
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}
