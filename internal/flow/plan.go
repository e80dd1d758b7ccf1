package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// Plan tells what each stage points at, and what the next promotion would do to it.
func (d Desk) Plan(ctx context.Context, ask Ask) (string, []mlgate.Planned, error) {
	h, err := d.Begin(ctx, ask)
	if err != nil {
		return "", nil, err
	}
	f, err := h.facts(ctx, h.judged.commit)
	if err != nil {
		return h.model, nil, err
	}
	word, cause, err := h.pushVerdict(ctx, h.judged.commit)
	if err != nil {
		return h.model, nil, err
	}
	plan := planned(f, word == "" || word.Lets())
	for i, p := range plan {
		switch p.Action {
		case "blocked":
			plan[i].Why = fmt.Sprintf("%.7s is %s: %s", h.judged.commit, word, cause)
		case "manual":
			if plan[i], err = handPlan(f, p); err != nil {
				return h.model, nil, err
			}
		}
	}
	return h.model, plan, nil
}

// handPlan tells what `mlgate promote STAGE` would do now.
func handPlan(f promotion.Facts, p mlgate.Planned) (mlgate.Planned, error) {
	d, err := promotion.ByHand(f, p.Stage, "")
	var mistake *mlgate.Mistake
	var waiting *mlgate.Waiting
	switch {
	case errors.As(err, &waiting):
		p.Action, p.Why = "held", waiting.Reason
		return p, nil
	case errors.As(err, &mistake):
		p.Action, p.Why = "none", mistake.Err.Error()
		return p, nil
	case err != nil:
		return p, err
	case d.Action != promotion.Move:
		p.Action, p.Why = actionWord(d.Action), d.Why
	default:
		p.Version, p.Why = d.Move.Version, "by hand: mlgate promote "+p.Stage
	}
	return p, nil
}

// plan tells what merging does to each stage, or on a push what promotion is about to do. What the
// change's own rules will block does not move either.
func (h *Hearing) plan(ctx context.Context, out mlgate.Outcome) ([]mlgate.Planned, error) {
	f, err := h.facts(ctx, h.judged.commit)
	if err != nil {
		return nil, err
	}
	return planned(f, lets(out) && !h.ownBlocks), nil
}

// planned lists every stage in the order of the file.
func planned(f promotion.Facts, lets bool) []mlgate.Planned {
	byStage := map[string]promotion.Decision{}
	for _, d := range promotion.OnMerge(f) {
		byStage[d.Move.Stage] = d
	}
	var plan []mlgate.Planned
	for _, rule := range f.Stages {
		now, _ := promotion.Current(f.Entries, rule.To)
		p := mlgate.Planned{Stage: rule.To, From: now.Version}
		d, onMerge := byStage[rule.To]
		switch {
		case !onMerge:
			p.Action, p.Why = "manual", "by hand"
			if rule.From != "" {
				p.Why += ", from " + rule.From
			}
		case !lets && d.Action == promotion.Move:
			p.Action, p.Version = "blocked", d.Move.Version
		default:
			p.Action, p.Version, p.Why = actionWord(d.Action), d.Move.Version, d.Why
		}
		plan = append(plan, p)
	}
	return plan
}

func actionWord(a promotion.Action) string {
	switch a {
	case promotion.Move:
		return "move"
	case promotion.Held, promotion.Soaking, promotion.Unapproved:
		return "held"
	case promotion.Blocked:
		return "blocked"
	}
	return "none"
}

// told puts a decision into words for the report.
func told(d promotion.Decision) mlgate.Planned {
	return mlgate.Planned{Stage: d.Move.Stage, Action: actionWord(d.Action), Version: d.Move.Version, From: d.Move.From, Why: d.Why}
}
