package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/executor"
	"github.com/mlgate/mlgate/internal/forge"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Main runs one command and returns its exit code. A cancelled ctx stops what runs, tells what is
// to be told, and is exit 3.
func Main(ctx context.Context, w World, args []string) int {
	// Whatever reaches the log may hold foreign text: it must not act on a terminal or a CI system.
	stderr := inert.NewWriter(w.Stderr, inert.WriterOptions{})
	defer stderr.Close()
	raw := w.Stderr
	w.Stderr = stderr
	if w.Sleep == nil {
		w.Sleep = sleep
	}
	a := &app{World: w, rawStderr: raw, jobs: 1}
	if w.Supervised && (a.token() != "" || a.Getenv("INPUT_TOKEN") != "") {
		if err := executor.Conceal(); err != nil {
			fmt.Fprintln(a.Stderr, err) // one wall less; steps still get no token
		}
	}
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var told exitError
	if err != nil && !errors.As(err, &told) {
		a.complain(ctx, err)
	}
	return exitOfError(err)
}

// app is one invocation.
type app struct {
	World
	config    string        // --config
	jobs      int           // --jobs
	repeats   int           // --repeats
	rawStderr io.Writer     // not neutralised: for our own commands to terminals and CI systems
	hub       *forge.GitHub // of github()
	marks     *marker       // on the judged commit; nil: this is no run of CI
}

func (a *app) complain(ctx context.Context, err error) {
	text := err.Error()
	if ctx.Err() != nil {
		text = "cancelled: " + text + "\n  nothing was moved after the signal, and nothing is left running"
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(a.Stderr, line)
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "mlgate",
		Short: "Merge a model the way you merge code",
		Long: `mlgate runs the steps of mlops.yaml, judges the numbers by gates and policies, tells the people
waiting, and on merge promotes the model. Exit codes: 0 yes, 1 no, 2 wrong configuration or usage,
3 could not find out, 4 not yet.`,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Version:           a.Version,
	}
	root.SetVersionTemplate("mlgate {{.Version}}\n") // as the command says it
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if words := cmd.Flags().Args(); cmd == root && len(words) > 0 { // the flag is unknown because the command is
			return unknownCommand(words[0])
		}
		return &mlgate.Mistake{Err: err, Fix: "see `" + cmd.CommandPath() + " --help`"}
	})
	root.PersistentFlags().StringVar(&a.config, "config", "", "path of mlops.yaml in the repository (default: the only one)")
	root.AddCommand(a.initCommand(), a.demoCommand(), a.reviewCommand(), a.runCommand(), a.judgeCommand(), a.promoteCommand(), a.approveCommand(), a.rollbackCommand(),
		a.unholdCommand(), a.planCommand(), a.modelsCommand(), a.historyCommand(), a.whyCommand(), a.statusCommand(), a.ciCommand(), a.diffCommand(),
		a.validateCommand(), a.schemaCommand(), a.doctorCommand(), a.verifyCommand(), a.policyCommand(), a.versionCommand(), a.actionCommand(), a.postCommand())
	for _, c := range root.Commands() {
		c.Args = usage(c.Args)
	}
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(args[0])
		}
		return cmd.Help()
	}
	root.Args = cobra.ArbitraryArgs
	return root
}

func unknownCommand(name string) error {
	return &mlgate.Mistake{Err: fmt.Errorf("unknown command %q", name), Fix: "see `mlgate --help`"}
}

// usage makes a wrong number of arguments exit 2.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			check = cobra.NoArgs
		}
		if err := check(cmd, args); err != nil {
			return &mlgate.Mistake{Err: err, Fix: "see `" + cmd.CommandPath() + " --help`"}
		}
		return nil
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", RunE: func(*cobra.Command, []string) error {
		_, err := fmt.Fprintln(a.Stdout, "mlgate", a.Version)
		return err
	}}
}

// path makes a path of this machine from one that the user gave.
func (a *app) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(a.Dir, p)
}

// writeFile replaces a file as a whole.
func writeFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".mlgate-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}
