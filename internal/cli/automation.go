package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// tellTime bounds telling people after a verdict, or after a signal.
const tellTime = 5 * time.Second

// ciOptions are what `mlgate ci` was asked for.
type ciOptions struct {
	output
	bundle    string // empty: run the steps here, in one job
	comment   string // what becomes of the comment; empty: as mlops.yaml says
	fresh     bool   // run the steps whatever is known
	judgeOnly bool   // `mlgate judge`: never promote
	handed           // on workflow_run
}

// check finds wrong options before anything runs.
func (o ciOptions) check() error {
	if o.comment != "" && !slices.Contains(comment.Behaviours, o.comment) {
		return &mlgate.Mistake{Err: fmt.Errorf("reading how to comment: %q is no way that mlgate knows", o.comment), Fix: strings.Join(comment.Behaviours, ", ")}
	}
	return o.output.check()
}

func (a *app) ciCommand() *cobra.Command {
	o := ciOptions{output: output{format: "text"}}
	var noComment bool
	c := &cobra.Command{
		Use:   "ci",
		Short: "What the action calls: looks at the CI event and does what is due",
		Long: `On a pull request: judge --bundle, or without it run the steps here and judge (one job, one token; see
SECURITY.md). On a push to the default branch: the same, then promote. On workflow_run: what the run that
ended was about, with the bundle that it left; no step runs. On other events: judge and record.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ci.Detect(a.Getenv) == "" {
				return &mlgate.Mistake{Err: errors.New("looking for the CI event: this is no CI system that mlgate knows (GitHub Actions)"), Fix: "on a laptop: mlgate review"}
			}
			if noComment {
				o.comment = comment.None
			}
			if err := o.check(); err != nil {
				return err
			}
			return a.inCI(cmd.Context(), o)
		},
	}
	o.fileFlag(c)
	c.Flags().StringVar(&o.bundle, "bundle", "", "bundle that another job made; without it the steps run here")
	o.handedFlags(c)
	a.jobsFlag(c)
	c.Flags().BoolVar(&o.fresh, "fresh", false, freshHelp)
	c.Flags().StringVar(&o.comment, "comment", "", "`how` to comment on the pull request: "+strings.Join(comment.Behaviours, ", ")+" (default: as mlops.yaml says)")
	c.Flags().BoolVar(&noComment, "no-comment", false, "the same as --comment none")
	return c
}

// ci opens the adapter of the CI system that runs us.
func (a *app) ci() mlgate.CI {
	if ci.Detect(a.Getenv) == "" {
		return ci.Plain{}
	}
	return a.ciGitHub()
}

func (a *app) ciGitHub() *ci.GitHub {
	return ci.NewGitHub(ci.GitHubOptions{Getenv: a.Getenv, ReadFile: readEvent, AppendFile: appendFile, Out: a.Stdout})
}

// readEvent reads an event file, and no more of it than any event has. A pipe would never end.
func readEvent(name string) ([]byte, error) {
	in, err := openRegular(name, ci.MaxEvent)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, ci.MaxEvent+1))
}

func appendFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (a *app) token() string { return a.Getenv("GITHUB_TOKEN") }

// inCI is one CI run from event to exit code. Whatever happens after the event is known is told,
// also when there is no verdict and when we were cancelled.
func (a *app) inCI(ctx context.Context, o ciOptions) error {
	if a.Getenv("GITHUB_EVENT_NAME") == "issue_comment" && ci.Detect(a.Getenv) == "github" {
		return a.remarked(ctx, o.workflow)
	}
	system := a.ci()
	change, err := system.Change(ctx)
	if err != nil {
		return errors.Join(err, teller{app: a, ci: system}.tellProblem(ctx, mlgate.Outcome{}, err), a.saveProblem(mlgate.Outcome{}, err, o.output))
	}
	a.mark(ctx, change)
	outs, err := a.decide(ctx, o, &change)
	out := first(outs)
	if out.Change.Head == "" || out.Change.Event == mlgate.HandedOver {
		out.Change = change
	}
	a.mark(context.WithoutCancel(ctx), out.Change)
	t := teller{app: a, ci: system, how: o.comment, stopped: ctx.Err() != nil}
	tellCtx, cancel := a.tellContext(ctx)
	defer cancel()
	if err != nil {
		return errors.Join(err, t.tellProblem(tellCtx, out, err), a.saveProblem(out, err, o.output))
	}
	a.release(tellCtx, outs)
	if err := errors.Join(t.tell(tellCtx, outs), a.save(outs, o.output)); err != nil {
		return err
	}
	return a.show(outs, o.format)
}

// decide reaches the outcome. A change that was handed over is known only on the way.
func (a *app) decide(ctx context.Context, o ciOptions, change *mlgate.Change) ([]mlgate.Outcome, error) {
	if change.Event == mlgate.HandedOver {
		return a.takeOver(ctx, o, change)
	}
	var b []mlgate.Bundle
	if o.bundle != "" {
		var err error
		var waiting *mlgate.Waiting
		if b, err = a.readBundle(o.bundle); err != nil && !errors.As(err, &waiting) {
			return nil, err
		}
	}
	return a.judgeChange(ctx, o, *change, b)
}

// judgeChange opens a desk of its own before any step runs. Bundles are what another job made; none
// without o.bundle: the steps run here.
func (a *app) judgeChange(ctx context.Context, o ciOptions, change mlgate.Change, b []mlgate.Bundle) ([]mlgate.Outcome, error) {
	off, err := a.openRemote(ctx, change.Remote, a.token())
	if err != nil {
		return nil, err
	}
	defer off.Close()
	if err := a.askForge(off, change); err != nil {
		return nil, err
	}
	a.mark(ctx, change)
	off.Forged = a.marks.forged
	ask := flow.Ask{Change: change, Config: a.config}
	if err := a.strangers(ctx, off, ask, b); err != nil {
		return nil, err
	}
	return a.each(ctx, off, ask, a.inJob(off, o, b, change.Promoting() && !o.judgeOnly))
}

// inJob says how the models of one CI run are judged. Those whose bundles are there are judged together
// and recorded in one write. Where steps run in between, what was found out is kept after each; and a
// push that promotes writes down each move before it makes it.
func (a *app) inJob(off *office, o ciOptions, bundles []mlgate.Bundle, promoting bool) judging {
	if o.bundle != "" && !promoting {
		return func(ctx context.Context, matters []flow.Matter) {
			for i := range matters {
				ask := matters[i].Ask
				matters[i].Bundle = func(h *flow.Hearing) *mlgate.Bundle { return a.bundleFor(bundles, ask, h) }
			}
			off.ConcludeAll(ctx, matters)
		}
	}
	return oneByOne(func(ctx context.Context, ask flow.Ask) (mlgate.Outcome, error) {
		none := mlgate.Outcome{Change: ask.Change}
		h, err := off.Begin(ctx, ask)
		if err != nil {
			return none, err
		}
		mine := a.bundleFor(bundles, ask, h)
		if o.bundle == "" {
			if mine, err = a.runHere(ctx, h, o); err != nil {
				return none, err
			}
		}
		if promoting {
			return h.ConcludePush(ctx, mine)
		}
		return h.Conclude(ctx, mine)
	})
}

// runHere is the one-job mode: the steps run in this work tree, after everything that judges them
// was loaded, and only when the change can matter.
func (a *app) runHere(ctx context.Context, h *flow.Hearing, o ciOptions) (*mlgate.Bundle, error) {
	watch := h.Looking()
	why, prior, err := a.mustRun(ctx, h, o.fresh, watch)
	if err != nil || why == "" {
		return nil, err
	}
	fmt.Fprintln(a.Stderr, "running the steps: "+why)
	a.marks.begin(ctx, h.Model())
	how, split := h.Told()
	a.marks.onTop(h.Change(), h.Model(), cmp.Or(o.comment, how), split)
	local, err := a.openLocal(ctx)
	if err != nil {
		return nil, err
	}
	defer local.Close()
	b, err := a.runSteps(ctx, local, h.Config(), watched{watch, prior})
	return &b, err
}
