package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxTries bounds how often a story starts again because somebody else wrote first.
const maxTries = 5

// Judge is the story of a change that moves nothing: a pull request, a nightly run. It judges the
// bundle, writes evidence and verdict to the ledger, and returns what is to be told. The error is
// for "no verdict": the caller tells that too.
func (d Desk) Judge(ctx context.Context, ask Ask, bundle *mlgate.Bundle) (mlgate.Outcome, error) {
	h, err := d.Begin(ctx, ask)
	if err != nil {
		return mlgate.Outcome{Change: ask.Change}, err
	}
	return h.Conclude(ctx, bundle)
}

// Conclude is Judge for a hearing that was begun before the steps ran: what they did meanwhile does
// not reach the rules. Only when somebody else wrote meanwhile is it begun anew.
func (h *Hearing) Conclude(ctx context.Context, bundle *mlgate.Bundle) (mlgate.Outcome, error) {
	d, ask := h.desk, h.ask
	for try := range maxTries {
		if try > 0 {
			var err error
			if h, err = d.Begin(ctx, ask); err != nil {
				return mlgate.Outcome{Change: ask.Change}, err
			}
		}
		out, records, err := h.Judge(ctx, bundle)
		if err != nil {
			return out, err
		}
		moved, err := h.baseMoved(ctx)
		if err != nil {
			return out, err
		}
		if moved {
			d.note("the base branch moved meanwhile: judging again")
			continue
		}
		if err := h.keep(ctx, &out); err != nil {
			return out, err
		}
		err = h.record(ctx, &out, records)
		if errors.Is(err, mlgate.ErrConflict) {
			d.note("somebody else wrote to the ledger meanwhile: judging again")
			continue
		}
		return out, err
	}
	return mlgate.Outcome{Change: ask.Change}, fmt.Errorf("judging %.12s: the base branch or the ledger changed %d times meanwhile: %w; run again", ask.Change.Head, maxTries, mlgate.ErrConflict)
}

// Review is the story of a laptop: the same judgment, and nothing is written anywhere. A hearing
// is begun before the steps run, so that they cannot touch what judges them.
func (h *Hearing) Review(ctx context.Context, bundle *mlgate.Bundle) (mlgate.Outcome, error) {
	out, _, err := h.Judge(ctx, bundle)
	return out, err
}

// baseMoved asks the remote again for the tip that the demands came from.
func (h *Hearing) baseMoved(ctx context.Context) (bool, error) {
	if h.baseTip == "" {
		return false, nil
	}
	now, err := h.desk.Branches.Tip(ctx, h.ask.Change.BaseBranch)
	if err != nil {
		return false, fmt.Errorf("asking again for the tip of %q: %w", h.ask.Change.BaseBranch, err)
	}
	return now != h.baseTip, nil
}

// record writes to the ledger.
func (h *Hearing) record(ctx context.Context, out *mlgate.Outcome, records []mlgate.Sealed) error {
	write, err := h.prepare(ctx, *out, records)
	if err != nil || write == nil {
		return err
	}
	return h.unrecorded(out, write.Commit(ctx))
}

// prepare makes the write that nobody sees yet; nil: there is nothing to be recorded. Of a fork nothing
// is.
func (h *Hearing) prepare(ctx context.Context, out mlgate.Outcome, records []mlgate.Sealed) (mlgate.Write, error) {
	if h.ask.Change.Fork || len(records) == 0 {
		return nil, nil
	}
	write, err := h.log.Prepare(ctx, subject(out), records...)
	if err != nil {
		return nil, fmt.Errorf("writing to the ledger of %s: %w", h.model, err)
	}
	return write, nil
}

// unrecorded says what it means that the ledger was not written. On a pull request a refusal is told as
// a warning and changes no verdict: nothing is moved by it. Elsewhere it is an error: what is not
// written down does not act.
func (h *Hearing) unrecorded(out *mlgate.Outcome, err error) error {
	if errors.Is(err, mlgate.ErrForbidden) && h.ask.Change.Proposed() {
		out.Findings = append(out.Findings, mlgate.Finding{
			Rule: "ledger/not-recorded", Status: mlgate.Warn,
			Message: "the verdict could not be written to the ledger: " + err.Error(),
			Fix:     "give the judging job `permissions: contents: write`",
		})
		return nil
	}
	if err != nil {
		return fmt.Errorf("writing to the ledger of %s: %w", h.model, err)
	}
	return nil
}

// subject is what `git log` of the ledger shows of a judgment.
func subject(out mlgate.Outcome) string {
	s := fmt.Sprintf("%s: %s %.7s", out.Model, out.Verdict.Word, out.Commit)
	if out.Verdict.Cause != "" {
		s += " by " + out.Verdict.Cause
	}
	if out.Stage != "" {
		s += ", asked for " + out.Stage
	}
	about := [][2]string{{"Event", string(out.Change.Event)}, {"By", out.Change.Actor}}
	if out.Change.Number > 0 {
		about = append(about, [2]string{"Pull request", fmt.Sprintf("#%d", out.Change.Number)})
	}
	for _, r := range out.Rules {
		about = append(about, [2]string{"Rules", r.Label + " (" + r.Commit + ")"})
	}
	if out.Baseline.Digest != "" {
		about = append(about, [2]string{"Compared with", fmt.Sprintf("%s (%s)", out.Baseline.Label, out.Baseline.Commit)})
	}
	for _, g := range out.Gates {
		if g.Status < mlgate.Pass {
			about = append(about, [2]string{g.Status.String(), g.Message})
		}
	}
	return s + paragraph(about)
}

// Affected reports whether the change can matter to the model at all, and if so why.
func (h *Hearing) Affected(ctx context.Context) (bool, string, error) {
	switch {
	case !h.judged.present():
		return false, "", nil
	case len(h.demands) > 0:
		return true, "it changes what is demanded", nil
	case !h.isPush():
		if !h.base.present() || h.judged.recipe.Digest != h.base.recipe.Digest {
			return true, "it changes the recipe", nil
		}
		return false, "", nil
	case !h.ask.Change.Promoting():
		return true, "asked for", nil
	}
	return h.pushAffected(ctx)
}

// pushAffected: on the promoting branch it is not the push that counts but what is in service.
func (h *Hearing) pushAffected(ctx context.Context) (bool, string, error) {
	if len(h.judged.recipe.Untracked) > 0 {
		return true, "it has inputs that git does not track", nil
	}
	if len(h.judged.recipe.Moving) > 0 {
		return true, "it has an image whose tag can move", nil
	}
	known, err := h.firstAttempt(ctx, nil)
	if err != nil {
		return false, "", err
	}
	if known == nil {
		return true, "its recipe was never measured for this branch", nil
	}
	automatic := false
	for _, rule := range h.stages() {
		if rule.When != "merge" {
			continue
		}
		automatic = true
		same, err := h.inService(ctx, rule.To)
		if err != nil {
			return false, "", err
		}
		if !same {
			return true, "its recipe is not the one in " + rule.To, nil
		}
	}
	if !automatic && (!h.base.present() || h.base.recipe.Digest != h.judged.recipe.Digest) {
		return true, "its recipe is not the one that was last accepted", nil
	}
	return false, "", nil
}
