package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// before reads the side that the judged one is compared with. Its mlops.yaml may stand elsewhere: a
// file that was moved or renamed is still judged by what was demanded of it.
func (h *Hearing) before(ctx context.Context, commit string) (side, error) {
	s, err := h.at(ctx, commit)
	var mistake *mlgate.Mistake
	if errors.As(err, &mistake) {
		return s, h.brokenBefore(err)
	}
	return s, err
}

// at reads the judged model as another commit has it, at whatever path.
func (h *Hearing) at(ctx context.Context, commit string) (side, error) {
	tree, err := h.desk.Repo.Tree(ctx, commit)
	if err != nil {
		return side{}, fmt.Errorf("reading commit %.12s: %w", commit, err)
	}
	file, err := h.desk.counterpart(tree, h.judged, h.ask.Config)
	if err != nil {
		return side{}, err
	}
	if file == "" {
		return side{commit: commit, tree: tree}, nil
	}
	if s, ok := h.sides[sideKey{tree.ID(), file}]; ok {
		s.commit = commit
		return s, nil
	}
	s, err := h.desk.side(ctx, commit, "", file)
	if err == nil {
		h.remember(s)
	}
	return s, err
}

// sideKey is what a side follows from: the commit only gives it a name.
type sideKey struct{ tree, file string }

// remember keeps a side that was read: a stage often points at a tree that is looked at anyway, and
// its recipe may go over a hundred thousand files.
func (h *Hearing) remember(s side) {
	if h.sides == nil {
		h.sides = map[sideKey]side{}
	}
	h.sides[sideKey{s.tree.ID(), s.file}] = s
}

// brokenBefore says whose mistake it is that the rules before a change cannot be used.
func (h *Hearing) brokenBefore(err error) error {
	branch := h.ask.Change.BaseBranch
	if branch == "" {
		branch = "the base"
	}
	return fmt.Errorf("%w\n  these are the rules before this change, and they judge it; until they are repaired on %s nothing can be judged: merge the repair over the red check", err, branch)
}

// counterpart finds, in the tree before, the file that the judged mlops.yaml comes from: the one at
// its path; else the one that describes its model; else one that the change takes away. Empty: there
// is none, the judged one is new.
func (d Desk) counterpart(before mlgate.Tree, judged side, asked string) (string, error) {
	all, err := Configs(before)
	if err != nil {
		return "", err
	}
	if !judged.present() {
		switch {
		case slices.Contains(all, asked):
			return asked, nil
		case asked == "" && len(all) > 0:
			return all[0], nil
		}
		return "", nil
	}
	if slices.Contains(all, judged.file) {
		return judged.file, nil
	}
	named, err := d.residents(before)
	if err != nil {
		return "", err
	}
	gone := ""
	for _, r := range named {
		if r.model == judged.run.Model {
			return r.file, nil
		}
		if _, err := judged.tree.ReadFile(r.file); err != nil && gone == "" {
			gone = r.file
		}
	}
	return gone, nil
}
