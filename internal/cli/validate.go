package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/demo"
	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
	"github.com/mlgate/mlgate/internal/worktree"
)

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate [FILE…]",
		Short: "Check every mlops.yaml of this folder and below and say everything that is wrong with it",
		Long: `Check files as they lie in the work tree, committed or not. Without FILE these are all that are called mlops.yaml
in the working directory and below it; where there is none, the nearest one above.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			names, err := a.toValidate(cmd.Context(), args)
			errs := []error{err}
			first := map[string]string{} // by model
			for _, name := range names {
				model, err := a.validate(cmd.Context(), name)
				if other := first[model]; err == nil && other != "" && other != name {
					err = &mlgate.Mistake{Err: fmt.Errorf("%s: the model %s is described by %s already", name, model, other), Fix: "give each file's model a name of its own"}
				}
				if errs = append(errs, err); err == nil {
					first[model] = name
					_, err = fmt.Fprintf(a.Stdout, "%s: fine\n", inert.Line(name))
					errs = append(errs, err)
				}
			}
			return errors.Join(errs...)
		},
	}
}

// validate returns the model that a file is about.
func (a *app) validate(ctx context.Context, name string) (string, error) {
	src, err := readSmall(a.path(name))
	if err != nil {
		return "", &mlgate.Mistake{Err: fmt.Errorf("reading %q: %w", name, err), Fix: a.adviceOn(name)}
	}
	demand, err := config.ParseDemand(name, src, a.Version)
	if err != nil {
		return "", err
	}
	return demand.Model, a.compilePolicies(ctx, filepath.Dir(a.path(name)), demand)
}

// toValidate are the files that were named, else those in and below the working directory, else the
// nearest above.
func (a *app) toValidate(ctx context.Context, args []string) ([]string, error) {
	switch {
	case len(args) > 0:
		return args, nil
	case a.config != "":
		return []string{a.config}, nil
	}
	dir, err := worktree.Open(a.Dir)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	files, whole, err := dir.Listing(ctx, maxNames, discovery.Foreign)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if path.Base(f.Path) == mlgate.ConfigName && (f.Mode == "100644" || f.Mode == "100755") {
			names = append(names, f.Path)
		}
	}
	if !whole {
		fmt.Fprintf(a.Stderr, "only the first %d names were looked at, upper folders first\n", maxNames)
	}
	if len(names) == 0 {
		names = []string{a.nearest(mlgate.ConfigName)}
	}
	return names, nil
}

// nearest finds a file in the working directory, or above it up to the top of the clone.
func (a *app) nearest(name string) string {
	for dir, up := a.Dir, "."; ; dir, up = filepath.Dir(dir), filepath.Join(up, "..") {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return filepath.Join(up, name)
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || filepath.Dir(dir) == dir {
			return name
		}
	}
}

// compilePolicies tells what is wrong with the policies as they lie in the folder. Those from elsewhere
// are not fetched.
func (a *app) compilePolicies(ctx context.Context, dir string, demand config.Demand) error {
	var sets []policy.Set
	for _, p := range demand.Policies {
		if p.Remote != nil {
			continue
		}
		set := policy.Set{Ref: p.Ref, With: p.With, Pos: p.Pos}
		if local, ok := strings.CutPrefix(p.Ref, "./"); ok {
			var err error
			set.Root = local
			if set.Modules, err = regoFiles(dir, local); err != nil {
				return &mlgate.Mistake{Err: fmt.Errorf("%s:%d:%d: policy %q: %w", p.Pos.File, p.Pos.Line, p.Pos.Col, p.Ref, err), Fix: "write the policy, or take the entry out"}
			}
		}
		sets = append(sets, set)
	}
	_, err := policy.Compile(ctx, sets)
	return err
}

// regoFiles reads the Rego files of a folder with their JSON data, or one file, below dir.
func regoFiles(dir, name string) ([]policy.Module, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var out []policy.Module
	err = fs.WalkDir(root.FS(), name, func(file string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(file)
		if err != nil || (ext != ".rego" && ext != ".json") || !d.Type().IsRegular() {
			return err
		}
		src, err := root.ReadFile(file)
		out = append(out, policy.Module{Path: file, Source: src})
		return err
	})
	if err == nil && !slices.ContainsFunc(out, func(m policy.Module) bool { return filepath.Ext(m.Path) == ".rego" }) {
		err = errors.New("there is no *.rego file")
	}
	return out, err
}

// adviceOn a file that cannot be read.
func (a *app) adviceOn(name string) string {
	if info, err := os.Stat(a.path(name)); err == nil && info.IsDir() {
		return "name the file: " + filepath.Join(name, mlgate.ConfigName)
	}
	other := strings.TrimSuffix(name, ".yaml") + ".yml"
	if _, err := os.Lstat(a.path(other)); err == nil && other != name {
		return fmt.Sprintf("there is %s: rename it to %s", other, name)
	}
	return "name another file, or let `mlgate init` write one"
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
				if dir, err = os.MkdirTemp("", "mlgate-demo-"); err == nil {
					err = os.Chmod(dir, 0o755) // steps may run as another user
				}
				if err != nil {
					return fmt.Errorf("making a temporary folder: %w", err)
				}
			}
			return demo.Run(cmd.Context(), demo.Options{Binary: binary, Dir: a.path(dir), Out: a.Stdout, Env: a.Environ})
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "new or empty folder to work in (default: a temporary one, kept)")
	return c
}
