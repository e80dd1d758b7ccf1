package scaffold

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// neighbour is another model of the repository.
type neighbour struct{ path, model string }

// neighbours are the other mlops.yaml of the repository, as far as they are found within the limits.
func neighbours(top fs.FS, own string) []neighbour {
	var out []neighbour
	entries := 0
	err := fs.WalkDir(top, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return skipUnread(name, e, err)
		}
		if entries++; entries > maxEntries {
			return fs.SkipAll
		}
		switch {
		case name == ".":
		case e.IsDir() && unlooked(name, e):
			return fs.SkipDir
		case e.Name() == mlgate.ConfigName && e.Type().IsRegular() && name != own:
			src, err := small(top, name)
			if err == nil {
				out = append(out, neighbour{name, config.ModelOf(src)})
			}
		}
		return nil
	})
	if err != nil {
		return nil
	}
	return out
}

// freeName is the model's name, with the folders above in front while a neighbour has it.
func freeName(name, dir string, others []neighbour) string {
	taken := func(n string) bool {
		return slices.ContainsFunc(others, func(o neighbour) bool { return o.model == modelName(n) })
	}
	for up := path.Dir(dir); taken(name) && up != "." && up != "/"; up = path.Dir(up) {
		name = path.Base(up) + "-" + name
	}
	for n, first := 2, name; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", first, n)
	}
	return name
}

// workflows decides which CI is written for. A repository that has a model and a workflow of ours needs
// no other: that judges every model. Two that judge are a Mistake.
func (r *Repository) workflows(s *sight, asked string) (string, error) {
	ci := asked
	if ci == "" {
		ci = "github"
		if s.ci != "" && s.ci != "GitHub" {
			ci = "none"
		}
	}
	var one, pair string
	for _, name := range []string{workflowName, runName, judgeName} {
		switch _, err := r.root.Lstat(name); {
		case err == nil && name == workflowName:
			one = name
		case err == nil:
			pair = name
		case !errors.Is(err, os.ErrNotExist):
			return ci, fmt.Errorf("looking for %q: %w", name, err)
		}
	}
	other := pair
	if ci == "forks" {
		other = one
	}
	switch have := cmp.Or(one, pair); {
	case ci == "none" || have == "":
	case len(s.models) > 0 && (asked == "" || asked == "forks" && one == ""):
		s.kept = have
		return "none", nil
	case other != "":
		return ci, &mlgate.Mistake{Err: fmt.Errorf("drafting: %q is there already, and beside it another workflow would judge the same again", other), Fix: "take it away first, or leave the workflow alone with --ci none"}
	}
	return ci, nil
}

// Folders that hold nothing but what programs write.
var written = []string{"build", "out", "output", "outputs", "work", "target", "artifacts"}

// unignored are what steps write and no .gitignore names. DVC keeps one itself.
func (s *sight) unignored(g guess) []string {
	var out []string
	for _, st := range g.steps {
		for _, o := range st.outputs {
			if first, _, ok := strings.Cut(o, "/"); ok && slices.Contains(written, first) {
				o = first + "/"
			}
			if !s.hasDVC && !s.ignores(o) && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out
}

// ignores reports whether a line of .gitignore is about a path: a guess, as git alone knows.
func (s *sight) ignores(name string) bool {
	return slices.ContainsFunc(s.ignored, func(line string) bool {
		line = strings.Trim(strings.TrimPrefix(strings.TrimSpace(line), "**/"), "/")
		for n := strings.Trim(name, "/"); n != "."; n = path.Dir(n) {
			for _, full := range []string{n, path.Base(n), path.Join(s.dir, n)} {
				if ok, err := path.Match(line, full); err == nil && ok && line != "" {
					return true
				}
			}
		}
		return false
	})
}

// artifact is the file that is most likely the model: an output before what lies there, what is called
// model before others.
func (s *sight) artifact(g guess) string {
	var all []string
	for _, st := range g.steps {
		all = append(all, st.outputs...)
	}
	all = append(all, s.binaries...)
	all = slices.DeleteFunc(all, func(n string) bool {
		return !modelFile().MatchString(path.Base(n)) || !plainName().MatchString(n) || !fs.ValidPath(n)
	})
	if i := slices.IndexFunc(all, func(n string) bool { return strings.Contains(path.Base(n), "model") }); i >= 0 {
		return all[i]
	}
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
