// Package pipeline knows the steps as a graph, and the recipe: what makes two runs the same. It is
// pure: it reads trees of objects, never a work tree, and runs nothing.
package pipeline

import (
	"encoding/json"
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
}

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

// document is what the recipe digests, as JSON with sorted files. Timeouts are left out: they change
// whether numbers come, not which.
type document struct {
	Format   int
	Steps    []mlgate.Step
	Evidence []mlgate.Source
	Artifact string
	Files    []mlgate.TreeFile
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
	var r Recipe
	have := map[string]bool{}
	for _, f := range all {
		if run.Dir != "." {
			f.Path = strings.TrimPrefix(f.Path, run.Dir+"/")
		}
		pointed := slices.ContainsFunc(m.plain, func(p string) bool { return f.Path == p+pointer })
		if m.wants(f.Path) || pointed {
			r.Files = append(r.Files, f)
			have[f.Path] = true
		}
	}
	for _, p := range m.plain {
		if !have[p] && !have[p+pointer] && !m.output(p) && !slices.ContainsFunc(r.Files, func(f mlgate.TreeFile) bool { return strings.HasPrefix(f.Path, p+"/") }) {
			r.Untracked = append(r.Untracked, p)
		}
	}
	slices.Sort(r.Untracked)
	r.Untracked = slices.Compact(r.Untracked)
	doc, err := json.Marshal(document{1, run.Steps, run.Evidence, run.Artifact, r.Files})
	if err != nil {
		return Recipe{}, fmt.Errorf("computing the recipe of %s: %w", run.Path, err)
	}
	r.Digest = mlgate.DigestOf(doc)
	return r, nil
}

// pointer ends the name of the small file that DVC keeps in git in the place of a large one: it stands
// for the file's content.
const pointer = ".dvc"

// matcher knows which files belong to a model.
type matcher struct {
	wanted   []string
	declared []string // inputs and params alone
	plain    []string // inputs and params without patterns
	outputs  []string
	own      string // mlops.yaml
	policies []string
	byRule   bool // no `paths`: the default rule
}

func newMatcher(run config.Run, policies []string) matcher {
	m := matcher{own: path.Base(run.Path), wanted: slices.Clone(run.Paths), byRule: run.Paths == nil}
	for _, s := range run.Steps {
		m.outputs = append(m.outputs, s.Outputs...)
		inputs := slices.Clone(s.Inputs)
		for _, p := range s.Params {
			inputs = append(inputs, p.Path)
		}
		for _, p := range inputs {
			m.declared = append(m.declared, p)
			if glob.Plain(p) {
				m.plain = append(m.plain, p)
				m.declared = append(m.declared, p+"/**") // a folder
			}
		}
	}
	m.wanted = append(m.wanted, m.declared...)
	for _, p := range policies {
		if local, ok := strings.CutPrefix(p, "./"); ok {
			m.policies = append(m.policies, local)
		}
	}
	return m
}

func (m matcher) output(p string) bool { return below(p, m.outputs) }

func below(p string, tops []string) bool {
	return slices.ContainsFunc(tops, func(t string) bool { return p == t || strings.HasPrefix(p, t+"/") })
}

func (m matcher) wants(p string) bool {
	if p == m.own || m.output(p) {
		return false
	}
	if below(p, m.policies) && path.Ext(p) == ".rego" {
		return slices.ContainsFunc(m.declared, func(w string) bool { return glob.Path(w, p) })
	}
	if slices.ContainsFunc(m.wanted, func(w string) bool { return glob.Path(w, p) }) {
		return true
	}
	return m.byRule && path.Ext(p) != ".md" && !strings.HasPrefix(p, "docs/")
}
