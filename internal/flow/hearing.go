package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Ask says what is to be judged.
type Ask struct {
	Change mlgate.Change
	Config string // path of mlops.yaml; empty: the only one
	Base   string // commit to compare with; empty: the tip of Change.BaseBranch, asked from the remote
}

// Hearing is everything that a judgment rests on, loaded before the first step runs: trees, the
// demands that must hold, ledger and registry as they were.
type Hearing struct {
	desk       Desk
	ask        Ask
	judged     side // what merging gives; on a push the pushed commit
	base       side // what the change is measured against: the base tip, or P on a push
	diffFrom   side // what its edits are told from: base, or in a review the merge base
	sides      map[sideKey]side
	reference  mlgate.Reference
	baseTip    string // as asked from the remote; empty: not asked
	rules      []rules
	own        *rules // of the change itself, when it edits its demands: a preview
	ownBroken  error  // why those cannot be used
	ownBlocks  bool   // they will block what they are merged with
	model      string
	log        mlgate.Log
	entries    []mlgate.Entry
	holds      map[string]mlgate.Hold
	pasts      map[string]*mlgate.Past // of accepted versions, by stage, as they were asked for
	demands    []mlgate.ValueChange
	steps      []mlgate.ValueChange
	files      []mlgate.FileChange
	bytes      []byte           // of the bundle's artifact
	stage      string           // asked for by hand; empty: those of `when: merge`
	conflict   string           // of a review's HEAD with the base tip
	evidence   *mlgate.Evidence // that was chosen of the judged side; nil: none, or not yet
	evidenceID mlgate.Digest
	sealed     mlgate.Digest // the newest verdict of this hearing
	origin     mlgate.Origin // of a push that is affected, and what a change says of itself
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// Begin loads what a judgment of ask rests on.
func (d Desk) Begin(ctx context.Context, ask Ask) (*Hearing, error) {
	d.Census = cmp.Or(d.Census, new(Census))
	h := &Hearing{desk: d, ask: ask}
	var err error
	if !h.isPush() {
		err = h.loadChange(ctx)
	} else {
		err = h.loadPush(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := h.loadRules(ctx); err != nil {
		return nil, err
	}
	if err := h.compare(ctx); err != nil {
		return nil, err
	}
	if err := h.desk.count(h.diffFrom, h.judged); err != nil {
		return nil, err
	}
	h.loadOwn(ctx)
	return h, nil
}

// loadChange: a pull request is judged as the tree that merging it into the base tip gives; a
// review on a laptop as HEAD is.
func (h *Hearing) loadChange(ctx context.Context) (err error) {
	d, c := h.desk, h.ask.Change
	tree, tip, from, err := h.trees(ctx)
	if err != nil {
		return err
	}
	if c.Event == mlgate.Local && tip != noCommit {
		if err := h.wouldConflict(ctx, tip, from); err != nil {
			return err
		}
	}
	if h.judged, err = d.side(ctx, c.Head, tree, h.ask.Config); err != nil {
		return err
	}
	h.remember(h.judged)
	if tip == noCommit {
		h.log, err = h.openLog(ctx)
		return err
	}
	if h.base, err = h.before(ctx, tip); err != nil {
		return err
	}
	h.diffFrom = h.base
	if from != tip {
		if h.diffFrom, err = h.before(ctx, from); err != nil {
			return err
		}
	}
	h.log, err = h.openLog(ctx)
	return err
}

// trees are the tree that is judged, the tip of the base, and the commit that edits are told from.
func (h *Hearing) trees(ctx context.Context) (tree, tip, from string, err error) {
	d, c := h.desk, h.ask.Change
	if tip = h.ask.Base; tip == "" {
		if tip, err = d.Branches.Tip(ctx, c.BaseBranch); err != nil {
			return "", "", "", fmt.Errorf("asking for the tip of %q: %w", c.BaseBranch, err)
		}
		h.baseTip = tip
	}
	wants := []string{c.Head}
	if tip != noCommit {
		wants = append(wants, tip)
	}
	if err := d.Repo.Fetch(ctx, wants...); err != nil {
		return "", "", "", fmt.Errorf("fetching base and head: %w", err)
	}
	tree, from = c.Head, tip
	switch {
	case tip == noCommit:
	case c.Event == mlgate.Local:
		from, err = d.Lineage.MergeBase(ctx, tip, c.Head)
	default:
		tree, err = d.Repo.MergeTree(ctx, tip, c.Head)
	}
	return tree, tip, from, err
}

// wouldConflict notes when merging would conflict: a review judges HEAD as it is, the pull request
// waits.
func (h *Hearing) wouldConflict(ctx context.Context, tip, from string) error {
	if from == tip || tip == h.ask.Change.Head || from == h.ask.Change.Head {
		return nil
	}
	_, err := h.desk.Repo.MergeTree(ctx, tip, h.ask.Change.Head)
	var waiting *mlgate.Waiting
	if errors.As(err, &waiting) {
		h.conflict, err = waiting.Reason, nil
	}
	return err
}

// noCommit as Ask.Base says that there is nothing to compare with: the first commit.
const noCommit = "none"

// NoBase is what Ask.Base says when there is nothing before the change.
const NoBase = noCommit

// loadPush: the pushed commit is judged as it is, against P: the newest push before it that was
// accepted.
func (h *Hearing) loadPush(ctx context.Context) (err error) {
	d, c := h.desk, h.ask.Change
	if err := d.Repo.Fetch(ctx, c.Head); err != nil {
		return fmt.Errorf("fetching the pushed commit: %w", err)
	}
	if h.judged, err = d.side(ctx, c.Head, "", h.ask.Config); err != nil {
		return err
	}
	h.remember(h.judged)
	if !h.judged.present() { // only what was there before tells which model it was
		if err := h.lastKnown(ctx); err != nil {
			return err
		}
	}
	if h.log, err = h.openLog(ctx); err != nil {
		return err
	}
	if h.reference, err = h.findReference(ctx); err != nil {
		return err
	}
	if h.reference.Commit == "" {
		return nil
	}
	h.base, err = h.before(ctx, h.reference.Commit)
	h.diffFrom = h.base
	return err
}

// lastKnown finds the model that a push deletes.
func (h *Hearing) lastKnown(ctx context.Context) error {
	before := h.ask.Change.Before
	if strings.Trim(before, "0") == "" {
		parents, err := h.desk.Lineage.FirstParents(ctx, h.ask.Change.Head, 1)
		if err != nil || len(parents) == 0 {
			return err
		}
		before = parents[0]
	}
	if err := h.desk.Repo.Fetch(ctx, before); err != nil {
		return fmt.Errorf("fetching the tip before this push: %w", err)
	}
	var err error
	h.base, err = h.before(ctx, before)
	return err
}

// openLog opens the ledger of the judged model, and reads holds and registry beside it.
func (h *Hearing) openLog(ctx context.Context) (mlgate.Log, error) {
	h.model = h.judged.run.Model
	if !h.judged.present() {
		h.model = h.base.run.Model
	}
	if h.model == "" {
		return nil, errNoConfig
	}
	log, err := h.desk.Ledger.Open(ctx, h.model)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger of %s: %w", h.model, err)
	}
	if h.entries, err = h.desk.Registry.List(ctx, h.model); err != nil {
		return nil, fmt.Errorf("reading the registry of %s: %w", h.model, err)
	}
	if err := rewritten(ctx, h.model, log, h.entries); err != nil {
		return nil, err
	}
	h.holds, err = holds(ctx, log)
	return log, err
}

// holds returns the newest word on each stage.
func holds(ctx context.Context, log mlgate.Log) (map[string]mlgate.Hold, error) {
	sealed, err := log.Find(ctx, mlgate.KindHold, "")
	if err != nil {
		return nil, fmt.Errorf("reading holds: %w", err)
	}
	all := map[string]mlgate.Hold{}
	for _, s := range sealed {
		var hold mlgate.Hold
		if err := s.Decode(&hold); err != nil {
			return nil, err
		}
		all[hold.Stage] = hold
	}
	return all, nil
}

func (h *Hearing) isPush() bool {
	return !h.ask.Change.Proposed() && h.ask.Change.Event != mlgate.Local
}
