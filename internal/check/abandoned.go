package check

import (
	"context"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Pending is a check run in progress.
type Pending struct {
	ID    int64  `json:"id"`
	Model string `json:"model"`
	Under string `json:"under"` // name of the status
}

// Ended is the check run when nothing will come any more.
func (p Pending) Ended(conclusion, why, url string) mlgate.CheckRun {
	return mlgate.CheckRun{
		ID: p.ID, Name: name(p.Under, p.Model), External: external(p.Under, p.Model), Completed: true, Conclusion: conclusion, Title: why, Summary: why, URL: url,
	}
}

// Abandon says that nothing will come any more, where the status still says atWork of the run at url.
func Abandon(ctx context.Context, marks mlgate.Marks, name, commit, url, atWork, why string) error {
	b, err := Look(ctx, marks, name, commit, url)
	if err != nil {
		return err
	}
	if s, ok := b.status(); !ok || s.State != "pending" || s.Description != atWork || s.URL != url {
		return nil
	}
	if err := b.setStatus(ctx, Total{State: "error", Description: why}); err != nil {
		return fmt.Errorf("closing what a killed run left open: %w", err)
	}
	return nil
}
