package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/scaffold"
)

func (a *app) initCommand() *cobra.Command {
	var dir, ci string
	var dry, forks bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Look at this repository and write a first mlops.yaml and a workflow; overwrites nothing",
		RunE: func(*cobra.Command, []string) error {
			switch ci {
			case "", "github", "none":
			default:
				return &mlgate.Mistake{Err: fmt.Errorf("--ci is %q", ci), Fix: "one of github, none"}
			}
			if forks && ci == "none" {
				return &mlgate.Mistake{Err: errors.New("--forks writes workflows, and --ci none writes none"), Fix: "leave one of the two out"}
			}
			if forks {
				ci = "forks"
			}
			repo, err := scaffold.Open(a.Dir, a.path(dir))
			if err != nil {
				return err
			}
			defer func() { _ = repo.Close() }()
			d, err := repo.Draft(ci)
			if err != nil {
				return err
			}
			if !dry {
				if err := repo.Write(d); err != nil {
					return err
				}
			}
			return a.tellDraft(d, dry)
		},
	}
	c.Flags().StringVar(&dir, "dir", ".", "folder of the model: mlops.yaml will stand there")
	c.Flags().StringVar(&ci, "ci", "", "github: write the workflow, none: do not (default: github, unless another CI system is found)")
	c.Flags().BoolVar(&forks, "forks", false, "write the two workflows with which pull requests from forks are judged and commented on")
	c.Flags().BoolVar(&dry, "dry-run", false, "print the files and write nothing")
	return c
}

// tellDraft says what was written, then in three lines what was found, what was guessed, what is next.
func (a *app) tellDraft(d scaffold.Draft, dry bool) error {
	var b strings.Builder
	for _, f := range d.Files {
		if !dry {
			fmt.Fprintf(&b, "wrote %s\n", inert.Line(f.Path))
			continue
		}
		fmt.Fprintf(&b, "would write %s:\n", inert.Line(f.Path))
		for line := range strings.Lines(f.Text) {
			fmt.Fprintf(&b, "  %s\n", inert.Line(strings.TrimSuffix(line, "\n")))
		}
	}
	fmt.Fprintf(&b, "found: %s\nguessed: %s\nnext: %s\n", inert.Line(strings.Join(d.Found, "; ")), inert.Line(strings.Join(d.Guessed, "; ")), d.Next)
	_, err := a.Stdout.Write([]byte(b.String()))
	return err
}
