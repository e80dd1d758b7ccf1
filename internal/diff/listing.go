package diff

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// listing is a folder of one side as a file system: files are those below it, by their paths from there, sorted.
type listing struct {
	files []string
	read  func(name string) ([]byte, error)
}

var (
	_ fs.ReadDirFS  = listing{}
	_ fs.ReadFileFS = listing{}
	_ fs.StatFS     = listing{}
)

// entry is one file or folder of a listing. Its size is not known before it is read.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string               { return e.name }
func (e entry) IsDir() bool                { return e.folder }
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) Size() int64                { return 0 }
func (e entry) ModTime() time.Time         { return time.Time{} }
func (e entry) Sys() any                   { return nil }
func (e entry) Type() fs.FileMode          { return e.Mode().Type() }
func (e entry) Mode() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}

// from is where a name, or what begins with it, stands or would stand.
func (l listing) from(name string) int {
	i, _ := slices.BinarySearch(l.files, name)
	return i
}

// Stat looks for a file, then for a folder.
func (l listing) Stat(name string) (fs.FileInfo, error) {
	if i := l.from(name); i < len(l.files) && l.files[i] == name {
		return entry{name: path.Base(name)}, nil
	}
	if i := l.from(name + "/"); name == "." || i < len(l.files) && strings.HasPrefix(l.files[i], name+"/") {
		return entry{name: path.Base(name), folder: true}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists a folder. Of what is in its folders it looks at one name each.
func (l listing) ReadDir(name string) ([]fs.DirEntry, error) {
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	var out []fs.DirEntry
	i := l.from(prefix)
	for i < len(l.files) && strings.HasPrefix(l.files[i], prefix) {
		first, _, folder := strings.Cut(l.files[i][len(prefix):], "/")
		out = append(out, entry{name: first, folder: folder})
		if i++; folder {
			i = l.from(prefix + first + "0") // the byte after the slash
		}
	}
	if len(out) == 0 && name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// ReadFile reads a file that is listed.
func (l listing) ReadFile(name string) ([]byte, error) {
	if info, err := l.Stat(name); err != nil || info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return l.read(name)
}

// Open opens a file.
func (l listing) Open(name string) (fs.File, error) {
	data, err := l.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return opened{entry{name: path.Base(name)}, bytes.NewReader(data)}, nil
}

type opened struct {
	entry
	io.Reader
}

func (o opened) Stat() (fs.FileInfo, error) { return o.entry, nil }
func (opened) Close() error                 { return nil }

// listing is a folder of one side.
func (s Source) listing(dir string, files []mlgate.TreeFile) listing {
	l := listing{read: func(name string) ([]byte, error) { return s.Read(path.Join(dir, name)) }}
	for _, f := range files {
		l.files = append(l.files, strings.TrimPrefix(f.Path, path.Clean(dir)+"/"))
	}
	return l
}
