package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func (a *app) rollbackCommand() *cobra.Command {
	var ask flow.StageAsk
	c := &cobra.Command{
		Use:   "rollback STAGE --reason TEXT",
		Short: "Bring a stage back to the version before, and hold it there",
		Long: `Bring a stage back to what it had before, or to one of the versions before that (--to), and hold it: automation
leaves it alone until mlgate unhold. Nothing is judged. Twice goes back twice; forward is mlgate promote.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask.Stage = args[0]
			if strings.TrimSpace(ask.Reason) == "" {
				return &mlgate.Mistake{Err: fmt.Errorf("rolling back %q: --reason is empty", ask.Stage), Fix: "say why: whoever looks at the history next year wants to know"}
			}
			return a.onStage(cmd.Context(), ask, func(o *office, ask flow.StageAsk) error {
				moved, err := o.Rollback(cmd.Context(), ask)
				if err != nil {
					return err
				}
				fmt.Fprintln(a.Stdout, inert.Line(fmt.Sprintf("%s: %s is back at %s (was %s) and held: automation leaves it alone until `mlgate unhold %s --reason …`", ask.Model, ask.Stage, moved.Version, moved.From, ask.Stage)))
				return nil
			})
		},
	}
	c.Flags().StringVar(&ask.Reason, "reason", "", "why, for the ledger (required)")
	c.Flags().StringVar(&ask.To, "to", "", "version to go back to (default: the one before)")
	c.Flags().StringVar(&ask.Model, "model", "", "model (default: the one of mlops.yaml)")
	return c
}

func (a *app) unholdCommand() *cobra.Command {
	var ask flow.StageAsk
	c := &cobra.Command{
		Use:   "unhold STAGE --reason TEXT",
		Short: "Let automation move a held stage again",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask.Stage = args[0]
			if strings.TrimSpace(ask.Reason) == "" {
				return &mlgate.Mistake{Err: fmt.Errorf("lifting the hold on %q: --reason is empty", ask.Stage), Fix: "say what changed since it was held: the history shows both"}
			}
			return a.onStage(cmd.Context(), ask, func(o *office, ask flow.StageAsk) error {
				hold, err := o.Unhold(cmd.Context(), ask)
				if err != nil {
					return err
				}
				fmt.Fprintln(a.Stdout, inert.Line(fmt.Sprintf("%s: %s is no longer held%s", ask.Model, ask.Stage, accepted(hold))))
				return nil
			})
		},
	}
	c.Flags().StringVar(&ask.Reason, "reason", "", "why, for the ledger (required)")
	c.Flags().StringVar(&ask.Model, "model", "", "model (default: the one of mlops.yaml)")
	return c
}

// accepted says from which tags automation goes on, where some are gone.
func accepted(h mlgate.Hold) string {
	left, lost, is := strings.Cut(h.Adopted, " without ")
	if !is {
		return ""
	}
	return fmt.Sprintf("; it goes on from %s, without the tag of move %s", cmp.Or(left, "no tag"), lost)
}

// onStage opens the desk and finds the model's name, then does what was asked.
func (a *app) onStage(ctx context.Context, ask flow.StageAsk, do func(*office, flow.StageAsk) error) error {
	o, change, err := a.openForHand(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if ask.Model == "" {
		if ask.Model, err = a.modelAt(ctx, o, change.Head); err != nil {
			return err
		}
	}
	return do(o, ask)
}
