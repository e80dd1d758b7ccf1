// Package scaffold looks at a repository and drafts the two files with which a team starts: mlops.yaml
// and a workflow. It reads and writes below the repository's top alone, through symbolic links too,
// never overwrites, and runs nothing of what it finds.
package scaffold

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Names of the files that are written.
const (
	workflowName = ".github/workflows/mlgate.yml"
	runName      = ".github/workflows/mlgate-run.yml" // the name that the judge believes
	judgeName    = ".github/workflows/mlgate-judge.yml"
)

// File is one to be written: its path from the repository's top, with slashes.
type File struct{ Path, Text string }

// Draft is what would be written, and what people should know of it. The texts may hold names from
// the repository.
type Draft struct {
	Files   []File
	Found   []string
	Guessed []string
	Next    string
}

// Repository is an opened one. Close it.
type Repository struct {
	root *os.Root // of the repository
	dir  string   // of the model in it, with slashes; "." at the top
	name string   // of the model's folder
}

// Open opens the repository around a folder, which is where mlops.yaml will stand. Without a
// repository the folder itself is taken for one. A folder that leads out of the repository that from
// lies in, by a symbolic link, is an error.
// So is a bare repository: there is no work tree to write into.
func Open(from, dir string) (*Repository, error) {
	top := topOf(from)
	if top == "" && isBare(dir) {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("opening %q: it is a bare repository and has no work tree", dir), Fix: "run mlgate init in a clone of it"}
	}
	rel, err := filepath.Rel(top, dir)
	if err != nil || !filepath.IsLocal(rel) {
		if top = topOf(dir); top == "" {
			top = dir
		}
		if rel, err = filepath.Rel(top, dir); err != nil {
			return nil, fmt.Errorf("looking for the repository of %q: %w", dir, err)
		}
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("opening %q: %w", top, err)}
	}
	r := &Repository{root: root, dir: filepath.ToSlash(rel), name: filepath.Base(dir)}
	info, err := root.Stat(r.dir)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return nil, errors.Join(&mlgate.Mistake{Err: fmt.Errorf("opening the folder %q of %q: %w", r.dir, top, err), Fix: "name a folder of this repository with --dir"}, root.Close())
	}
	return r, nil
}

// Close lets go of the repository.
func (r *Repository) Close() error { return r.root.Close() }

// topOf is the nearest folder upwards that holds .git, or empty.
func topOf(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// isBare says whether a folder is itself what .git is elsewhere, as git tells it.
func isBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// Draft looks at the repository. With ci "github" the workflow is part of it, with "forks" the two that
// take pull requests from forks, with "none" neither; with "" the one, unless another CI system is
// there. A file that would be overwritten, and a folder with several models, are Mistakes.
func (r *Repository) Draft(ci string) (Draft, error) {
	s, err := r.look()
	if err != nil {
		return Draft{}, err
	}
	if ci, err = r.workflows(s, ci); err != nil {
		return Draft{}, err
	}
	target := path.Join(r.dir, mlgate.ConfigName)
	taken := []string{target, path.Join(r.dir, "mlops.yml")}
	taken = append(taken, workflowsOf(ci)...)
	for _, name := range taken {
		if _, err := r.root.Lstat(name); err == nil {
			return Draft{}, &mlgate.Mistake{Err: fmt.Errorf("drafting: %q is there already, and nothing is overwritten", name), Fix: advice(name)}
		} else if !errors.Is(err, os.ErrNotExist) {
			return Draft{}, fmt.Errorf("looking for %q: %w", name, err)
		}
	}
	if len(s.projects) > 1 {
		return Draft{}, r.which(s)
	}
	d, g, err := s.draft(target)
	if err != nil {
		return Draft{}, err
	}
	for _, name := range workflowsOf(ci) {
		d.Files = append(d.Files, File{Path: name, Text: s.workflow(name, g)})
	}
	d.Next = s.next(g, ci)
	return d, nil
}

// which of several folders is the model? Those that have an mlops.yaml are out of question.
func (r *Repository) which(s *sight) error {
	free := slices.DeleteFunc(slices.Clone(s.projects), func(dir string) bool {
		return slices.ContainsFunc(s.models, func(m neighbour) bool { return m.path == path.Join(r.dir, dir, mlgate.ConfigName) })
	})
	if len(free) == 0 {
		return &mlgate.Mistake{Err: fmt.Errorf("drafting: each of the %d folders that could be a model has its %s", len(s.projects), mlgate.ConfigName), Fix: "name another folder with --dir"}
	}
	fix := "mlgate init --dir " + path.Join(r.dir, free[0])
	if len(free) == 1 {
		return &mlgate.Mistake{Err: fmt.Errorf("drafting: here is no model, and %q could be one", free[0]), Fix: fix}
	}
	return &mlgate.Mistake{Err: fmt.Errorf("drafting: %d folders could be the model: %s", len(free), strings.Join(free, ", ")), Fix: "choose one: " + fix}
}

// workflowsOf are the files that are written for a CI system.
func workflowsOf(ci string) []string {
	switch ci {
	case "github":
		return []string{workflowName}
	case "forks":
		return []string{runName, judgeName}
	}
	return nil
}

func advice(name string) string {
	switch path.Base(name) {
	case mlgate.ConfigName:
		return "`mlgate validate` checks it; take it away to start anew"
	case "mlops.yml":
		return "the file is called mlops.yaml: rename it"
	}
	return "leave the workflow alone with --ci none"
}

// Write writes all files, or none.
func (r *Repository) Write(d Draft) error {
	for i, f := range d.Files {
		if err := r.create(f); err != nil {
			for _, done := range d.Files[:i] {
				err = errors.Join(err, r.root.Remove(done.Path))
			}
			return err
		}
	}
	return nil
}

func (r *Repository) create(f File) error {
	if err := r.root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
		return fmt.Errorf("making the folder of %q: %w", f.Path, err)
	}
	w, err := r.root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("writing %q: %w", f.Path, err)
	}
	_, err = w.WriteString(f.Text)
	if err = errors.Join(err, w.Close()); err != nil {
		return errors.Join(fmt.Errorf("writing %q: %w", f.Path, err), r.root.Remove(f.Path))
	}
	return nil
}
