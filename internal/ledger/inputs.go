package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// inputsFile is the one file of a commit that lies beside evidence.
const inputsFile = "inputs.json"

// beside writes the list of a record, and returns the commit that holds it. The same list is the same
// commit whenever it is written.
func (d *draft) beside(ctx context.Context, r mlgate.Sealed) (string, error) {
	list, err := r.Beside(ctx)
	if err != nil {
		return "", fmt.Errorf("reading the list of inputs: %w", err)
	}
	if len(list) > mlgate.MaxInputList {
		return "", fmt.Errorf("its list of inputs has %d bytes; at most %d are kept", len(list), mlgate.MaxInputList)
	}
	id, _, err := d.log.repo.Import(ctx, &git.Commit{Message: "inputs", At: time.Unix(0, 0), Put: []git.Blob{{Path: inputsFile, Data: list}}}, nil)
	if err != nil {
		return "", err
	}
	d.commit.Also = append(d.commit.Also, id)
	return id, nil
}

// inputs reads the list that a commit holds. It is not compared with anything here, but for its size: the
// evidence says what it must be.
func (l *gitLog) inputs(ctx context.Context, id string) ([]byte, error) {
	list, err := l.listOf(ctx, id)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("it lies in the commit %.12s beside the ledger %s, and does not come: %w; nothing is judged without it: run again, and if it stays see docs/troubleshooting.md, \"A list of inputs that does not come\"", id, l.ref, err)
	}
	return list, err
}

func (l *gitLog) listOf(ctx context.Context, id string) ([]byte, error) {
	if err := l.fetch(ctx, []mlgate.TreeFile{{Path: inputsFile, Mode: "160000", ID: id}}); err != nil {
		return nil, err
	}
	tree, err := l.repo.Tree(ctx, id)
	if err != nil {
		return nil, kept(err)
	}
	at, err := tree.Entry(inputsFile)
	if err != nil {
		return nil, kept(err)
	}
	list, err := l.repo.Blob(at.ID, mlgate.MaxInputList)
	return list, kept(err)
}
