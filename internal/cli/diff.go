package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/diff"
	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/dvc"
	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
	"github.com/mlgate/mlgate/internal/report"
	"github.com/mlgate/mlgate/internal/worktree"
)

func (a *app) diffCommand() *cobra.Command {
	var format string
	var all bool
	c := &cobra.Command{
		Use:   "diff [A [B]] | diff A..B",
		Short: "Compare the metrics and params of two commits, or of a commit and the work tree; judges nothing",
		Long: `Compare the metrics and params of two commits. Without B the other side is the work tree, without
A it is HEAD; A..B is the same as A B. No mlops.yaml is needed: files that a dvc.yaml names and files of the usual names
(metrics.json, eval/metrics.json, params.yaml, …) are found; with an mlops.yaml that names evidence,
its files count alone. Nothing is run, and a difference is no failure: exit code 0.`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return a.diff(cmd.Context(), args, format, all) },
	}
	c.Flags().StringVar(&format, "format", "text", "text, markdown or json")
	c.Flags().BoolVar(&all, "all", false, "list what is the same, too")
	return c
}

func (a *app) diff(ctx context.Context, revs []string, format string, all bool) error {
	if format != "text" && format != "markdown" && format != "json" {
		return &mlgate.Mistake{Err: fmt.Errorf("unknown --format %q", format), Fix: "text, markdown or json"}
	}
	// Thousands of small files make much garbage in little memory: collecting it less often saves an
	// eighth of the time for 6 MB.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	revs, err := sides(revs)
	if err != nil {
		return err
	}
	clone, commits, err := git.FindCommits(ctx, a.Dir, a.Environ, revs)
	if err != nil {
		return a.orPath(revs, err)
	}
	tmp, err := os.MkdirTemp("", "mlgate-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	repo, err := git.Open(ctx, git.Options{Dir: tmp, Borrow: &clone, Env: a.Environ, Now: a.Now})
	if err != nil {
		return err
	}
	defer repo.Close()
	ask := diff.Ask{Config: a.config, All: all, Version: a.Version, Kept: dvc.Open(clone.Dir).Read}
	if ask.Old, err = diff.AtCommit(ctx, repo, revs[0], commits[0]); err != nil {
		return err
	}
	if len(revs) == 2 {
		if ask.New, err = diff.AtCommit(ctx, repo, revs[1], commits[1]); err != nil {
			return err
		}
		return a.compare(ctx, ask, format)
	}
	work, src, err := workSource(ctx, clone)
	if err != nil {
		return err
	}
	defer work.Close()
	ask.New = src
	return a.compare(ctx, ask, format)
}

// sides are the commits asked for; A..B is two, and what is left out of it is HEAD, as git has it.
func sides(args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{"HEAD"}, nil
	}
	from, to, ok := strings.Cut(args[0], "..")
	switch {
	case !ok || len(args) > 1:
		return args, nil
	case strings.HasPrefix(to, "."):
		return nil, &mlgate.Mistake{Err: fmt.Errorf("comparing %q: three dots ask for the merge base", args[0]), Fix: "name it: mlgate diff $(git merge-base A B) B; two dots compare A itself with B"}
	}
	return []string{cmp.Or(from, "HEAD"), cmp.Or(to, "HEAD")}, nil
}

// orPath says of a name that is no commit and a path what to do with it.
func (a *app) orPath(revs []string, err error) error {
	var m *mlgate.Mistake
	for _, rev := range revs {
		if _, no := os.Lstat(a.path(rev)); no == nil && rev != "" && errors.As(err, &m) && strings.Contains(err.Error(), fmt.Sprintf("resolving %q", rev)) {
			return &mlgate.Mistake{Err: m.Err, Fix: "it is a path: leave it out. mlgate diff takes commits and finds the files itself; name some under `evidence` of mlops.yaml to compare those alone"}
		}
	}
	return err
}

// maxNames is how many names of a work tree are looked at: data folders may hold millions.
const maxNames = 200_000

// workSource opens the work tree of a clone. The caller closes the folder.
func workSource(ctx context.Context, clone git.Clone) (*worktree.Folder, diff.Source, error) {
	var src diff.Source
	if clone.Dir == clone.GitDir {
		return nil, src, &mlgate.Mistake{Err: errors.New("comparing with the work tree: this repository is bare and has none"), Fix: "name two commits: mlgate diff A B"}
	}
	work, err := worktree.Open(clone.Dir)
	if err != nil {
		return nil, src, err
	}
	files, whole, err := work.Listing(ctx, maxNames, discovery.Foreign)
	if err != nil {
		return nil, src, errors.Join(err, work.Close())
	}
	src = diff.Source{Side: mlgate.DiffSide{Name: "work tree"}, Files: files, Look: work.Entry}
	src.Read = func(name string) ([]byte, error) { return work.ReadPlain(filepath.ToSlash(name), diff.MaxFile) }
	if !whole {
		src.Note = fmt.Sprintf("only the first %d names were looked at, upper folders first", maxNames)
	}
	return work, src, nil
}

// compare prints the difference, and ends with "could not find out" when a file that should have been
// compared could not be read.
func (a *app) compare(ctx context.Context, ask diff.Ask, format string) error {
	d, err := diff.Compare(ctx, reader.Files{}, ask)
	if err != nil {
		return err
	}
	err = a.answer(paper{
		text:     func() string { return report.DiffText(d, report.TextOptions{Color: a.Color}) },
		markdown: func() string { return report.DiffMarkdown(d, report.Options{Limit: 65_536}) },
		json:     func() ([]byte, error) { return report.DiffJSON(d) },
	}, format)
	if err != nil {
		return err
	}
	if len(d.Unreadable) > 0 {
		return exitError(exitUndecided)
	}
	return nil
}
