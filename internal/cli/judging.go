package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

func (a *app) reviewCommand() *cobra.Command {
	var base string
	var o output
	var fresh bool
	c := &cobra.Command{
		Use:   "review",
		Short: "Run and judge the committed HEAD against its base; publishes nothing",
		Long: `Run and judge the committed HEAD on this machine. The demands come from the base (the remote's default
branch, or --base REV), the baseline from the ledger. Nothing is written but what the steps write, and the
files of --report. Where the baseline ran for N seeds, --repeats N runs for as many.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(o.check(), a.checkRepeats(cmd)); err != nil {
				return err
			}
			outs, err := a.reviewed(cmd.Context(), base, a.runAffected(fresh), a.tellPending)
			return a.conclude(outs, err, o)
		},
	}
	c.Flags().StringVar(&base, "base", "", "commit or branch to compare with (default: the remote's default branch)")
	a.jobsFlag(c)
	a.repeatsFlag(c)
	c.Flags().BoolVar(&fresh, "fresh", false, freshHelp)
	o.flags(c)
	return c
}

const freshHelp = "run the steps also when the ledger has evidence of this recipe"

// bundleOf begins a hearing and brings the evidence for it.
type bundleOf func(ctx context.Context, o *office, ask flow.Ask, begin func() (*flow.Hearing, error)) (*flow.Hearing, *mlgate.Bundle, error)

// runAffected runs the steps, when the change can matter and nothing is known of its recipe.
func (a *app) runAffected(fresh bool) bundleOf {
	return func(ctx context.Context, o *office, ask flow.Ask, begin func() (*flow.Hearing, error)) (*flow.Hearing, *mlgate.Bundle, error) {
		early := a.early(ctx, o, ask)
		defer early.end()
		h, err := begin()
		if err != nil {
			return nil, nil, err
		}
		watch := h.Looking()
		why, prior, err := a.mustRun(ctx, h, fresh, watch)
		if err != nil || why == "" {
			return h, nil, err
		}
		if prior != nil {
			fmt.Fprintln(a.Stderr, "running the steps: "+why)
		}
		if made, read, err := early.of(h.Config()); read && prior == nil {
			return h, &made, err
		}
		made, err := a.runSteps(ctx, o, h.Config(), watched{watch, prior})
		return h, &made, err
	}
}

// watched is what looks at the gates after each seed, nil where nobody does, and the repeats to go on with, nil
// where the steps begin at the first.
type watched struct {
	look  flow.Look
	prior *flow.Prior
}

// mustRun says why the steps must run, and what repeats they are to go on with; empty: they need not, and people are
// told. Watch is what would look at the gates after each seed; nil: nobody can.
func (a *app) mustRun(ctx context.Context, h *flow.Hearing, fresh bool, watch flow.Look) (string, *flow.Prior, error) {
	why, known, err := h.Must(ctx, fresh)
	if err != nil || known == "" {
		return why, nil, err
	}
	prior, more, err := h.Further(ctx, a.repeats, watch)
	if err != nil {
		return "", nil, err
	}
	if prior != nil {
		return "there is " + known + "; " + more, prior, nil
	}
	if more != "" {
		more = "; " + more
	}
	fmt.Fprintln(a.Stderr, "no step runs: there is "+known+more+" (--fresh runs them)")
	return "", nil, nil
}

// reviewed opens the desk of this machine, judges what bundle gives for the commit at hand, and writes
// nothing. Then has the last word.
func (a *app) reviewed(ctx context.Context, base string, bundle bundleOf, then func(context.Context, *office, []mlgate.Outcome)) ([]mlgate.Outcome, error) {
	o, err := a.openLocal(ctx)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	o.Files = reader.Files{}
	ask, err := a.reviewAsk(ctx, o, base)
	if err != nil {
		return nil, err
	}
	outs, err := a.each(ctx, o, ask, oneByOne(func(ctx context.Context, ask flow.Ask) (mlgate.Outcome, error) {
		none := mlgate.Outcome{Change: ask.Change}
		h, b, err := bundle(ctx, o, ask, func() (*flow.Hearing, error) { return o.Begin(ctx, ask) })
		if err != nil {
			return none, err
		}
		return h.Review(ctx, b)
	}))
	if err == nil {
		then(ctx, o, outs)
	}
	return outs, err
}

// reviewAsk compares HEAD with the base asked for; with the remote's default branch; and when HEAD
// is that branch's tip, with the commit before it.
func (a *app) reviewAsk(ctx context.Context, o *office, base string) (flow.Ask, error) {
	ask := flow.Ask{Config: a.config}
	if base != "" {
		commit, err := o.repo.Resolve(ctx, base)
		if err != nil {
			return ask, fmt.Errorf("resolving --base: %w", err)
		}
		ask.Base = commit
		ask.Change = mlgate.Change{Event: mlgate.Local, Head: o.clone.Head, HeadBranch: o.clone.Branch, BaseBranch: base, Default: o.clone.DefaultBranch}
		return ask, nil
	}
	var err error
	if ask.Change, err = localChange(*o.clone, mlgate.Local); err != nil {
		return ask, err
	}
	tip, err := o.Branches.Tip(ctx, ask.Change.BaseBranch)
	if errors.Is(err, mlgate.ErrNotFound) {
		tip, err = o.clone.Head, nil // nothing was pushed yet
	}
	if err != nil {
		return ask, fmt.Errorf("asking for the tip of %q: %w", ask.Change.BaseBranch, err)
	}
	if ask.Base = tip; tip != o.clone.Head {
		return ask, nil
	}
	parents, err := o.Lineage.FirstParents(ctx, o.clone.Head, 1)
	if err != nil {
		return ask, err
	}
	if ask.Base = flow.NoBase; len(parents) > 0 {
		ask.Base = parents[0]
	}
	fmt.Fprintf(a.Stderr, "HEAD is the tip of %s: it is compared with the commit before it\n", ask.Change.BaseBranch)
	return ask, nil
}

func (a *app) judgeCommand() *cobra.Command {
	var o output
	var h handed
	c := &cobra.Command{
		Use:   "judge [BUNDLE]",
		Short: "Judge a bundle that another job made, and record and tell it; runs nothing of the change",
		Long: `In CI the change comes from the event, the repository from its own fetch with the token: the working
directory may be empty. On GitHub's workflow_run no BUNDLE is named: the run that ended is looked up, its
pull request found, and the bundle that it left downloaded. On a laptop HEAD is judged, and nothing is
recorded.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && !a.handsOver() {
				return &mlgate.Mistake{Err: errors.New("reading the arguments: which bundle?"), Fix: "mlgate judge BUNDLE; only on GitHub's workflow_run it is found without a name"}
			}
			return a.judge(cmd.Context(), strings.Join(args, ""), h, o)
		},
	}
	o.flags(c)
	h.handedFlags(c)
	return c
}

func (a *app) judge(ctx context.Context, name string, h handed, o output) error {
	if err := o.check(); err != nil {
		return err
	}
	if ci.Detect(a.Getenv) != "" {
		return a.inCI(ctx, ciOptions{bundle: name, output: o, judgeOnly: true, handed: h})
	}
	b, err := a.readBundle(name)
	if err != nil {
		return a.conclude(nil, err, o)
	}
	outs, err := a.reviewed(ctx, "", func(_ context.Context, _ *office, ask flow.Ask, begin func() (*flow.Hearing, error)) (*flow.Hearing, *mlgate.Bundle, error) {
		h, err := begin()
		if err != nil {
			return nil, nil, err
		}
		return h, a.bundleFor(b, ask, h), nil
	}, func(context.Context, *office, []mlgate.Outcome) {})
	return a.conclude(outs, err, o)
}
