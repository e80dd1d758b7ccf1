package flow

import (
	"fmt"
	"path"
	"slices"
	"sync"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// A change says how many models there are, and each costs requests, a place in the comment and writes to
// the ledger.
const (
	maxConfigs = 1000 // files of models in one commit
	maxForeign = 200  // models that one change from a fork may matter to
)

// Configs are the paths of every mlops.yaml of a tree, sorted. Too many are a Mistake.
func Configs(tree mlgate.Tree) ([]string, error) {
	all, err := tree.Files(".")
	if err != nil {
		return nil, fmt.Errorf("looking for %s in the commit: %w", mlgate.ConfigName, err)
	}
	var found []string
	for _, f := range all {
		if path.Base(f.Path) == mlgate.ConfigName && (f.Mode == "100644" || f.Mode == "100755") {
			found = append(found, f.Path)
		}
	}
	if len(found) > maxConfigs {
		return nil, &mlgate.Mistake{
			Err: fmt.Errorf("looking for %s in the commit: there are %d, and at most %d are looked at", mlgate.ConfigName, len(found), maxConfigs),
			Fix: "delete those that describe no model of yours, or split the repository",
		}
	}
	slices.Sort(found)
	return found, nil
}

// bounded refuses a change from a fork that may matter to more models than a stranger may have judged at
// once.
func (t Targets) bounded(c mlgate.Change) error {
	if !c.Fork || len(t.Configs) <= maxForeign {
		return nil
	}
	return &mlgate.Mistake{
		Err: fmt.Errorf("judging #%d: it may matter to %d models, and of a change from a fork at most %d are judged", c.Number, len(t.Configs), maxForeign),
		Fix: "split it into several pull requests, or let somebody who may push propose it from a branch of this repository",
	}
}

// Census remembers which models trees have: whoever judges many models of a tree asks for all of its
// names each time. The zero value is ready.
type Census struct {
	mu sync.Mutex
	of map[string][]resident // by the tree's id
}

// resident is one mlops.yaml and the model that it describes.
type resident struct{ file, model string }

// count reads the models of both sides' trees into the census, before a step can take the repository away.
func (d Desk) count(sides ...side) error {
	for _, s := range sides {
		if s.tree == nil {
			continue
		}
		if _, err := d.residents(s.tree); err != nil {
			return err
		}
	}
	return nil
}

// residents are the models of a tree, sorted by file.
func (d Desk) residents(tree mlgate.Tree) ([]resident, error) {
	if d.Census == nil {
		return residents(tree)
	}
	d.Census.mu.Lock()
	defer d.Census.mu.Unlock()
	if known, ok := d.Census.of[tree.ID()]; ok {
		return known, nil
	}
	all, err := residents(tree)
	if err != nil {
		return nil, err
	}
	if d.Census.of == nil {
		d.Census.of = map[string][]resident{}
	}
	d.Census.of[tree.ID()] = all
	return all, nil
}

func residents(tree mlgate.Tree) ([]resident, error) {
	files, err := Configs(tree)
	if err != nil {
		return nil, err
	}
	all := make([]resident, 0, len(files))
	for _, file := range files {
		src, err := tree.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading %q: %w", file, err)
		}
		all = append(all, resident{file, config.ModelOf(src)})
	}
	return all, nil
}

// neighbours are the other models of a tree, and the file that has the judged one's name too.
func (d Desk) neighbours(tree mlgate.Tree, except, model string) (others []string, taken string, err error) {
	if tree == nil {
		return nil, "", nil
	}
	all, err := d.residents(tree)
	if err != nil {
		return nil, "", err
	}
	for _, r := range all {
		if r.file == except {
			continue
		}
		if r.model == model {
			taken = r.file
		}
		others = append(others, r.model)
	}
	return others, taken, nil
}
