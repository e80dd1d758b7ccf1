package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxBeside bounds one file of a commit that lies beside evidence, in bytes, and maxFilesBeside their number.
const (
	maxBeside      = max(mlgate.MaxInputList, mlgate.MaxExampleList)
	maxFilesBeside = 1 + mlgate.MaxTables
)

// beside writes what lies beside a record, and returns the commit that holds it. The same files are the
// same commit whenever they are written.
func (d *draft) beside(ctx context.Context, r mlgate.Sealed) (string, error) {
	files, err := r.Beside(ctx)
	if err != nil {
		return "", fmt.Errorf("reading what lies beside it: %w", err)
	}
	var put []git.Blob
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if len(files[name]) > maxBeside {
			return "", fmt.Errorf("%s beside it has %d bytes; at most %d are kept", name, len(files[name]), maxBeside)
		}
		put = append(put, git.Blob{Path: name, Data: files[name]})
	}
	id, _, err := d.log.repo.Import(ctx, &git.Commit{Message: "inputs", At: time.Unix(0, 0), Put: put}, nil)
	if err != nil {
		return "", err
	}
	d.commit.Also = append(d.commit.Also, id)
	return id, nil
}

// beside reads the files that a commit holds. They are not compared with anything here, but for their
// size: the evidence says what they must be.
func (l *gitLog) beside(ctx context.Context, id string) (mlgate.Files, error) {
	files, err := l.filesOf(ctx, id)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("it lies in the commit %.12s beside the ledger %s, and does not come: %w; nothing is judged without it: run again, and if it stays see docs/troubleshooting.md, \"A list of inputs that does not come\"", id, l.ref, err)
	}
	return files, err
}

func (l *gitLog) filesOf(ctx context.Context, id string) (mlgate.Files, error) {
	if err := l.fetch(ctx, []mlgate.TreeFile{{Path: "beside", Mode: "160000", ID: id}}); err != nil {
		return nil, err
	}
	tree, err := l.repo.Tree(ctx, id)
	if err != nil {
		return nil, kept(err)
	}
	entries, err := tree.ReadDir(".")
	if err != nil {
		return nil, kept(err)
	}
	if len(entries) > maxFilesBeside {
		return nil, fmt.Errorf("it holds %d files; at most %d are read", len(entries), maxFilesBeside)
	}
	files := mlgate.Files{}
	for _, e := range entries {
		at, err := tree.Entry(e.Name())
		if err != nil {
			return nil, kept(err)
		}
		if files[e.Name()], err = l.repo.Blob(at.ID, maxBeside); err != nil {
			return nil, kept(err)
		}
	}
	return files, nil
}
