package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// gitLog is the ledger at one commit.
type gitLog struct {
	repo  *git.Repo
	ref   string
	model string
	head  string
	tree  mlgate.Tree // nil: nothing recorded yet
}

func (l *gitLog) Head() string { return l.head }

// folder is where the records of a kind and key lie, in the ledger or on a shelf.
func folder(kind mlgate.Kind, key string) string {
	if key == "" || perStage(kind) {
		return string(kind)
	}
	return path.Join(string(kind), key[:min(2, len(key))], key)
}

// shelves is the folder of links.
const shelves = "shelf"

// shelf is the link of a key: one of 4,096 for keys that are spread evenly, as digests and ids are.
func shelf(key string) string {
	start := strings.ReplaceAll((key + "___")[:3], "/", "_")
	return path.Join(shelves, start[:1], start[1:])
}

// shelved reports whether records of a kind can be on shelves: those of which there are ever more.
func shelved(kind mlgate.Kind) bool {
	return kind == mlgate.KindEvidence || kind == mlgate.KindVerdict || kind == mlgate.KindMove
}

// Find reads records; the order is that of writing.
func (l *gitLog) Find(ctx context.Context, kind mlgate.Kind, key string) ([]mlgate.Sealed, error) {
	if key != "" && !fileable(kind, key) {
		return nil, nil // Prepare files nothing under it, and as a path it might lead anywhere
	}
	dir := folder(kind, key)
	if perStage(kind) && key != "" {
		dir = stageFile(kind, key)
	}
	found, err := l.read(ctx, l.tree, kind, dir)
	if err != nil {
		return nil, err
	}
	trees, err := l.stacks(ctx, kind, key)
	if err != nil {
		return nil, err
	}
	for _, t := range trees {
		more, err := l.read(ctx, t, kind, dir)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	slices.SortStableFunc(found, func(a, b mlgate.Sealed) int {
		return cmp.Or(cmp.Compare(a.Envelope.Attempt, b.Envelope.Attempt), a.Envelope.At.Compare(b.Envelope.At))
	})
	return found, nil
}

// OpenMoves reads the moves that are neither done nor lost.
func (l *gitLog) OpenMoves(ctx context.Context) ([]mlgate.Sealed, error) {
	return l.read(ctx, l.tree, mlgate.KindMove, "open")
}

// stacks opens the shelves that records of a kind and key can be on.
func (l *gitLog) stacks(ctx context.Context, kind mlgate.Kind, key string) ([]mlgate.Tree, error) {
	if l.tree == nil || !shelved(kind) {
		return nil, nil
	}
	dir := shelves
	if key != "" {
		dir = shelf(key)
	}
	links, err := l.tree.Files(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, l.unreadable(err)
	}
	var trees []mlgate.Tree
	if err := l.fetch(ctx, links); err != nil {
		return nil, err
	}
	for _, link := range links {
		t, err := l.repo.Tree(ctx, link.ID)
		if err != nil {
			return nil, l.unreadable(err)
		}
		trees = append(trees, t)
	}
	return trees, nil
}

// fetch brings shelves, in one round. A remote that hands out nothing but what its references name
// sends the ledger's whole history instead, in which they are.
func (l *gitLog) fetch(ctx context.Context, links []mlgate.TreeFile) error {
	var ids []string
	for _, link := range links {
		if link.Mode != "160000" {
			return l.unreadable(fmt.Errorf("%s is no link to a shelf%s", link.Path, restore))
		}
		ids = append(ids, link.ID)
	}
	err := l.repo.FetchTip(ctx, ids...)
	if errors.Is(err, mlgate.ErrNotFound) {
		if err = l.repo.FetchAnew(ctx, l.head); err == nil {
			err = l.repo.FetchTip(ctx, ids...) // what the history has is here
		}
	}
	if err != nil {
		return l.unreadable(err)
	}
	return nil
}

func (l *gitLog) read(ctx context.Context, tree mlgate.Tree, kind mlgate.Kind, dir string) ([]mlgate.Sealed, error) {
	if tree == nil {
		return nil, nil
	}
	files, err := tree.Files(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, l.unreadable(err)
	}
	var out []mlgate.Sealed
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s, err := l.record(kind, tree, f.Path)
		if err != nil {
			return nil, fmt.Errorf("reading %s of the ledger %s at %.12s: %w", f.Path, l.ref, l.head, kept(err))
		}
		out = append(out, s)
	}
	return out, nil
}

func (l *gitLog) unreadable(err error) error {
	return fmt.Errorf("reading the ledger %s: %w", l.ref, kept(err))
}

// kept makes an error of an object that did not come: a record that cannot be read is not one that
// does not exist, and no caller may take it for that.
func kept(err error) error {
	if errors.Is(err, mlgate.ErrNotFound) {
		return fmt.Errorf("the ledger is unreadable: the remote keeps back a part of it (%v)%s", err, restore) //nolint:errorlint // see above
	}
	return err
}
