package diff

import (
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// folderMode marks a file of a side that stands for a folder: a store of runs.
const folderMode = "040000"

// folder is a store of runs as one file: its id is that of all files below it, where all have one.
func (s Source) folder(k discovery.Candidate) (mlgate.TreeFile, bool) {
	if !(mlgate.Source{Kind: k.Kind}).IsFolder() {
		return mlgate.TreeFile{}, false
	}
	files := s.below(k.Path)
	if len(files) == 0 {
		return mlgate.TreeFile{}, false
	}
	out, sum := mlgate.TreeFile{Path: k.Path, Mode: folderMode}, sha256.New()
	for _, f := range files {
		if f.ID == "" {
			return out, true
		}
		fmt.Fprintf(sum, "%s %s\n", f.ID, f.Path)
	}
	out.ID = fmt.Sprintf("folder:%x", sum.Sum(nil))
	return out, true
}

// below are the regular files of a folder.
func (s Source) below(dir string) []mlgate.TreeFile {
	dir = path.Clean(dir) + "/"
	from, _ := slices.BinarySearchFunc(s.Files, dir, func(f mlgate.TreeFile, n string) int { return strings.Compare(f.Path, n) })
	var out []mlgate.TreeFile
	for _, f := range s.Files[from:] {
		if !strings.HasPrefix(f.Path, dir) {
			break
		}
		if discovery.Regular(f) {
			out = append(out, f)
		}
	}
	return out
}

// runs reads a store of runs of one side. What describes the runs is read ahead: there may be thousands.
func (c *comparison) runs(s Source, src mlgate.Source) (mlgate.Reading, error) {
	files := s.below(src.Path)
	var ids []string
	for _, f := range files {
		if path.Base(f.Path) == "meta.yaml" && f.ID != "" {
			ids = append(ids, f.ID)
		}
	}
	if s.ahead != nil && len(ids) > 1 {
		if err := s.ahead(ids); err != nil {
			return mlgate.Reading{}, err
		}
	}
	return c.reader.Folder(src, s.listing(src.Path, files))
}

// whole says why a file is not whole: another beside it holds what was not yet written into it.
func (c *comparison) whole(s Source, src mlgate.Source) error {
	for _, file := range c.reader.Beside(src) {
		if _, there := s.find(file); !there {
			continue
		}
		if data, err := s.Read(file); err != nil || len(data) > 0 {
			return fmt.Errorf("it is not whole without %q: let what has it open end", file)
		}
	}
	return nil
}
