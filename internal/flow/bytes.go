package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// keepFor is how long the bytes of a change that was not promoted are kept.
const keepFor = 14 * 24 * time.Hour

// keep stores the artifact that the bundle brought, before anything is written down that names it. A
// blocked change, and one from a fork, keep nothing.
func (h *Hearing) keep(ctx context.Context, out *mlgate.Outcome) error {
	kind := h.judged.run.Store
	if kind == "" || h.bytes == nil || h.ask.Change.Fork || out.Evidence == nil || out.Evidence.Artifact == nil || !lets(*out) {
		return nil
	}
	d := out.Evidence.Artifact.SHA256
	if mlgate.DigestOf(h.bytes) != d {
		return nil // an earlier attempt counts, and its bytes are there
	}
	store, err := h.desk.Store(kind)
	if err == nil {
		err = store.Put(ctx, h.model, d, h.bytes)
	}
	if err != nil && h.ask.Change.Proposed() {
		out.Findings = append(out.Findings, mlgate.Finding{
			Rule: "store/not-kept", Status: mlgate.Warn, Message: "the artifact could not be stored: " + err.Error(),
			Fix: "the steps run again after the merge; give the judging job `permissions: contents: write`",
		})
		return nil
	}
	return err
}

// fetchAgain opens the artifact that a version is about to stand for: what is promoted can be had.
func (h *Hearing) fetchAgain(ctx context.Context, kind string, e *mlgate.Evidence) error {
	if kind == "" || e == nil || e.Artifact == nil {
		return nil
	}
	store, err := h.desk.Store(kind)
	if err != nil {
		return err
	}
	if _, err := store.Get(ctx, h.model, e.Artifact.SHA256); err != nil {
		return fmt.Errorf("fetching the artifact of %s again before it is promoted: %w", h.model, err)
	}
	return nil
}

// prune forgets the bytes of changes that came to nothing. That it cannot is no reason to fail.
func (h *Hearing) prune(ctx context.Context) {
	kind := h.judged.run.Store
	if kind == "" {
		return
	}
	var keep []mlgate.Digest
	entries, err := h.desk.Registry.List(ctx, h.model)
	for _, e := range entries {
		if e.Artifact != "" {
			keep = append(keep, e.Artifact)
		}
	}
	if err == nil {
		var store mlgate.Store
		if store, err = h.desk.Store(kind); err == nil {
			err = store.Prune(ctx, h.model, keep, h.desk.Now().Add(-keepFor))
		}
	}
	if err != nil {
		h.desk.note("clearing old artifacts of %s: %v", h.model, err)
	}
}
