package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/check"
	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/forge"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// stateName is what the runner hands from the action to what runs after it.
const stateName = "mlgate"

// opened is what a run that is killed leaves open.
type opened struct {
	Repo    string          `json:"repo"`
	Under   string          `json:"under"` // name of the status
	Commit  string          `json:"commit"`
	URL     string          `json:"url"`
	Checks  []check.Pending `json:"checks,omitempty"`
	Pending bool            `json:"pending,omitempty"` // the status
	Noted   noted           `json:"noted,omitzero"`
}

// keepOpen writes down what is open, for whoever comes after a run that was killed.
func (a *app) keepOpen(b *check.Board, n noted) {
	if ci.Detect(a.Getenv) == "" || a.Getenv("GITHUB_STATE") == "" {
		return
	}
	o := opened{Repo: a.Getenv("GITHUB_REPOSITORY"), Under: b.Context(), Commit: b.Commit(), URL: b.URL(), Noted: n}
	o.Checks, o.Pending = b.Open()
	data, err := json.Marshal(o)
	if err == nil {
		err = a.ciGitHub().SaveState(stateName, string(mlgate.ASCII(data)))
	}
	if err != nil {
		fmt.Fprintf(a.Stderr, "writing down which checks are open: %v\n", err)
	}
}

// postCommand is what the action's image runs after the action, however that ended.
func (a *app) postCommand() *cobra.Command {
	return &cobra.Command{
		Use: "post", Short: "Close what a killed run left open (called by the action)", Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.takeToken()
			return a.post(cmd.Context())
		},
	}
}

const killed = "the run was killed before there was a verdict; run it again"

func (a *app) post(ctx context.Context) error {
	text := a.Getenv("STATE_" + stateName)
	if text == "" {
		return nil
	}
	var o opened
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return fmt.Errorf("reading what the action left open: %w", err)
	}
	if len(o.Checks) == 0 && !o.Pending && len(o.Noted.Keys) == 0 {
		return nil
	}
	hub, err := a.github(o.Repo)
	if err != nil || hub == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, tellLong)
	defer cancel()
	var errs []error
	for _, p := range o.Checks {
		open, err := hub.InProgress(ctx, p.ID)
		if err == nil && open {
			err = hub.UpdateCheck(ctx, p.Ended("cancelled", killed, o.URL))
			fmt.Fprintf(a.Stderr, "check of %s: closed, as the run was killed\n", p.Model)
		}
		errs = append(errs, err)
	}
	if o.Pending {
		errs = append(errs, check.Abandon(ctx, hub, o.Under, o.Commit, o.URL, atWork, killed))
	}
	return errors.Join(append(errs, a.takeDown(ctx, hub, o.Noted))...)
}

// takeDown replaces the lines of progress that a killed run left on top of comments.
func (a *app) takeDown(ctx context.Context, hub *forge.GitHub, n noted) error {
	if len(n.Keys) == 0 {
		return nil
	}
	thread, err := comment.Open(ctx, hub, hub, n.Number)
	if err != nil {
		return err
	}
	var errs []error
	for _, key := range n.Keys {
		result, err := thread.Renote(ctx, key, working, "**No verdict**: "+killed+".", comment.Stamp{Run: n.Run.ID, Attempt: n.Run.Attempt})
		if result == comment.Updated {
			fmt.Fprintf(a.Stderr, "comment on #%d: closed, as the run was killed\n", n.Number)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
