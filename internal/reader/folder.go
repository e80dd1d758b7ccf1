package reader

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxFolderSize is how much is read of a folder, in bytes: so much of text, and one file of the format's limit.
const maxFolderSize = 64 << 20

// store is a folder, looked into as far as its kind needs.
type store struct {
	fs.FS
	most   int64
	budget int64
}

// Folder reads what is kept in a folder. What is neither a regular file nor a folder is passed over.
func (Files) Folder(src mlgate.Source, folder fs.FS) (mlgate.Reading, error) {
	k, _ := row(src.Kind)
	if k.folder == nil {
		return mlgate.Reading{}, fmt.Errorf("%q: no reader for a folder of kind %q; there is %s", src.Path, src.Kind, strings.Join(folders(), ", "))
	}
	most := max(maxFolderSize, k.size())
	st := &store{FS: folder, most: most, budget: most}
	return reading(src, src.Kind, nil, func(s *sheet, _ []byte) error { return k.folder(st, s) })
}

func noFolder(src mlgate.Source) error {
	return fmt.Errorf("%q is no folder with files in it", src.Path)
}

// folders lists the formats of folders.
func folders() []string {
	var names []string
	for _, k := range kinds {
		if k.folder != nil {
			names = append(names, k.name)
		}
	}
	return names
}

// files lists the regular files below a folder of it, sorted; none where the folder is not there.
func (st *store) files(dir string) ([]string, error) {
	var files []string
	err := fs.WalkDir(st.FS, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == dir && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err == nil && d.Type().IsRegular():
			files = append(files, name)
		}
		return err
	})
	slices.Sort(files)
	return files, err
}

// folders lists the folders in a folder of it by their paths, sorted.
func (st *store) folders(dir string) ([]string, error) {
	entries, err := fs.ReadDir(st.FS, dir)
	var dirs []string
	for _, e := range entries {
		if e.IsDir() {
			dirs = append(dirs, path.Join(dir, e.Name()))
		}
	}
	return dirs, err
}

// there reports whether it has a regular file of that name.
func (st *store) there(name string) bool {
	info, err := fs.Stat(st.FS, name)
	return err == nil && info.Mode().IsRegular()
}

// read reads a file as it is.
func (st *store) read(name string) ([]byte, error) {
	data, err := fs.ReadFile(st.FS, name)
	if st.budget -= int64(len(data)); err == nil && st.budget < 0 {
		err = fmt.Errorf("more than %d bytes are read of it", st.most)
	}
	return data, err
}

// text reads a file of text.
func (st *store) text(name string) ([]byte, error) {
	data, err := st.read(name)
	if err != nil {
		return nil, err
	}
	return plainText(mlgate.Source{Path: name}, data, maxFile)
}

// only says why a folder of so many runs does not give the one that found names; of others than it people are told.
func (s *sheet) only(runs int, found []string, none, by, fix string) error {
	switch {
	case runs == 0:
		return errors.New(none)
	case len(found) == 0:
		return fmt.Errorf("no run in it has %s %q", by, s.src.Run)
	case len(found) > 1:
		return fmt.Errorf("%d runs could be meant, %q and %q among them: %s", len(found), found[0], found[1], fix)
	case runs > 1:
		s.dropped = append(s.dropped, fmt.Sprintf("%s: %d other runs than %q", s.src.Path, runs-1, found[0]))
	}
	return nil
}
