package flow

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// compare tells what the change edits: files, its own demands, its own steps.
func (h *Hearing) compare(ctx context.Context) (err error) {
	if h.diffFrom.tree == nil {
		return nil
	}
	if h.files, err = h.desk.Repo.Changed(ctx, h.diffFrom.tree, h.judged.tree); err != nil {
		return fmt.Errorf("comparing the trees: %w", err)
	}
	if !h.diffFrom.present() || !h.judged.present() {
		return nil
	}
	h.demands, h.steps, _ = config.Diff(h.diffFrom.src, h.judged.src)
	h.demands = append(h.demands, policyChanges(h.diffFrom, h.judged)...)
	return nil
}

// touched are the changed files that make or judge numbers, mlops.yaml aside: that has a table of its
// own.
func (h *Hearing) touched() []string {
	recipe := map[string]bool{}
	for _, s := range []side{h.diffFrom, h.judged} {
		for _, f := range s.recipe.Files {
			recipe[path.Join(s.run.Dir, f.Path)] = true
		}
	}
	var out []string
	for _, f := range h.files {
		if recipe[f.Path] || (f.Path != h.judged.file && governance.Protected(h.diffFrom.demand.Protected, h.diffFrom.demand.Dir, f.Path)) {
			out = append(out, f.Path)
		}
	}
	return out
}

// policyChanges tells edits of the Rego files that the demands name, by short digest.
func policyChanges(from, to side) []mlgate.ValueChange {
	files := map[string]*mlgate.ValueChange{}
	for i, s := range []side{from, to} {
		for _, set := range s.sets {
			for _, m := range set.Modules {
				c := files[m.Path]
				if c == nil {
					c = &mlgate.ValueChange{Name: "policy " + m.Path}
					files[m.Path] = c
				}
				digest := mlgate.DigestOf(m.Source).Short()
				if i == 0 {
					c.Old = digest
				} else {
					c.New = digest
				}
			}
		}
	}
	var out []mlgate.ValueChange
	for _, c := range files {
		if c.Old != c.New {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b mlgate.ValueChange) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// governanceFacts are what the rules about people and demands look at.
func (h *Hearing) governanceFacts(ctx context.Context) (governance.Facts, error) {
	from, to := h.diffFrom, h.judged
	f := governance.Facts{
		Demands: h.demands, Steps: h.steps, Path: cmp.Or(to.file, from.file), Files: h.files,
		Head: h.ask.Change.Head, Base: h.ask.Change.BaseBranch,
	}
	var err error
	if from.present() {
		f.Protected, f.Dir = from.demand.Protected, from.demand.Dir
		if err = h.owned(&f); err != nil {
			return f, err
		}
	}
	if from.present() && to.present() && from.file != to.file {
		f.MovedFrom = from.file
	}
	if to.present() && (!from.present() || f.MovedFrom != "") {
		if f.Others, _, err = h.desk.neighbours(from.tree, from.file, ""); err != nil {
			return f, err
		}
	}
	if to.present() {
		if _, f.Taken, err = h.desk.neighbours(to.tree, to.file, to.run.Model); err != nil {
			return f, err
		}
		f.NewModel = to.run.Model
	}
	f.NewFile = !from.present() && to.present()
	f.Deleted = from.present() && !to.present()
	if from.present() && to.present() {
		f.OldModel = from.run.Model
	}
	h.poll(ctx, &f)
	return f, nil
}

// facts are what promotion decides on, for one commit.
func (h *Hearing) facts(ctx context.Context, commit string) (promotion.Facts, error) {
	f := promotion.Facts{
		Model: h.model, Entries: h.entries, Holds: h.holds, Stages: slices.Clone(h.stages()), Commit: commit,
		By: h.desk.By, Now: h.desk.Now(), Descends: map[string]bool{}, Older: map[string]bool{}, Same: map[string]bool{},
	}
	for i, rule := range f.Stages {
		if rule.Bump == promotion.ByLabels {
			f.Stages[i].Bump = promotion.BumpOf(h.labels())
		}
	}
	if err := standing(ctx, h.log, &f); err != nil {
		return f, err
	}
	for _, rule := range f.Stages {
		same, err := h.inService(ctx, rule.To)
		if err != nil {
			return f, err
		}
		f.Same[rule.To] = same && commit != ""
	}
	return f, h.desk.descent(ctx, &f)
}

// labels are those of the pull request: on a push of the one that brought it.
func (h *Hearing) labels() []string {
	if h.isPush() {
		return h.origin.Labels
	}
	return h.ask.Change.Labels
}

// stages are those of the newest demands that hold.
func (h *Hearing) stages() []mlgate.StageRule {
	if len(h.rules) == 0 {
		return nil
	}
	return h.rules[len(h.rules)-1].demand.Promote
}
