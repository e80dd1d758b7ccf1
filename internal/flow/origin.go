package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

const (
	// maxAsked is how many commits of one push the forge is asked for.
	maxAsked = 50
	// A merge is known to the forge's list a moment after it is pushed; that long it is asked again.
	originTries = 4
	originWait  = time.Second
)

// findOrigin asks which pull request brought the pushed commit, once for a hearing. That the forge does
// not tell is an error only where something rests on it.
func (h *Hearing) findOrigin(ctx context.Context) error {
	h.origin = mlgate.Origin{}
	o := &h.origin
	message, err := h.desk.Lineage.Message(ctx, h.ask.Change.Head)
	if err != nil { // only advice rests on it, and a step may have deleted the repository by now
		h.desk.note("what the message of %.12s says is left out: %v", h.ask.Change.Head, err)
	}
	o.Picked, o.Reverts = promotion.Said(message)
	if !h.ask.Change.Promoting() {
		return nil
	}
	refuse, labels := h.restsOnOrigin()
	if h.desk.Merges == nil {
		o.Unasked = "there is no forge to ask here"
		return nil
	}
	commits := []string{h.ask.Change.Head}
	if refuse {
		if commits, err = h.pushed(ctx); err != nil {
			return err
		}
	}
	for i, commit := range commits {
		by, ok, err := h.broughtBy(ctx, commit, commits[:i], refuse || labels)
		switch {
		case err != nil && labels:
			return fmt.Errorf("asking which pull request brought %.12s, for its labels: %w", commit, err)
		case err != nil:
			h.desk.note("asking which pull request brought %.12s: %v", commit, err)
			o.Unasked = err.Error()
			return nil
		case !ok:
			o.Direct = append(o.Direct, commit)
		case i == 0:
			o.Pull, o.Title, o.Author, o.Head, o.Labels = by.Number, by.Title, by.Author, by.Head, by.Labels
		}
	}
	return nil
}

// look finds out where the commit comes from, and what follows from that.
func (h *Hearing) look(ctx context.Context, out *mlgate.Outcome) error {
	if err := h.findOrigin(ctx); err != nil {
		return err
	}
	if h.ask.Change.Promoting() {
		out.Origin = h.origin
	}
	out.Findings = append(out.Findings, h.direct()...)
	var err error
	out.Advice, err = h.advise(ctx)
	return err
}

// restsOnOrigin: whether a push without a pull request is refused, and whether labels name versions.
func (h *Hearing) restsOnOrigin() (refuse, labels bool) {
	for _, r := range h.rules {
		for _, s := range r.demand.Promote {
			refuse = refuse || s.When == "merge" && s.DirectPush == "refuse"
			labels = labels || s.When == "merge" && s.Bump == promotion.ByLabels
		}
	}
	return refuse, labels
}

// pushed are the commits that this push brought to the branch's own line, newest first.
func (h *Hearing) pushed(ctx context.Context) ([]string, error) {
	c := h.ask.Change
	all := []string{c.Head}
	if c.Before == "" || c.Before == noID(c.Before) || c.Before == c.Head {
		return all, nil // a new branch, or not told: the newest alone
	}
	line, cut := h.desk.Lineage.FirstParents(ctx, c.Head, maxAsked)
	end := slices.Index(line, c.Before)
	if end >= 0 {
		return append(all, line[:end]...), nil
	}
	if cut != nil {
		return nil, fmt.Errorf("looking for what this push brought: %w", cut)
	}
	if err := h.desk.Repo.Fetch(ctx, c.Before); err != nil {
		return nil, fmt.Errorf("fetching the tip before this push: %w", err)
	}
	on, err := h.desk.Lineage.IsAncestor(ctx, c.Before, c.Head)
	if on && err == nil && len(line) >= maxAsked {
		err = fmt.Errorf("looking for what this push brought: more than %d commits, and for each the forge would have to be asked", maxAsked)
	}
	return all, err // the branch was forced, or merged the other way round: the newest alone
}

// BroughtBy is the merged pull request that brought a commit to a branch, as the forge tells; later are
// the commits that came after it in the same push.
func (d Desk) BroughtBy(ctx context.Context, commit, branch string, later ...string) (mlgate.Merged, bool, error) {
	if d.Merges == nil {
		return mlgate.Merged{}, false, nil
	}
	known, err := d.Merges.Merged(ctx, commit)
	if err != nil {
		return mlgate.Merged{}, false, fmt.Errorf("asking which pull request brought %.12s: %w", commit, err)
	}
	by, ok := promotion.BroughtBy(commit, branch, later, known)
	return by, ok, nil
}

func (h *Hearing) broughtBy(ctx context.Context, commit string, later []string, wait bool) (mlgate.Merged, bool, error) {
	for try := 1; ; try++ {
		known, err := h.desk.Merges.Merged(ctx, commit)
		if err != nil {
			return mlgate.Merged{}, false, err
		}
		by, ok := promotion.BroughtBy(commit, h.ask.Change.BaseBranch, later, known)
		if ok || !wait || len(known) > 0 || try == originTries {
			return by, ok, nil
		}
		if err := h.desk.Sleep(ctx, originWait); err != nil {
			return by, false, err
		}
	}
}

// direct is what a push without a pull request means where it is refused.
func (h *Hearing) direct() []mlgate.Finding {
	refuse, _ := h.restsOnOrigin()
	o := h.origin
	if !refuse || !h.ask.Change.Promoting() {
		return nil
	}
	f := mlgate.Finding{Rule: "governance/direct-push", Status: mlgate.Fail, Pos: mlgate.Pos{File: h.judged.file}}
	switch {
	case o.Unasked != "":
		f.Status, f.Message = mlgate.Unknown, "which pull request brought this push could not be found out: "+o.Unasked
		f.Fix = "`direct_push: refuse` needs it: give the judging job `permissions: pull-requests: read`"
	case len(o.Direct) > 0:
		f.Message = fmt.Sprintf("no pull request brought %.7s, and `direct_push: refuse` stands in promote", o.Direct[0])
		if n := len(o.Direct); n > 1 {
			f.Message = fmt.Sprintf("no pull request brought %.7s and %d more commits of this push, and `direct_push: refuse` stands in promote", o.Direct[0], n-1)
		}
		f.Fix = "open a pull request with what is to be promoted; the merge of the next one is judged anew"
	default:
		return nil
	}
	return []mlgate.Finding{f}
}

// advise proposes a rollback where the change takes back what a stage has: going back at once is quicker
// than a new version, and a stage that is moved by hand would keep it.
func (h *Hearing) advise(ctx context.Context) ([]string, error) {
	back := h.origin.Reverts
	if back == "" {
		return nil, nil
	}
	var advice []string
	for _, rule := range h.stages() {
		now, ok := promotion.Current(h.entries, rule.To)
		if !ok {
			continue
		}
		d, err := promotion.Rollback(promotion.Facts{Model: h.model, Entries: h.entries, Holds: h.holds, Reason: "?", Now: h.desk.Now()}, rule.To, "")
		if err != nil || d.Action != promotion.Move {
			continue
		}
		in, err := h.holdsCommit(ctx, back, now.Commit)
		if err != nil {
			return advice, err
		}
		if !in {
			continue
		}
		before, err := h.holdsCommit(ctx, back, d.Move.Commit)
		if err != nil {
			return advice, err
		}
		if !before {
			advice = append(advice, fmt.Sprintf("this takes back %.7s, which came with %s, and that is in %s; to go back to %s at once: mlgate rollback %s --reason …", back, now.Version, rule.To, d.Move.Version, rule.To))
		}
	}
	return advice, nil
}

// holdsCommit reports whether a version's commit has an earlier one in it. One that is not here is in
// none.
func (h *Hearing) holdsCommit(ctx context.Context, commit, of string) (bool, error) {
	if err := h.desk.Repo.Fetch(ctx, of); err != nil {
		return false, fmt.Errorf("fetching %.12s: %w", of, err)
	}
	if _, err := h.desk.Repo.Tree(ctx, commit); err != nil {
		return false, nil //nolint:nilerr // the message names what this repository does not have
	}
	return h.desk.Lineage.IsAncestor(ctx, commit, of)
}
