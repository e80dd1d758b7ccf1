package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func (a *app) promoteCommand() *cobra.Command {
	var bundleFile, version, reason string
	var o output
	c := &cobra.Command{
		Use:   "promote [STAGE]",
		Short: "Bring a version to a stage: by hand to STAGE, or with --bundle what was pushed to the default branch",
		Long: `mlgate promote --bundle FILE judges the tip of the default branch by the bundle, records it, and moves every
stage of "when: merge". mlgate promote STAGE judges a registered version again and moves that stage.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			switch {
			case len(args) == 1 && bundleFile == "":
				return a.promoteByHand(cmd.Context(), flow.HandAsk{Stage: args[0], Version: version, Reason: reason}, o)
			case len(args) == 0 && bundleFile != "":
				return a.promoteTip(cmd.Context(), bundleFile, o)
			}
			return &mlgate.Mistake{Err: fmt.Errorf("promote takes either a STAGE or --bundle FILE"), Fix: "see `mlgate promote --help`"}
		},
	}
	c.Flags().StringVar(&bundleFile, "bundle", "", "bundle made by mlgate run at the tip of the default branch")
	c.Flags().StringVar(&version, "version", "", "version to bring to STAGE (default: the one in the stage that from names)")
	c.Flags().StringVar(&reason, "reason", "", "why, for the ledger")
	o.flags(c)
	return c
}

func (a *app) promoteTip(ctx context.Context, bundleFile string, said output) error {
	if ci.Detect(a.Getenv) != "" {
		return a.inCI(ctx, ciOptions{bundle: bundleFile, output: said})
	}
	b, err := a.readBundle(bundleFile)
	if err != nil {
		return err
	}
	o, err := a.openLocal(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	change, err := o.tipChange(ctx, mlgate.Push)
	if err != nil {
		return err
	}
	outs, err := a.each(ctx, o, flow.Ask{Change: change, Config: a.config}, oneByOne(func(ctx context.Context, ask flow.Ask) (mlgate.Outcome, error) {
		h, err := o.Begin(ctx, ask)
		if err != nil {
			return mlgate.Outcome{Change: change}, err
		}
		return h.ConcludePush(ctx, a.bundleFor(b, ask, h))
	}))
	return a.ended(outs, err, said)
}

// ended shows an outcome that was reached, also when acting on it went wrong.
func (a *app) ended(outs []mlgate.Outcome, err error, o output) error {
	if err == nil || first(outs).Verdict.Word == "" {
		return a.conclude(outs, err, o)
	}
	return errors.Join(err, a.print(outs, o.format), a.saveProblem(first(outs), err, o))
}

func (a *app) approveCommand() *cobra.Command {
	var ask flow.HandAsk
	var evidence string
	c := &cobra.Command{
		Use:   "approve STAGE",
		Short: "Say yes to bringing a version to a stage; somebody else promotes it",
		Long: `Write down in the ledger that you say yes to a version for a stage with "approvals": to its evidence, and to this
step from what the stage has now. It is as trustworthy as who may push to the ledger: in CI (workflow_dispatch) the
name is the one who started the run, on a laptop the one git knows.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask.Stage, ask.Evidence = args[0], mlgate.Digest(evidence)
			if err := a.inPerson(); err != nil {
				return err
			}
			o, change, err := a.openForHand(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			ask.Ask = flow.Ask{Change: change, Config: a.config}
			said, err := o.Approve(cmd.Context(), ask)
			if err == nil {
				fmt.Fprintln(a.Stdout, inert.Line(fmt.Sprintf("%s says yes to %s for %s", said.By, said.Version, said.Stage)))
			}
			return err
		},
	}
	c.Flags().StringVar(&ask.Version, "version", "", "version to say yes to (default: what mlgate promote STAGE would bring)")
	c.Flags().StringVar(&evidence, "evidence", "", "digest of the evidence that you looked at, in full; another one is an error")
	c.Flags().StringVar(&ask.Reason, "reason", "", "why, for the ledger")
	return c
}

// inPerson: in CI a yes is somebody's who started this very run for it. A push, a bot or a run that is
// started again says nothing about what anybody agrees to now.
func (a *app) inPerson() error {
	actor := cmp.Or(a.Getenv("GITHUB_TRIGGERING_ACTOR"), a.Getenv("GITHUB_ACTOR"))
	switch event, attempt := a.Getenv("GITHUB_EVENT_NAME"), a.Getenv("GITHUB_RUN_ATTEMPT"); {
	case ci.Detect(a.Getenv) == "":
		return nil
	case event != "workflow_dispatch":
		return &mlgate.Mistake{Err: fmt.Errorf("approving in a run that was started by %q: nobody was asked", event), Fix: "approve in a workflow that a person starts: on: workflow_dispatch"}
	case attempt != "" && attempt != "1":
		return &mlgate.Mistake{Err: fmt.Errorf("approving in attempt %s of a run: a yes is not repeated by running again", attempt), Fix: "start the workflow anew"}
	case strings.HasSuffix(actor, "[bot]"):
		return &mlgate.Mistake{Err: fmt.Errorf("approving as %s: a program cannot agree", actor)}
	}
	return nil
}

// openForHand opens the desk for what a person asked for: from the clone on a laptop, from the
// remote in CI.
func (a *app) openForHand(ctx context.Context) (*office, mlgate.Change, error) {
	if ci.Detect(a.Getenv) == "" {
		o, err := a.openLocal(ctx)
		if err != nil {
			return nil, mlgate.Change{}, err
		}
		change, err := o.tipChange(ctx, mlgate.Manual)
		if err != nil {
			o.Close()
		}
		return o, change, err
	}
	change, err := a.ci().Change(ctx)
	if err != nil {
		return nil, change, err
	}
	if ref := a.Getenv("GITHUB_REF"); ref != "refs/heads/"+change.Default {
		return nil, change, &mlgate.Mistake{
			Err: fmt.Errorf("asking by hand: this run was started on %q, and what it runs is that ref's workflow; stages are moved from %q alone", ref, change.Default),
			Fix: "start the workflow on " + change.Default,
		}
	}
	o, err := a.openRemote(ctx, change.Remote, a.token())
	if err != nil {
		return nil, change, err
	}
	if err := a.askForge(o, change); err != nil {
		return nil, change, errors.Join(err, o.Close())
	}
	change.Event, change.BaseBranch = mlgate.Manual, change.Default
	if change.Head, err = o.Branches.Tip(ctx, change.Default); err != nil {
		o.Close()
		return nil, change, fmt.Errorf("asking for the tip of %q: %w", change.Default, err)
	}
	return o, change, nil
}

// modelAt reads the model's name from mlops.yaml of a commit.
func (a *app) modelAt(ctx context.Context, o *office, commit string) (string, error) {
	if err := o.repo.Fetch(ctx, commit); err != nil {
		return "", err
	}
	tree, err := o.repo.Tree(ctx, commit)
	if err != nil {
		return "", err
	}
	file, err := flow.Locate(tree, a.config)
	if err != nil {
		return "", err
	}
	src, err := tree.ReadFile(file)
	if err != nil {
		return "", err
	}
	run, err := config.ParseRun(file, src)
	return run.Model, err
}
