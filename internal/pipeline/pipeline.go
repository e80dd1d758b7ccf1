// Package pipeline knows the steps as a graph, and the recipe: what makes two runs the same. It is
// pure: it reads trees of objects, never a work tree, and runs nothing.
package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Recipe is the digest under which evidence is filed, and the files that went into it.
type Recipe struct {
	Digest    mlgate.Digest
	Files     []mlgate.TreeFile // paths relative to the folder of mlops.yaml, sorted
	Untracked []string          // inputs and params that git does not have and no step writes
	Moving    []string          // images of steps whose names may mean others tomorrow
}

// Open reports whether numbers depend on something that the recipe does not settle.
func (r Recipe) Open() bool { return len(r.Untracked)+len(r.Moving) > 0 }

// Needs tells for each step which others must end before it: those it names, and those that write
// what it reads.
func Needs(steps []mlgate.Step) map[string][]string {
	all := map[string][]string{}
	for _, s := range steps {
		needs := slices.Clone(s.Needs)
		for _, o := range steps {
			if o.Name != s.Name && !slices.Contains(needs, o.Name) && feeds(o, s) {
				needs = append(needs, o.Name)
			}
		}
		all[s.Name] = needs
	}
	return all
}

// feeds reports whether a writes anything that b reads.
func feeds(a, b mlgate.Step) bool {
	reads := slices.Clone(b.Inputs)
	for _, p := range b.Params {
		reads = append(reads, p.Path)
	}
	for _, out := range a.Outputs {
		for _, in := range reads {
			if glob.Path(in, out) || below(out, []string{in}) || below(in, []string{out}) {
				return true
			}
		}
	}
	return false
}

// Order sorts steps so that each comes after those it needs; among free ones the file's order
// counts. An unknown name or a circle is an error.
func Order(steps []mlgate.Step) ([]mlgate.Step, error) {
	var out []mlgate.Step
	needs, done := Needs(steps), map[string]bool{}
	for len(out) < len(steps) {
		before := len(out)
		for _, s := range steps {
			ready := !slices.ContainsFunc(needs[s.Name], func(n string) bool { return !done[n] })
			if !done[s.Name] && ready {
				out = append(out, s)
				done[s.Name] = true
				break
			}
		}
		if len(out) == before {
			return nil, &mlgate.Mistake{Err: errors.New("ordering the steps: some need each other in a circle, by `needs` or by reading what the other writes"), Fix: "a step must not read its own result, nor that of one that needs it"}
		}
	}
	return out, nil
}

// RecipeOf computes the recipe of a tree: the step definitions, the evidence sources, the artifact's
// path, and path, mode and blob id of every file that matches paths, inputs or params. mlops.yaml
// itself, the Rego files of policies it names and declared outputs are no part of it; outputs win over paths. The
// default for paths is everything below the folder but *.md and docs/**.
func RecipeOf(run config.Run, policies []string, tree mlgate.Tree) (Recipe, error) {
	all, err := tree.Files(run.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Recipe{}, fmt.Errorf("listing the files of %s: %w", run.Path, err)
	}
	m := newMatcher(run, policies)
	r := Recipe{Files: slices.Grow([]mlgate.TreeFile(nil), len(all))}
	prefix := ""
	if run.Dir != "." {
		prefix = run.Dir + "/"
	}
	for _, f := range all {
		f.Path = strings.TrimPrefix(f.Path, prefix)
		if m.wants(f.Path) || slices.Contains(m.pointers, f.Path) {
			r.Files = append(r.Files, f)
		}
	}
	if len(r.Files) == 0 {
		r.Files = nil // the digest tells them apart
	}
	for _, p := range m.plain {
		if !r.Has(p) && !r.Has(p+pointer) && !r.hasBelow(p) && !m.output(p) {
			r.Untracked = append(r.Untracked, p)
		}
	}
	slices.Sort(r.Untracked)
	r.Untracked = slices.Compact(r.Untracked)
	for _, s := range run.Steps {
		if s.Container.Moving() && !slices.Contains(r.Moving, s.Container.Image) {
			r.Moving = append(r.Moving, s.Container.Image)
		}
	}
	if r.Digest, err = digest(run, r.Files); err != nil {
		return Recipe{}, fmt.Errorf("computing the recipe of %s: %w", run.Path, err)
	}
	return r, nil
}

// at is where a path stands among the files, or would.
func (r Recipe) at(p string) (int, bool) {
	return slices.BinarySearchFunc(r.Files, p, func(f mlgate.TreeFile, p string) int { return strings.Compare(f.Path, p) })
}

// Has reports whether a file is part of the recipe.
func (r Recipe) Has(p string) bool {
	_, ok := r.at(p)
	return ok
}

func (r Recipe) hasBelow(p string) bool {
	i, _ := r.at(p + "/")
	return i < len(r.Files) && strings.HasPrefix(r.Files[i].Path, p+"/")
}

// pointer ends the name of the small file that DVC keeps in git in the place of a large one: it stands
// for the file's content.
const pointer = ".dvc"

// matcher knows which files belong to a model.
type matcher struct {
	wanted   []glob.Pattern
	declared []glob.Pattern // inputs and params alone
	plain    []string       // inputs and params without patterns
	pointers []string       // what stands in git for those that DVC keeps
	outputs  []string
	own      string // mlops.yaml
	policies []string
	byRule   bool // no `paths`: the default rule
}

func newMatcher(run config.Run, policies []string) matcher {
	m := matcher{own: path.Base(run.Path), byRule: run.Paths == nil}
	var declared []string
	for _, s := range run.Steps {
		m.outputs = append(m.outputs, s.Outputs...)
		inputs := slices.Clone(s.Inputs)
		for _, p := range s.Params {
			inputs = append(inputs, p.Path)
		}
		for _, p := range inputs {
			declared = append(declared, p)
			if glob.Plain(p) {
				m.plain = append(m.plain, p)
				m.pointers = append(m.pointers, p+pointer)
				declared = append(declared, p+"/**") // a folder
			}
		}
	}
	m.declared = glob.CompileAll(declared)
	var evidence []string // what is committed of it makes the numbers
	for _, src := range run.Evidence {
		evidence = append(evidence, src.Path, src.Path+"/**")
	}
	m.wanted = slices.Concat(glob.CompileAll(run.Paths), glob.CompileAll(evidence), m.declared)
	for _, p := range policies {
		if local, ok := strings.CutPrefix(p, "./"); ok {
			m.policies = append(m.policies, local)
		}
	}
	return m
}

func (m matcher) output(p string) bool { return below(p, m.outputs) }

func below(p string, tops []string) bool {
	return slices.ContainsFunc(tops, func(t string) bool {
		rest, ok := strings.CutPrefix(p, t)
		return ok && (rest == "" || rest[0] == '/')
	})
}

func (m matcher) wants(p string) bool {
	if p == m.own || m.output(p) {
		return false
	}
	if below(p, m.policies) && path.Ext(p) == ".rego" {
		return glob.MatchAny(m.declared, p)
	}
	if glob.MatchAny(m.wanted, p) {
		return true
	}
	return m.byRule && path.Ext(p) != ".md" && !strings.HasPrefix(p, "docs/")
}
