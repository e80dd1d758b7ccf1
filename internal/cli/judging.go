package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

func (a *app) reviewCommand() *cobra.Command {
	var base, format string
	c := &cobra.Command{
		Use:   "review",
		Short: "Run and judge the committed HEAD against its base; publishes nothing",
		Long: `Run and judge the committed HEAD on this machine. The demands come from the base (the remote's default
branch, or --base REV), the baseline from the ledger. Nothing is written but what the steps write.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.review(cmd.Context(), base, format) },
	}
	c.Flags().StringVar(&base, "base", "", "commit or branch to compare with (default: the remote's default branch)")
	c.Flags().StringVar(&format, "format", "text", "text, markdown or json")
	return c
}

func (a *app) review(ctx context.Context, base, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	o, err := a.openLocal(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	ask, err := a.reviewAsk(ctx, o, base)
	if err != nil {
		return err
	}
	h, err := o.Begin(ctx, ask)
	if err != nil {
		return err
	}
	affected, _, err := h.Affected(ctx)
	if err != nil {
		return err
	}
	var b *mlgate.Bundle
	if affected {
		made, err := a.runSteps(ctx, o)
		if err != nil {
			return err
		}
		b = &made
	}
	out, err := h.Review(ctx, b)
	if err != nil {
		return err
	}
	return a.show(out, format)
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
	tip, err := o.Lineage.Tip(ctx, ask.Change.BaseBranch)
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
	var format string
	c := &cobra.Command{
		Use:   "judge BUNDLE",
		Short: "Judge a bundle that another job made, and record and tell it; runs nothing of the change",
		Long: `In CI the change comes from the event, the repository from its own fetch with the token: the working
directory may be empty. On a laptop HEAD is judged, and nothing is recorded.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.judge(cmd.Context(), args[0], format) },
	}
	c.Flags().StringVar(&format, "format", "text", "text, markdown or json")
	return c
}

func (a *app) judge(ctx context.Context, name, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	if ci.Detect(a.Getenv) != "" {
		return a.inCI(ctx, ciOptions{bundle: name, format: format, judgeOnly: true})
	}
	b, err := a.readBundle(name)
	if err != nil {
		return err
	}
	o, err := a.openLocal(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	ask, err := a.reviewAsk(ctx, o, "")
	if err != nil {
		return err
	}
	h, err := o.Begin(ctx, ask)
	if err != nil {
		return err
	}
	out, err := h.Review(ctx, b)
	if err != nil {
		return err
	}
	return a.show(out, format)
}

// show prints an outcome and ends with its exit code.
func (a *app) show(out mlgate.Outcome, format string) error {
	if err := a.print(out, format); err != nil {
		return err
	}
	if code := exitOf(out.Verdict, out.WarnOnly); code != exitOK {
		return exitError(code)
	}
	return nil
}

func (a *app) print(out mlgate.Outcome, format string) error {
	outs := []mlgate.Outcome{out}
	switch format {
	case "markdown":
		fmt.Fprintln(a.Stdout, strings.TrimRight(report.Markdown(outs, report.Options{}), "\n"))
	case "json":
		data, err := report.JSON(outs)
		if err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		fmt.Fprintln(a.Stdout, strings.TrimRight(string(data), "\n"))
	default:
		text := report.Text(outs, report.TextOptions{Color: a.Color})
		if ci.Detect(a.Getenv) == "" {
			fmt.Fprint(a.Stdout, text)
			return nil
		}
		log := inert.NewWriter(a.Stdout, inert.WriterOptions{}) // a CI system reads commands from logs
		fmt.Fprint(log, text)
		return log.Close()
	}
	return nil
}

func checkFormat(f string) error {
	switch f {
	case "text", "markdown", "json":
		return nil
	}
	return &mlgate.Mistake{Err: fmt.Errorf("unknown --format %q", f), Fix: "text, markdown or json"}
}
