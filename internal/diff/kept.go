package diff

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Kept reads what DVC keeps outside of git: the content with an md5, for a file in the folder dir.
// ErrNotFound: it is not on this machine.
type Kept func(dir, md5 string, old bool, limit int64) ([]byte, error)

// md5ID begins the id of a file that git does not have: what follows names its content.
const md5ID = "md5:"

// pointers are what one side's dvc.lock and *.dvc files say, by path.
type pointers struct {
	side    Source
	loaded  bool
	kept    Kept
	by      map[string]discovery.Pointer
	folders map[string][]discovery.Pointer // listings that were read, by md5
	trouble map[string]string              // files that could not be read, and why
}

// maxPointers is how many dvc.lock and *.dvc files of one side are read.
const maxPointers = 2000

func pointersOf(s Source, kept Kept) *pointers {
	return &pointers{side: s, kept: kept, by: map[string]discovery.Pointer{}, folders: map[string][]discovery.Pointer{}, trouble: map[string]string{}}
}

// load reads the pointers once, when the first is asked for.
func (p *pointers) load() {
	if p.loaded {
		return
	}
	p.loaded = true
	read := 0
	for _, f := range p.side.Files {
		lock, single := path.Base(f.Path) == "dvc.lock", strings.HasSuffix(f.Path, ".dvc")
		if !lock && !single || !discovery.Regular(f) || discovery.Hidden(f.Path) {
			continue
		}
		if read++; read > maxPointers {
			p.trouble[f.Path] = fmt.Sprintf("only %d dvc.lock and *.dvc files are read", maxPointers)
			return
		}
		if err := p.add(f.Path, lock); err != nil {
			p.trouble[f.Path] = err.Error()
		}
	}
}

func (p *pointers) add(file string, lock bool) error {
	data, err := p.side.Read(file)
	if err != nil {
		return err
	}
	var found []discovery.Pointer
	if dir := path.Dir(file); lock {
		wdirs := map[string]string{}
		if src, err := p.side.Read(path.Join(dir, "dvc.yaml")); err == nil {
			if pipeline, err := discovery.ParseDVC(src); err == nil {
				wdirs = pipeline.Wdirs
			}
		}
		found, err = discovery.ParseLock(dir, data, wdirs)
	} else {
		found, err = discovery.ParsePointer(dir, data)
	}
	for _, at := range found {
		p.by[at.Path] = at
	}
	return err
}

// has reports whether a pointer names this very path.
func (p *pointers) has(name string) bool {
	p.load()
	_, ok := p.by[name]
	return ok
}

// find resolves a path: by its own pointer, or by that of a folder around it.
func (p *pointers) find(name string) (discovery.Pointer, error) {
	p.load()
	if at, ok := p.by[name]; ok {
		return at, nil
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		at, ok := p.by[dir]
		if !ok || !at.Folder() {
			continue
		}
		list, err := p.list(at)
		if err != nil {
			return at, err
		}
		for _, f := range list {
			if f.Path == name {
				return f, nil
			}
		}
		return at, fmt.Errorf("the folder %s that DVC keeps does not hold it", dir)
	}
	for _, file := range slices.Sorted(maps.Keys(p.trouble)) {
		return discovery.Pointer{}, fmt.Errorf("DVC keeps it in its cache, and %s, which may point there, cannot be read: %s", file, p.trouble[file])
	}
	return discovery.Pointer{}, errors.New("DVC keeps it in its cache, and no dvc.lock says which content: run `dvc repro`, and commit dvc.lock; or write `cache: false` in dvc.yaml, and git keeps it")
}

// list reads the files of a folder.
func (p *pointers) list(at discovery.Pointer) ([]discovery.Pointer, error) {
	if list, ok := p.folders[at.MD5]; ok {
		return list, nil
	}
	data, err := p.read(at)
	if err != nil {
		return nil, err
	}
	list, err := discovery.ParseFolder(at, data)
	if err == nil {
		p.folders[at.MD5] = list
	}
	return list, err
}

func (p *pointers) read(at discovery.Pointer) ([]byte, error) {
	if p.kept == nil {
		return nil, missingHere(at)
	}
	data, err := p.kept(path.Dir(at.Path), at.MD5, at.Old, MaxFile)
	if errors.Is(err, mlgate.ErrNotFound) {
		return nil, missingHere(at)
	}
	return data, err
}

func missingHere(at discovery.Pointer) error {
	return fmt.Errorf("it is in DVC's cache, not in git, and neither the cache nor a remote of this machine has its md5 %.32s: run `dvc fetch --all-commits %s`, or write `cache: false` in dvc.yaml, and git keeps it from then on", at.MD5, at.Path)
}

// asFile is a file whose content DVC keeps: its id is that of the content.
func asFile(at discovery.Pointer) mlgate.TreeFile {
	return mlgate.TreeFile{Path: at.Path, Mode: "100644", ID: md5ID + at.MD5}
}

// byMD5 reports whether DVC, and not git, has the content of a file.
func byMD5(f mlgate.TreeFile) bool { return strings.HasPrefix(f.ID, md5ID) }

// content reads a file of one side, from git, the work tree, or what DVC keeps.
func (s Source) content(f mlgate.TreeFile) ([]byte, error) {
	if !byMD5(f) {
		return s.Read(f.Path)
	}
	at, err := s.dvc.find(f.Path)
	if err != nil {
		return nil, err
	}
	return s.dvc.read(at)
}

// unfolded puts the files of a folder that DVC keeps in the place of the folder.
func (s Source) unfolded(list []discovery.Candidate) []discovery.Candidate {
	var out []discovery.Candidate
	for _, k := range list {
		if _, there := s.find(k.Path); !there && s.cached(k.Path, list) {
			if at, err := s.dvc.find(k.Path); err == nil && at.Folder() {
				if files, err := s.dvc.list(at); err == nil {
					out = append(out, k.Below(files)...)
					continue
				}
			}
		}
		out = append(out, k)
	}
	return discovery.Merge(out, nil)
}
