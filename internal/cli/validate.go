package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/demo"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate [FILE]",
		Short: "Check an mlops.yaml of this folder and say everything that is wrong with it",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name := flow.ConfigName
			if a.config != "" {
				name = a.config
			}
			if len(args) == 1 {
				name = args[0]
			}
			src, err := readSmall(a.path(name))
			if err != nil {
				return &mlgate.Mistake{Err: fmt.Errorf("reading %q: %w", name, err), Fix: "name another file, or write one (README, \"Your own repository\")"}
			}
			if err := config.Check(name, src, a.Version); err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.Stdout, "%s: fine\n", name)
			return err
		},
	}
}

// readSmall reads a regular file of up to 2 MiB: the parser itself says that more than 1 MiB is too
// much.
func readSmall(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: filepath.Base(name), Err: fmt.Errorf("not a regular file")}
	}
	if info.Size() > 2<<20 {
		return nil, &fs.PathError{Op: "read", Path: filepath.Base(name), Err: fmt.Errorf("it has %d bytes; an mlops.yaml has at most 1 MiB", info.Size())}
	}
	return os.ReadFile(name)
}

func (a *app) demoCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "demo",
		Short: "See a real model judged, merged, promoted, blocked and rolled back, in a temporary folder",
		RunE: func(cmd *cobra.Command, _ []string) error {
			binary, err := a.Executable()
			if err != nil {
				return fmt.Errorf("looking for this program: %w", err)
			}
			if dir == "" {
				if dir, err = os.MkdirTemp("", "mlgate-demo-"); err != nil {
					return fmt.Errorf("making a temporary folder: %w", err)
				}
			}
			return demo.Run(cmd.Context(), demo.Options{Binary: binary, Dir: a.path(dir), Out: a.Stdout, Env: a.Environ})
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "new or empty folder to work in (default: a temporary one, kept)")
	return c
}
