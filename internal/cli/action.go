package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// actionCommand is what action.yml runs in the container: the inputs are in the environment.
func (a *app) actionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "action", Short: "Run as a GitHub container action (inputs come from the environment)", Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.takeToken()
			if dir := a.Getenv("INPUT_WORKING-DIRECTORY"); dir != "" {
				a.Dir = filepath.Clean(a.path(dir))
			}
			return a.action(cmd.Context())
		},
	}
}

// takeToken takes the action's input.
func (a *app) takeToken() {
	if token := a.Getenv("INPUT_TOKEN"); token != "" {
		a.Environ = append(a.Environ, "GITHUB_TOKEN="+token)
	}
}

func (a *app) action(ctx context.Context) error {
	if file := a.Getenv("INPUT_CONFIG"); file != "" {
		a.config = file
	}
	o := ciOptions{
		output: output{"text", strings.Fields(a.Getenv("INPUT_REPORT"))}, bundle: a.Getenv("INPUT_BUNDLE"), comment: a.Getenv("INPUT_COMMENT"),
		handed: handed{workflow: a.Getenv("INPUT_WORKFLOW"), artifact: a.Getenv("INPUT_ARTIFACT")},
	}
	if err := o.check(); err != nil {
		return err
	}
	switch command := a.Getenv("INPUT_COMMAND"); command {
	case "", "ci":
		return a.inCI(ctx, o)
	case "judge":
		if o.bundle == "" && !a.handsOver() {
			return &mlgate.Mistake{Err: errors.New("reading the input bundle: it is empty, and `command: judge` never runs the steps itself"), Fix: "name the bundle of the job that runs them: `bundle: mlgate.bundle`"}
		}
		o.judgeOnly = true
		return a.inCI(ctx, o)
	case "run":
		if o.bundle == "" {
			o.bundle = "mlgate.bundle"
		}
		return a.run(ctx, o.bundle, false)
	case "promote":
		return a.promoteInAction(ctx, o.output)
	case "models":
		return a.models(ctx, false, "text")
	default:
		return &mlgate.Mistake{Err: fmt.Errorf("reading the input command: %q is none that the action knows", command), Fix: "ci, models, run, judge or promote"}
	}
}

// promoteInAction moves the stage that the inputs name, and tells the run's page what came of it.
func (a *app) promoteInAction(ctx context.Context, said output) error {
	ask := flow.HandAsk{Stage: a.Getenv("INPUT_STAGE"), Version: a.Getenv("INPUT_VERSION"), Reason: a.Getenv("INPUT_REASON")}
	if ask.Stage == "" {
		return &mlgate.Mistake{Err: errors.New("reading the input stage: it is empty, and `command: promote` moves one"), Fix: "name it: `stage: production`"}
	}
	outs, err := a.byHand(ctx, ask)
	t := teller{app: a, ci: a.ci(), how: comment.None}
	late, cancel := a.tellContext(ctx)
	defer cancel()
	if err != nil {
		return errors.Join(t.tellProblem(late, first(outs), err), a.ended(outs, err, said))
	}
	return errors.Join(t.tell(late, outs), a.ended(outs, nil, said))
}
