package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// paper is an answer in the formats that people and programs ask for.
type paper struct {
	text, markdown func() string
	json           func() ([]byte, error)
}

func (a *app) whyCommand() *cobra.Command {
	return a.questionCommand(&cobra.Command{
		Use:   "why RULE|STAGE|VERSION|TAG|COMMIT [MODEL]",
		Short: "Say why a rule decided as it did, why a stage points where it does, what a version stands on",
		Long: `Answers from ledger and tags; nothing is run and nothing is written.
  mlgate why accuracy      the newest verdicts of that gate, and how each limit was computed
  mlgate why production    what is there, since when, who moved it, why, on what evidence, under which rules
  mlgate why v0.2.0        its commit, evidence and verdict, and the stages it was in
  mlgate why churn@v0.2.0  the same of the model churn, where a repository has several; also churn#production
  mlgate why 4f0c21a       what was judged on that commit, and what became of it
Names: a metric, gate/METRIC, a policy, governance/RULE or any other rule; a stage or stage/NAME; a version;
the tag of a version or a stage (churn@v0.2.0, churn#production#3); a commit, whole or its unique beginning.
What was judged by mlgate review on a laptop is recorded nowhere.`,
		Args: cobra.RangeArgs(1, 2),
	}, 1, func(ctx context.Context, o *office, q flow.Question) (paper, error) {
		w, err := o.Why(ctx, q)
		return paper{
			text:     func() string { return report.Why(w) },
			markdown: func() string { return report.WhyMarkdown(w) },
			json:     func() ([]byte, error) { return report.WhyJSON(w) },
		}, err
	})
}

const allModels = `Without MODEL it answers for every model of the default branch, one after the other; with --format json
that is a document each.`

func (a *app) statusCommand() *cobra.Command {
	return a.questionCommand(&cobra.Command{
		Use:   "status [MODEL]",
		Short: "Show each stage's version, holds, open moves, the newest verdict, and whether the branch is ahead",
		Long:  allModels,
		Args:  cobra.MaximumNArgs(1),
	}, 0, func(ctx context.Context, o *office, q flow.Question) (paper, error) {
		s, err := o.Status(ctx, q)
		return paper{
			text:     func() string { return report.StatusText(s) },
			markdown: func() string { return report.StatusMarkdown(s) },
			json:     func() ([]byte, error) { return report.StatusJSON(s) },
		}, err
	})
}

func (a *app) historyCommand() *cobra.Command {
	return a.questionCommand(&cobra.Command{
		Use:   "history [MODEL]",
		Short: "Show every move of a model's stages, and every hold and unhold: when, why, by whom",
		Long:  allModels,
		Args:  cobra.MaximumNArgs(1),
	}, 0, func(ctx context.Context, o *office, q flow.Question) (paper, error) {
		var err error
		if q.Model == "" {
			if q.Model, err = a.modelAt(ctx, o, q.Change.Head); err != nil {
				return paper{}, err
			}
		}
		rows, err := o.History(ctx, q.Model)
		if err == nil && len(rows) == 0 {
			err = o.Known(ctx, q)
		}
		return paper{
			text:     func() string { return report.History(q.Model, rows) },
			markdown: func() string { return report.HistoryMarkdown(q.Model, rows) },
			json:     func() ([]byte, error) { return report.HistoryJSON(q.Model, rows) },
		}, err
	})
}

// questionCommand finishes a command that asks and changes nothing: its last argument, at place model,
// names the model. Where there are several models and none is named, those that need nothing but a model
// answer for each.
func (a *app) questionCommand(c *cobra.Command, model int, ask func(context.Context, *office, flow.Question) (paper, error)) *cobra.Command {
	format := "text"
	c.Flags().StringVar(&format, "format", "text", "text, markdown or json")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if format != "text" && format != "markdown" && format != "json" {
			return &mlgate.Mistake{Err: fmt.Errorf("unknown --format %q", format), Fix: "text, markdown or json"}
		}
		o, change, err := a.openForHand(cmd.Context())
		if err != nil {
			return err
		}
		defer o.Close()
		q := flow.Question{Change: change, Config: a.config}
		if o.clone != nil {
			q.Head = o.clone.Head
		}
		if model > 0 {
			q.Name = args[0]
		}
		if len(args) > model {
			q.Model = args[model]
		}
		return a.askAll(cmd.Context(), o, q, ask, format)
	}
	return c
}

// askAll answers a question about the model that it names, or about all; those that cannot be answered
// do not keep the others from it.
func (a *app) askAll(ctx context.Context, o *office, q flow.Question, ask func(context.Context, *office, flow.Question) (paper, error), format string) error {
	if q.Name != "" {
		q, err := one(ctx, o, q)
		if err != nil {
			return err
		}
		p, err := ask(ctx, o, q)
		if err != nil {
			return err
		}
		return a.answer(p, format)
	}
	all, err := o.About(ctx, q)
	if err != nil {
		return err
	}
	var errs []error
	for i, q := range all {
		p, err := ask(ctx, o, q)
		if err == nil {
			if i > 0 && format != "json" {
				fmt.Fprintln(a.Stdout)
			}
			err = a.answer(p, format)
		} else if len(all) > 1 {
			err = fmt.Errorf("%s: %w", q.Config, err)
		}
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// one finds the model that something of a name is asked about.
func one(ctx context.Context, o *office, q flow.Question) (flow.Question, error) {
	q, err := o.Addressed(ctx, q)
	if err != nil {
		return q, err
	}
	all, err := o.About(ctx, q)
	if err != nil {
		return q, err
	}
	if len(all) > 1 {
		return q, &mlgate.Mistake{Err: fmt.Errorf("explaining %q: of which model? The repository has %s", q.Name, modelsOf(all)), Fix: fmt.Sprintf("name it: mlgate why %s %s", q.Name, cmp.Or(all[0].Model, "MODEL"))}
	}
	return all[0], nil
}

// modelsOf names the first models that questions are about.
func modelsOf(all []flow.Question) string {
	var names []string
	for _, q := range all {
		names = append(names, cmp.Or(q.Model, q.Config))
	}
	return some(names)
}

func some(names []string) string {
	if most := 6; len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

func (a *app) answer(p paper, format string) error {
	switch format {
	case "markdown":
		_, err := fmt.Fprintln(a.Stdout, strings.TrimRight(p.markdown(), "\n"))
		return err
	case "json":
		data, err := p.json()
		if err == nil {
			_, err = a.Stdout.Write(data)
		}
		return err
	}
	return a.printText(p.text())
}
