package mlgate

import (
	"context"
	"io/fs"
)

// Repo reads objects of the repository: commits and trees by id, never a work tree.
type Repo interface {
	// Tree opens a commit or a tree object. ErrNotFound when it is not there.
	Tree(ctx context.Context, rev string) (Tree, error)
	// Changed lists the paths that differ between two trees, sorted; no renames are guessed.
	Changed(ctx context.Context, a, b Tree) ([]FileChange, error)
	// MergeTree gives the tree that merging head into base makes; a conflict is a Waiting error.
	MergeTree(ctx context.Context, base, head string) (tree string, err error)
	// Fetch brings commits from the remote with their history, by id or full ref name.
	Fetch(ctx context.Context, wants ...string) error
}

// Branches tells where the branches and tags of the remote stand right now.
type Branches interface {
	// Tip is the commit of a branch by its short name; ErrNotFound when it is gone.
	Tip(ctx context.Context, branch string) (string, error)
	// Named is the commit of a branch or tag; a branch goes before a tag.
	Named(ctx context.Context, name string) (string, error)
}

// Lineage tells how commits descend from each other.
type Lineage interface {
	MergeBase(ctx context.Context, a, b string) (string, error)
	// IsAncestor reports whether a is b or an ancestor of b.
	IsAncestor(ctx context.Context, a, b string) (bool, error)
	// FirstParents walks from tip (left out) along first parents, newest first, at most limit. Where
	// history is cut off, what was found comes with a Mistake.
	FirstParents(ctx context.Context, tip string, limit int) ([]string, error)
	// Message is what a commit says of itself: hostile text.
	Message(ctx context.Context, commit string) (string, error)
}

// Restorer puts files of a commit back into a work tree, below its folder and nowhere else.
type Restorer interface {
	// Restore writes those regular files anew that differ from their blobs, which content gives by path,
	// and names them in the order given. What cannot be restored is left for Clean to name.
	Restore(ctx context.Context, files []TreeFile, content func(path string) ([]byte, error)) (restored []string, err error)
}

// WorkTree is the checkout that steps run in: a folder of this machine that steps may have changed
// in any way. Paths are relative to it, with forward slashes; none leads outside.
type WorkTree interface {
	// Clean compares files with what git has; a difference is a Mistake that names them.
	Clean(ctx context.Context, files []TreeFile) error
	// Remove deletes files and folders; absent ones are no error.
	Remove(paths []string) error
	// Digests hashes regular files; folders are walked; absent ones are left out. Sorted by path.
	Digests(ctx context.Context, paths []string) ([]File, error)
	// Read returns a regular file of at most limit bytes; ErrNotFound when there is none.
	Read(path string, limit int64) ([]byte, error)
	// Below is a folder, listed as far as somebody asks, for those who need some of its files: all that is in it
	// but .git, symlinks as such. A file is read as Read does. Where there is a file, Stat of "." says so.
	Below(dir string, limit int64) fs.FS
}
