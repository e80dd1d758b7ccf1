package reader

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxFolderSize is how much is read of a folder, in bytes: so much of text, and one file of the format's limit.
const maxFolderSize = 64 << 20

// store is a folder, as it is listed.
type store struct {
	files  []string // sorted, below the folder
	open   func(string) ([]byte, error)
	most   int64
	budget int64
}

// Folder reads what is kept in a folder: files are the paths below it, read returns one of them.
func (Files) Folder(src mlgate.Source, files []string, read func(string) ([]byte, error)) (mlgate.Reading, error) {
	k, _ := row(src.Kind)
	if k.folder == nil {
		return mlgate.Reading{}, fmt.Errorf("%q: no reader for a folder of kind %q; there is %s", src.Path, src.Kind, strings.Join(folders(), ", "))
	}
	if len(files) == 0 {
		return mlgate.Reading{}, noFolder(src)
	}
	most := max(maxFolderSize, k.size())
	st := &store{files: slices.Clone(files), open: read, most: most, budget: most}
	slices.Sort(st.files)
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

// read reads a file as it is.
func (st *store) read(name string) ([]byte, error) {
	data, err := st.open(name)
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
