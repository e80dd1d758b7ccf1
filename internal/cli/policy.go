package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
)

func (a *app) policyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "policy",
		Short: "Write, test and try policies (docs/policies.md)",
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(a.policyTestCommand(), a.policyEvalCommand(), a.policyNewCommand())
	for _, sub := range c.Commands() {
		sub.Args = usage(sub.Args)
	}
	return c
}

func (a *app) policyTestCommand() *cobra.Command {
	var verbose bool
	c := &cobra.Command{
		Use:   "test [DIR]",
		Short: "Run the tests of the policies in a folder (default: policies)",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "policies"
			if len(args) == 1 {
				dir = args[0]
			}
			set, err := a.policySet(dir)
			if err != nil {
				return err
			}
			trials, err := policy.Test(cmd.Context(), set)
			if err != nil {
				return err
			}
			return a.showTrials(trials, verbose)
		},
	}
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "name the tests that pass, and show what they print")
	return c
}

func (a *app) showTrials(trials []policy.Trial, verbose bool) error {
	failed, skipped := 0, 0
	for _, t := range trials {
		word := "ok"
		switch {
		case t.Skipped:
			word = "skipped"
			skipped++
		case t.Problem != "":
			word = "FAILED"
			failed++
		}
		if word == "ok" && !verbose {
			continue
		}
		fmt.Fprintln(a.Stdout, inert.Line(fmt.Sprintf("%s:%d: %s: %s", t.File, t.Line, t.Name, word)))
		for line := range strings.Lines(t.Problem + "\n" + t.Output) {
			if text := strings.TrimRight(line, "\n"); text != "" {
				fmt.Fprintln(a.Stdout, "    "+inert.Line(text))
			}
		}
	}
	fmt.Fprintf(a.Stdout, "%d tests, %d failed, %d skipped\n", len(trials), failed, skipped)
	if failed > 0 {
		return exitError(exitBlocked)
	}
	return nil
}

func (a *app) policyNewCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new NAME",
		Short: "Begin a policy with its test in policies/; overwrites nothing",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			rule, test, err := policy.Draft(args[0])
			if err != nil {
				return err
			}
			if err := os.MkdirAll(a.path("policies"), 0o755); err != nil {
				return fmt.Errorf("making the folder policies: %w", err)
			}
			for _, m := range []policy.Module{rule, test} {
				if _, err := os.Lstat(a.path(path.Join("policies", m.Path))); err == nil {
					return &mlgate.Mistake{Err: fmt.Errorf("writing policies/%s: it is there already", m.Path), Fix: "choose another name"}
				}
			}
			for _, m := range []policy.Module{rule, test} {
				if err := writeNew(a.path(path.Join("policies", m.Path)), m.Source); err != nil {
					return fmt.Errorf("writing policies/%s: %w", m.Path, err)
				}
				fmt.Fprintf(a.Stdout, "wrote policies/%s\n", m.Path)
			}
			_, err = fmt.Fprintln(a.Stdout, "next: edit both, run `mlgate policy test`, and add ./policies under `policies` in mlops.yaml")
			return err
		},
	}
}

// writeNew writes a file that must not be there.
func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// maxPolicyFile is the largest Rego file that is read from a disk, in bytes.
const maxPolicyFile = 4 << 20

// policySet reads the Rego files at a path of this machine: a file, or a folder with all below it and the
// JSON data among them. Links are not followed.
func (a *app) policySet(name string) (policy.Set, error) {
	root := a.path(name)
	set := policy.Set{Ref: name, Root: a.shown(root)}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(file)
		if err != nil || !d.Type().IsRegular() || (ext != ".rego" && ext != ".json") {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Size() > maxPolicyFile {
			return fmt.Errorf("%s has %d bytes; at most %d are read", file, info.Size(), maxPolicyFile)
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		set.Modules = append(set.Modules, policy.Module{Path: a.shown(file), Source: src})
		return nil
	})
	if err == nil && !slices.ContainsFunc(set.Modules, func(m policy.Module) bool { return path.Ext(m.Path) == ".rego" }) {
		err = errors.New("there is no *.rego file")
	}
	if err != nil {
		return set, &mlgate.Mistake{Err: fmt.Errorf("reading the policies at %q: %w", name, err), Fix: "name a folder or file with policies; `mlgate policy new NAME` begins one"}
	}
	return set, nil
}

// shown is a path of this machine as people see it from the working directory.
func (a *app) shown(file string) string {
	if rel, err := filepath.Rel(a.Dir, file); err == nil {
		file = rel
	}
	return filepath.ToSlash(file)
}
