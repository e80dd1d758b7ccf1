package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
	"github.com/mlgate/mlgate/internal/verify"
)

func (a *app) verifyCommand() *cobra.Command {
	var format string
	var here bool
	c := &cobra.Command{
		Use:   "verify [MODEL…]",
		Short: "Look through whole ledgers, and name every record, commit and tag that is not as mlgate wrote it",
		Long: `Reads the whole history of the ledger of each model, named or all: each record against its digest and against
the place where it is filed; the lists beside evidence; what records say of each other; each commit against the
one before it, as nothing is changed or taken out after it was written; each tag against the move and the
head of the ledger that it names; and each move that was done against the tags that must be there of it, on its stage
and of its version. Tags that other tools put on stages are named. Nothing is judged, moved or written, and no forge is asked. With --here it reads the
references of this clone, such as a mirror, and asks no remote. Exit codes: 0 whole, 1 something is broken,
3 something could not be looked at. Records are not signed: who may push to the ledger may write one that is whole.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return &mlgate.Mistake{Err: fmt.Errorf("unknown --format %q", format), Fix: "text or json"}
			}
			return a.verify(cmd.Context(), args, here, format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	c.Flags().BoolVar(&here, "here", false, "read the references of this clone, and ask no remote")
	return c
}

func (a *app) verify(ctx context.Context, models []string, here bool, format string) error {
	o, err := a.openMirror(ctx, here)
	if err != nil {
		return err
	}
	defer o.Close()
	ledgers, ok := o.Ledger.(mlgate.Auditor)
	if !ok {
		return errors.New("looking through the ledger: its kind cannot be looked through as a whole")
	}
	if len(models) == 0 {
		if models, err = recorded(ctx, o, ledgers); err != nil {
			return err
		}
	}
	all, errs := []mlgate.Verified{}, []error(nil)
	for _, model := range models {
		v, err := verified(ctx, o, ledgers, model)
		if err != nil {
			errs = append(errs, fmt.Errorf("looking through the ledger of %s: %w", model, err))
			continue
		}
		all = append(all, v)
	}
	if len(errs) == 0 || len(all) > 0 {
		if err := a.tellVerified(all, format); err != nil {
			return err
		}
	}
	broken := slices.ContainsFunc(all, func(v mlgate.Verified) bool { return len(v.Broken) > 0 })
	if err := errors.Join(errs...); err != nil || !broken {
		return err
	}
	return exitError(exitBlocked)
}

// openMirror opens the desk of this machine; here: with the clone itself in the place of its remote.
func (a *app) openMirror(ctx context.Context, here bool) (*office, error) {
	if !here {
		return a.openLocal(ctx)
	}
	clone, err := git.Find(ctx, a.Dir, a.Environ)
	if err != nil {
		return nil, err
	}
	return a.open(ctx, git.Options{Borrow: &clone})
}

// recorded are the models that have a ledger, or tags of stages.
func recorded(ctx context.Context, o *office, ledgers mlgate.Auditor) ([]string, error) {
	models, err := ledgers.Models(ctx)
	if err != nil {
		return nil, err
	}
	pointers, err := o.Registry.Pointers(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range pointers {
		models = append(models, p.Model)
	}
	slices.Sort(models)
	return slices.Compact(models), nil
}

// verified looks through one ledger.
func verified(ctx context.Context, o *office, ledgers mlgate.Auditor, model string) (mlgate.Verified, error) {
	v, err := verify.Model(ctx, ledgers, model, o.Registry.List)
	if err == nil && v.Head == "" && v.Tags+v.Foreign == 0 {
		err = &mlgate.Mistake{Err: errors.New("nothing is recorded of it"), Fix: "leave the name out for all that have a ledger"}
	}
	return v, err
}

func (a *app) tellVerified(all []mlgate.Verified, format string) error {
	if format == "json" {
		data, err := report.VerifiedJSON(all)
		if err == nil {
			_, err = a.Stdout.Write(data)
		}
		return err
	}
	var b strings.Builder
	for _, v := range all {
		b.WriteString(report.VerifiedText(v))
	}
	if len(all) == 0 {
		b.WriteString("no ledger, and no tag of a stage: nothing is recorded here\n")
	}
	return a.printText(b.String())
}
