package worktree

import "io/fs"

// BelowAtMost is Below with a limit of names that a test can reach.
func (f *Folder) BelowAtMost(dir string, limit int64, names int) fs.FS {
	return f.below(dir, limit, names)
}
