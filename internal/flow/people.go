package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// owned fills in who may agree to the change, as of the base.
func (h *Hearing) owned(f *governance.Facts) error {
	d := h.diffFrom.demand
	f.Owners, f.Need = d.Owners, d.Approvals
	if !slices.Equal(d.Owners, []string{config.CodeOwners}) {
		return nil
	}
	var err error
	f.Owners = nil
	f.Code, err = codeOwners(h.diffFrom.tree)
	return err
}

// codeOwners reads the first CODEOWNERS that is there, as GitHub does.
func codeOwners(tree mlgate.Tree) (*governance.CodeOwners, error) {
	for _, name := range governance.CodeOwnersFiles {
		e, err := tree.Entry(name)
		if isNotExist(err) || errors.Is(err, mlgate.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("looking for %s: %w", name, err)
		}
		if e.Mode != "100644" && e.Mode != "100755" {
			return &governance.CodeOwners{File: name, Broken: "it is no regular file"}, nil
		}
		src, err := tree.ReadFile(name)
		if errors.Is(err, mlgate.ErrTooLarge) {
			return &governance.CodeOwners{File: name, Broken: "it is too large"}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		return governance.ParseCodeOwners(name, src), nil
	}
	return &governance.CodeOwners{}, nil
}

// poll asks the forge who made and who approved the change, when the change needs anybody's yes. That
// it cannot be asked is a finding, not an error: the change is judged all the same.
func (h *Hearing) poll(ctx context.Context, f *governance.Facts) {
	if !h.ask.Change.Proposed() || h.ask.Change.Number == 0 {
		return
	}
	owners := governance.Whom(*f)
	if len(owners) == 0 {
		return
	}
	f.Asked = governance.Silent
	if h.desk.Reviews == nil {
		return
	}
	if err := h.queued(ctx, f); err != nil {
		h.desk.note("asking for the pull request of the merge queue: %v", err)
		f.Refusal = err.Error()
		return
	}
	if f.Crowd != "" {
		return
	}
	people, err := h.desk.Reviews.People(ctx, h.ask.Change.Number, owners)
	if err != nil {
		h.desk.note("asking who approved #%d: %v", h.ask.Change.Number, err)
		f.Refusal = err.Error()
		return
	}
	f.People, f.Asked = people, governance.Forge
}

// queued: in a merge queue people approved the head of the pull request, not the commit that the queue
// made of it. A push takes a pull request out of the queue, so its head is that of now.
func (h *Hearing) queued(ctx context.Context, f *governance.Facts) error {
	c := h.ask.Change
	if c.Event != mlgate.MergeGroup {
		return nil
	}
	if h.desk.Merges == nil {
		return errors.New("there is no forge to ask here")
	}
	head, branch, err := h.desk.Merges.Head(ctx, c.Number)
	if err == nil && branch != c.BaseBranch {
		err = fmt.Errorf("#%d goes to %q, and the queue is of %q", c.Number, branch, c.BaseBranch)
	}
	if f.Head = head; err != nil {
		return err
	}
	return h.sole(ctx, f)
}

// sole: a group may hold pull requests that are ahead in the queue, and only the last one's number is
// known, so only its people are. It is alone when merging its head into the base gives what the group is.
func (h *Hearing) sole(ctx context.Context, f *governance.Facts) error {
	if err := h.desk.Repo.Fetch(ctx, f.Head); err != nil {
		return fmt.Errorf("fetching the head of #%d: %w", h.ask.Change.Number, err)
	}
	tree, err := h.desk.Repo.MergeTree(ctx, h.base.commit, f.Head)
	var conflict *mlgate.Waiting // with the base; those ahead of it solve it
	if err != nil && !errors.As(err, &conflict) {
		return err
	}
	if tree != h.judged.tree.ID() {
		f.Crowd = fmt.Sprintf("this group of the merge queue changes more than #%d does: who made and who approved the others is not known", h.ask.Change.Number)
	}
	return nil
}
