// Package flow tells the stories: run, judge, promote, roll back, as functions that read from top
// to bottom. Their order is the safety argument: judge before acting, record before acting.
//
// It holds no rules (the pure packages do) and no adapters: it reaches the world through the ports
// of package mlgate.
package flow

import (
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Desk is what judging and promoting need at hand. It holds no state of a story.
type Desk struct {
	Repo     mlgate.Repo
	Branches mlgate.Branches
	Lineage  mlgate.Lineage
	Ledger   mlgate.Ledger
	Registry mlgate.Registry
	// Store opens the store of a kind that `artifact: {store: …}` names.
	Store    func(kind string) (mlgate.Store, error)
	Reviews  mlgate.Reviews // who approved a pull request; nil: nobody can be asked
	Merges   mlgate.Merges  // which pull request brought a commit; nil: nobody can be asked
	Showcase Showcase
	Policies mlgate.Policies // those that live elsewhere
	Census   *Census         // nil: every look at a tree's models reads it anew
	Files    mlgate.Reader   // of numbers that the base committed, for a review alone; nil: only the ledger is asked
	// Forged are the findings about what somebody put beside the judged commit in mlgate's name; nil:
	// nobody looked.
	Forged func(model string) []mlgate.Finding
	Now    func() time.Time
	// Sleep waits between two tries; it ends early with ctx.
	Sleep   func(ctx context.Context, d time.Duration) error
	Notes   io.Writer // progress for people, a line each
	Version string    // of this mlgate
	By      string    // who asks: a login, or name and address from git
}

func (d Desk) note(format string, args ...any) { fmt.Fprintf(d.Notes, format+"\n", args...) }

// Locate finds the one mlops.yaml of a tree; asked names another place for it. No file, or several,
// is a Mistake.
func Locate(tree mlgate.Tree, asked string) (string, error) {
	if asked != "" {
		asked = path.Clean(asked)
		if _, err := tree.ReadFile(asked); err != nil {
			if _, no := tree.ReadDir(asked); no == nil {
				return "", aFolder(asked)
			}
			return "", &mlgate.Mistake{Err: fmt.Errorf("looking for %q in the commit: %w", asked, err), Fix: "commit the file, or name another one with --config"}
		}
		return asked, nil
	}
	found, err := Configs(tree)
	if err != nil {
		return "", err
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		if _, err := tree.ReadFile("mlops.yml"); err == nil {
			return "", &mlgate.Mistake{Err: fmt.Errorf("looking for %s: the commit has mlops.yml: %w", mlgate.ConfigName, mlgate.ErrNotFound), Fix: "rename it: git mv mlops.yml mlops.yaml"}
		}
		return "", errNoConfig
	}
	return "", &mlgate.Mistake{
		Err: fmt.Errorf("looking for %s: this commit has %d of them (%s)", mlgate.ConfigName, len(found), strings.Join(found[:min(5, len(found))], ", ")),
		Fix: "name the model's with --config",
	}
}

func aFolder(name string) error {
	return &mlgate.Mistake{Err: fmt.Errorf("reading %q: that is a folder", name), Fix: "name the file: --config " + path.Join(name, mlgate.ConfigName)}
}

// errNoConfig is what Locate says of a tree without the file.
var errNoConfig = &mlgate.Mistake{
	Err: fmt.Errorf("looking for %s: the commit has none: %w", mlgate.ConfigName, mlgate.ErrNotFound),
	Fix: "`mlgate init` writes one; commit it",
}
