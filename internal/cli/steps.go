package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/worktree"
)

func (a *app) runCommand() *cobra.Command {
	var out string
	var fresh bool
	c := &cobra.Command{
		Use:   "run --out FILE",
		Short: "Run the steps of HEAD and write a bundle of evidence; judges nothing, needs no token",
		Long: `Run the steps of HEAD and write a bundle of evidence. In CI nothing runs when the change cannot matter or the
ledger has evidence of its recipe, as far as this job may read it; on a laptop they always run. With
--repeats N they run N times, with 0, 1, 2 and so on in MLGATE_SEED, and each metric is the mean of its N
values.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.checkRepeats(cmd); err != nil {
				return err
			}
			return a.run(cmd.Context(), out, fresh)
		},
	}
	a.jobsFlag(c)
	a.repeatsFlag(c)
	c.Flags().BoolVar(&fresh, "fresh", false, freshHelp)
	c.Flags().StringVarP(&out, "out", "o", "mlgate.bundle", "where the bundle is written")
	return c
}

func (a *app) run(ctx context.Context, out string, fresh bool) error {
	if err := writable(a.path(out)); err != nil {
		return err
	}
	o, err := a.openLocal(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	all, err := a.bundles(ctx, o, fresh)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(a.Stderr, "nothing to run, and no bundle is written: nothing below the folder of any model changed")
		return nil
	}
	if err := writeBundle(a.path(out), all); err != nil {
		return err
	}
	code := exitOK
	for _, b := range all {
		fmt.Fprintf(a.Stderr, "wrote %s: %s, recipe %s\n", out, b.Model, b.Recipe.Short())
		if b.Evidence == nil && b.Skipped == "" {
			fmt.Fprintln(a.Stderr, "no evidence: "+b.Problem)
			code = exitBlocked
		}
		if err := a.tellStrange(b); err != nil {
			return err
		}
	}
	if code != exitOK {
		return exitError(code)
	}
	return nil
}

// tellStrange tells where the numbers of a bundle are not those of the commit.
func (a *app) tellStrange(b mlgate.Bundle) error {
	if b.Evidence == nil {
		return nil
	}
	var e mlgate.Evidence
	if err := b.Evidence.Decode(&e); err != nil {
		return err
	}
	if s := e.Strange(); s != "" {
		fmt.Fprintf(a.Stderr, "%s: %s\n", b.Model, s)
	}
	return nil
}

// bundles runs the steps of every model that the checkout may matter to.
func (a *app) bundles(ctx context.Context, o *office, fresh bool) ([]mlgate.Bundle, error) {
	files, err := a.runTargets(ctx, o)
	if err != nil {
		return nil, err
	}
	var all []mlgate.Bundle
	for _, file := range files {
		b, err := a.bundleInCI(ctx, o, file, fresh)
		if err != nil && len(files) > 1 {
			err = fmt.Errorf("%s: %w", file, err)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

// runTargets are the files of the models to run: the only one, or of several those that the change
// may matter to.
func (a *app) runTargets(ctx context.Context, o *office) ([]string, error) {
	tree, err := o.repo.Tree(ctx, o.clone.Head)
	if err != nil {
		return nil, err
	}
	all, err := flow.Configs(tree)
	if err != nil || a.config != "" || len(all) <= 1 {
		return []string{a.config}, err
	}
	ask, err := a.runAsk(ctx, o)
	if err != nil {
		return nil, err
	}
	targets, err := o.Targets(ctx, ask)
	if err != nil {
		return nil, fmt.Errorf("choosing the models to run: %w", err)
	}
	files := slices.DeleteFunc(targets.Configs, func(f string) bool { return !slices.Contains(all, f) }) // a deleted one runs nothing
	if len(files) == 0 && ci.Detect(a.Getenv) == "" {
		return nil, &mlgate.Mistake{Err: errors.New("choosing the models to run: the change matters to none of them"), Fix: "name one with --config"}
	}
	return files, nil
}

// runAsk is the change that the checkout belongs to.
func (a *app) runAsk(ctx context.Context, o *office) (flow.Ask, error) {
	if ci.Detect(a.Getenv) == "" {
		return a.reviewAsk(ctx, o, "")
	}
	change, err := a.ci().Change(ctx)
	return flow.Ask{Change: change}, err
}

// peek bounds how long job 1 looks for evidence that makes it unnecessary.
const peek = 30 * time.Second

// bundleInCI runs the steps, unless the remote can be read and says that nothing needs to run. What it
// finds decides nothing: the judge looks for itself.
func (a *app) bundleInCI(ctx context.Context, o *office, file string, fresh bool) (mlgate.Bundle, error) {
	if fresh || ci.Detect(a.Getenv) == "" {
		return a.runSteps(ctx, o, file, watched{})
	}
	short, cancel := context.WithTimeout(ctx, peek)
	defer cancel()
	b, err := a.skipped(short, o, file)
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(a.Stderr, "running the steps: what is known already could not be read: %v\n", err)
	}
	if err == nil && b != nil {
		return *b, nil
	}
	return a.runSteps(ctx, o, file, watched{})
}

// skipped is a bundle without evidence, when nothing needs to run.
func (a *app) skipped(ctx context.Context, o *office, file string) (*mlgate.Bundle, error) {
	change, err := a.ci().Change(ctx)
	if err != nil {
		return nil, err
	}
	h, err := o.Begin(ctx, flow.Ask{Change: change, Config: file})
	if err != nil {
		return nil, err
	}
	tree, err := o.repo.Tree(ctx, o.clone.Head)
	if err != nil {
		return nil, err
	}
	if here, err := flow.RecipeAt(tree, h.Config(), a.Version); err != nil || here != h.Recipe() {
		return nil, err // the event is about another commit than the one that is checked out
	}
	why, _, err := a.mustRun(ctx, h, false, nil)
	if err != nil || why != "" {
		return nil, err
	}
	return h.Skip("nothing needs to run"), nil
}

// runSteps runs the steps of HEAD in the clone's own work tree; an empty file is the only mlops.yaml.
// w is about steps that run until the gates are decided.
func (a *app) runSteps(ctx context.Context, o *office, asked string, w watched) (mlgate.Bundle, error) {
	clone := *o.clone
	if clone.Dir == clone.GitDir {
		return mlgate.Bundle{}, &mlgate.Mistake{Err: fmt.Errorf("running the steps: %q is a bare repository, without files to run them on", clone.Dir), Fix: "clone it: git clone " + clone.Dir}
	}
	tree, err := o.repo.Tree(ctx, clone.Head)
	if err != nil {
		return mlgate.Bundle{}, err
	}
	file, err := flow.Locate(tree, asked)
	if err != nil {
		return mlgate.Bundle{}, err
	}
	dir := filepath.Join(clone.Dir, filepath.FromSlash(path.Dir(file)))
	work, err := worktree.Open(dir)
	if err != nil {
		return mlgate.Bundle{}, err
	}
	defer work.Close()
	src, err := os.ReadFile(filepath.Join(clone.Dir, filepath.FromSlash(file)))
	if committed, cerr := tree.ReadFile(file); err == nil && cerr == nil && string(src) != string(committed) {
		return mlgate.Bundle{}, &mlgate.Mistake{Err: fmt.Errorf("running the steps: %q in the work tree differs from the commit", file), Fix: "commit or stash the change, then run again"}
	}
	r, err := a.runner(ctx, o, work, file)
	if err != nil {
		return mlgate.Bundle{}, err
	}
	r.Look, r.Prior = w.look, w.prior
	back, err := a.lend(work, r, tree, file)
	if err != nil {
		return mlgate.Bundle{}, errors.Join(err, back())
	}
	b, err := a.runOn(ctx, r, flow.Subject{Commit: clone.Head, Tree: tree, Config: file})
	return b, errors.Join(err, back())
}

// passNames are the variables that steps of a pull request may ask for: those that the base asks
// for already, and none for a fork.
func (a *app) passNames(ctx context.Context, o *office, change mlgate.Change) ([]string, error) {
	names := []string{}
	if change.Fork {
		return names, nil
	}
	into, err := o.repo.MergedInto(ctx, o.clone.Head, change.Head)
	if err != nil {
		return names, err
	}
	if into == "" {
		fmt.Fprintln(a.Stderr, "what is checked out is not the forge's merge of this pull request with its base, or that is not in the clone: env.pass passes nothing (fetch-depth: 0 brings it)")
		return names, nil
	}
	tree, err := o.repo.Tree(ctx, into)
	if err != nil {
		return names, err
	}
	file, err := flow.Locate(tree, a.config)
	if errors.Is(err, mlgate.ErrNotFound) {
		return names, nil // a new model may pass nothing
	}
	if err != nil {
		return names, err
	}
	src, err := tree.ReadFile(file)
	if err != nil {
		return names, err
	}
	base, err := config.ParseRun(file, src)
	if err != nil {
		return names, err
	}
	for _, s := range base.Steps {
		names = append(names, s.Env.Pass...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
