package git

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// entry is one line of a tree object.
type entry struct{ name, mode, id string }

func (e entry) isTree() bool { return e.mode == "40000" }

// tree is a commit's content: paths are walked here, git only ever sees ids.
type tree struct {
	repo *Repo
	id   string
}

var _ mlgate.Tree = (*tree)(nil)

// Tree opens a commit, an annotated tag of one, or a tree, by full id.
func (r *Repo) Tree(_ context.Context, rev string) (mlgate.Tree, error) {
	id := rev
	for range 5 {
		kind, data, err := r.locked(id)
		if err != nil {
			return nil, fmt.Errorf("opening the tree of %.12s: %w", rev, err)
		}
		next := ""
		switch kind {
		case "tree":
			return &tree{repo: r, id: id}, nil
		case "commit":
			next = first(header(data, "tree"))
		case "tag":
			next = first(header(data, "object"))
		}
		if next == "" {
			return nil, fmt.Errorf("opening the tree of %.12s: it is a %s", rev, kind)
		}
		id = next
	}
	return nil, fmt.Errorf("opening the tree of %.12s: tags of tags of tags", rev)
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// entries reads and parses one tree object. Names that no file system should see (empty, "..", with
// a slash) are an error.
func (r *Repo) entries(id string) ([]entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if es, ok := r.trees[id]; ok {
		return es, nil
	}
	kind, data, err := r.object(id)
	if err != nil {
		return nil, err
	}
	if kind != "tree" {
		return nil, fmt.Errorf("object %s is a %s, not a tree", id, kind)
	}
	es, err := parseTree(data, len(id)/2)
	if err != nil {
		return nil, fmt.Errorf("reading tree %s: %w", id, err)
	}
	r.trees[id] = es
	return es, nil
}

// parseTree reads a tree object whose ids have raw bytes, sorted by name.
func parseTree(data []byte, raw int) ([]entry, error) {
	var es []entry
	for len(data) > 0 {
		head, rest, ok := bytes.Cut(data, []byte{0})
		mode, name, ok2 := strings.Cut(string(head), " ")
		if !ok || !ok2 || len(rest) < raw || !fs.ValidPath(name) || strings.Contains(name, "/") || name == "." {
			return nil, fmt.Errorf("it is damaged near %q", name)
		}
		es = append(es, entry{name, mode, hex.EncodeToString(rest[:raw])})
		data = rest[raw:]
	}
	slices.SortFunc(es, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(es); i++ {
		if es[i-1].name == es[i].name { // one would be judged, and the other checked out
			return nil, fmt.Errorf("it is damaged: %q stands in it twice", es[i].name)
		}
	}
	return es, nil
}

func (t *tree) ID() string { return t.id }

// find walks to a path.
func (t *tree) find(name string) (entry, error) {
	at := entry{".", "40000", t.id}
	if name == "." {
		return at, nil
	}
	if !fs.ValidPath(name) {
		return at, fs.ErrInvalid
	}
	for part := range strings.SplitSeq(name, "/") {
		if !at.isTree() {
			return at, fs.ErrNotExist
		}
		es, err := t.repo.entries(at.id)
		if err != nil {
			return at, err
		}
		i, ok := slices.BinarySearchFunc(es, part, func(e entry, n string) int { return strings.Compare(e.name, n) })
		if !ok {
			return at, fs.ErrNotExist
		}
		at = es[i]
	}
	return at, nil
}

// Entry is what stands at a path.
func (t *tree) Entry(name string) (mlgate.TreeFile, error) {
	e, err := t.find(name)
	if err != nil {
		return mlgate.TreeFile{}, &fs.PathError{Op: "look", Path: name, Err: err}
	}
	return mlgate.TreeFile{Path: name, Mode: e.mode, ID: e.id}, nil
}

// ReadFile returns a blob. Symlinks, submodules and folders are errors: nothing is followed.
func (t *tree) ReadFile(name string) ([]byte, error) {
	e, err := t.find(name)
	if err == nil && e.mode != "100644" && e.mode != "100755" {
		err = fmt.Errorf("not a regular file (mode %s)", e.mode)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	_, data, err := t.repo.locked(e.id)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

// ReadDir lists a folder by name.
func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := t.find(name)
	if err == nil && !e.isTree() {
		err = errors.New("not a folder")
	}
	var es []entry
	if err == nil {
		es, err = t.repo.entries(e.id)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	out := make([]fs.DirEntry, len(es))
	for i, e := range es {
		out[i] = info{e, 0}
	}
	return out, nil
}

// Open makes a tree an fs.FS.
func (t *tree) Open(name string) (fs.File, error) {
	e, err := t.find(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if e.isTree() {
		return &file{info: info{e, 0}, Reader: bytes.NewReader(nil)}, nil
	}
	data, err := t.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &file{info: info{e, int64(len(data))}, Reader: bytes.NewReader(data)}, nil
}

// Files lists every entry below dir that is no folder; dir may be a file itself.
func (t *tree) Files(dir string) ([]mlgate.TreeFile, error) {
	e, err := t.find(dir)
	if err != nil {
		return nil, &fs.PathError{Op: "list", Path: dir, Err: err}
	}
	if !e.isTree() {
		return []mlgate.TreeFile{{Path: dir, Mode: e.mode, ID: e.id}}, nil
	}
	out, err := t.repo.list(e.id, strings.TrimPrefix(dir, "."))
	return slices.Clone(out), err // the caller may change what it gets
}

// list lists one tree under a prefix, once: a judgment asks for the same few again and again.
func (r *Repo) list(id, prefix string) ([]mlgate.TreeFile, error) {
	key := [2]string{id, prefix}
	r.mu.Lock()
	out, ok := r.lists[key]
	r.mu.Unlock()
	if ok {
		return out, nil
	}
	seen := 0
	if err := r.walk(id, prefix, 0, &seen, &out); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b mlgate.TreeFile) int { return strings.Compare(a.Path, b.Path) })
	r.mu.Lock()
	r.lists[key] = out
	r.mu.Unlock()
	return out, nil
}

// Limits of a tree: a few objects can describe more files than any machine has room for.
const (
	maxFiles = 1_000_000
	maxDepth = 200
)

func (r *Repo) walk(id, prefix string, depth int, seen *int, out *[]mlgate.TreeFile) error {
	es, err := r.entries(id)
	if err != nil {
		return err
	}
	if *seen += len(es); depth > maxDepth || *seen > maxFiles { // folders count, too: they may all be empty
		return &mlgate.Mistake{Err: fmt.Errorf("listing the files of tree %.12s: more than %d files, or %d folders deep", id, maxFiles, maxDepth), Fix: "mlgate judges no such repository"}
	}
	*out = slices.Grow(*out, len(es))
	for _, e := range es {
		name := e.name // checked by parseTree
		if prefix != "" {
			name = prefix + "/" + e.name
		}
		if !e.isTree() {
			*out = append(*out, mlgate.TreeFile{Path: name, Mode: e.mode, ID: e.id})
			continue
		}
		if err := r.walk(e.id, name, depth+1, seen, out); err != nil {
			return err
		}
	}
	return nil
}

// info describes one entry as fs wants it.
type info struct {
	e    entry
	size int64
}

func (i info) Name() string               { return i.e.name }
func (i info) Size() int64                { return i.size }
func (i info) ModTime() time.Time         { return time.Time{} }
func (i info) IsDir() bool                { return i.e.isTree() }
func (i info) Sys() any                   { return nil }
func (i info) Type() fs.FileMode          { return i.Mode().Type() }
func (i info) Info() (fs.FileInfo, error) { return i, nil }
func (i info) Mode() fs.FileMode {
	switch i.e.mode {
	case "40000":
		return fs.ModeDir | 0o755
	case "120000":
		return fs.ModeSymlink | 0o777
	case "160000":
		return fs.ModeIrregular
	case "100755":
		return 0o755
	}
	return 0o644
}

type file struct {
	info
	io.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }
