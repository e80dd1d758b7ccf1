package handover

import (
	"context"
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// late is how long after its event a run may be created. What happened to the pull request within that time
// before the run came before its event, or after it.
const late = time.Minute

const anew = "push to it, or close and open it again: its new run is judged"

// only: a run tells of no pull request, so there must be no other that it may be of. What another one
// with this head measured ran under the workflows of that one's base.
func (c *Case) only(all []mlgate.HandedPull) error {
	if c.pull.Created.After(c.run.Created) {
		return &mlgate.Waiting{Reason: fmt.Sprintf("#%d was opened after this run was started, so the run is of another pull request, or of none: the run of its own is judged", c.pull.Number)}
	}
	for _, p := range all {
		switch {
		case p.Open || p.HeadRepo != c.run.HeadRepo.ID || p.Head != c.run.Head || p.Number == c.pull.Number:
		case p.Closed.After(c.run.Created):
			return &mlgate.Waiting{Reason: fmt.Sprintf("#%d had this commit as its head too when this run was started, and a run does not say which it is of; of #%d: %s", p.Number, c.pull.Number, anew)}
		default:
			c.Unsure = fmt.Sprintf("#%d, with the same head, was closed right before its run was started", p.Number)
		}
	}
	return nil
}

// sameBase: the pull request goes where it went when the run was started. A run merges its head into the
// base of that moment, also when it is started again, and the workflow file is that merge's.
func (c *Case) sameBase(ctx context.Context) error {
	at, err := c.o.Heads.Retargeted(ctx, c.pull.Number)
	switch {
	case err != nil:
		return fmt.Errorf("asking whether #%d was given another base: %w", c.pull.Number, err)
	case at.After(c.run.Created):
		return &mlgate.Waiting{Reason: fmt.Sprintf("#%d was given another base after this run was started: its numbers are of the one before; %s", c.pull.Number, anew)}
	case !at.IsZero() && !at.Before(c.run.Created.Add(-late)):
		c.Unsure = "it was given another base right before its run was started"
	}
	c.Change.Fork = c.Change.Fork || c.Unsure != ""
	return nil
}
