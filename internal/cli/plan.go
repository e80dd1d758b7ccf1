package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

func (a *app) planCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "plan [MODEL]",
		Short: "Show where each stage points, and what the next promotion would do",
		Long:  "Without MODEL it answers for every model of the default branch, one after the other.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, change, err := a.openForHand(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			q := flow.Question{Change: change, Config: a.config}
			if len(args) > 0 {
				q.Model = args[0]
			}
			return plans(cmd.Context(), o, q, a.Stdout)
		},
	}
}

func noModel(q flow.Question, instead string) error {
	return &mlgate.Mistake{Err: fmt.Errorf("planning: %s has no model %q", q.Change.Default, q.Model), Fix: instead}
}

// plans writes the plan of the model that a question names, or of all; those that cannot be told do not
// keep the others from it.
func plans(ctx context.Context, o *office, q flow.Question, w io.Writer) error {
	all, err := o.About(ctx, q)
	if err != nil {
		return err
	}
	if more := all[0].Others; len(more) > 0 {
		return noModel(q, "there are "+some(more))
	}
	var errs []error
	for i, q := range all {
		model, plan, err := o.Plan(ctx, flow.Ask{Change: q.Change, Config: q.Config})
		if err == nil && q.Model != "" && q.Model != model {
			err = noModel(q, "its mlops.yaml is about "+model)
		}
		if err == nil {
			if i > 0 {
				fmt.Fprintln(w)
			}
			_, err = fmt.Fprint(w, report.Plan(model, plan))
		} else if len(all) > 1 {
			err = fmt.Errorf("%s: %w", q.Config, err)
		}
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}
