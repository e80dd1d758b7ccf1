package flow

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/promotion"
)

// Judge makes the verdict, and the records that the ledger is to keep of it. A Waiting error means
// that something is missing that a later run can bring.
func (h *Hearing) Judge(ctx context.Context, bundle *mlgate.Bundle) (mlgate.Outcome, []mlgate.Sealed, error) {
	out := h.outline()
	out.Findings = governance.Judge(h.governanceFacts())
	affected, _, err := h.Affected(ctx)
	if err != nil {
		return out, nil, err
	}
	if !affected {
		out.Verdict = mlgate.Verdict{Word: mlgate.NotAffected, Status: mlgate.Pass}
		if len(out.Findings) > 0 {
			out.Verdict = governance.Fold(nil, out.Findings, governance.FoldOptions{OnInconclusive: mlgate.Warn, Demanded: true})
		}
		records, err := h.sealVerdict(out)
		return out, records, err
	}
	x, err := h.exhibit(ctx, bundle)
	if err != nil {
		return out, nil, err
	}
	out.Steps, out.Evidence, out.EvidenceDigest = x.steps, x.evidence, x.digest
	out.Findings = append(out.Findings, x.problems...)
	if x.evidence != nil {
		if err := h.weigh(ctx, &out); err != nil {
			return out, nil, err
		}
	}
	h.conclude(&out)
	if out.Plan, err = h.plan(ctx, out.Verdict); err != nil {
		return out, nil, err
	}
	records, err := h.sealAll(out, x)
	return out, records, err
}

// outline is what is known before any evidence is looked at.
func (h *Hearing) outline() mlgate.Outcome {
	out := mlgate.Outcome{
		Model: h.model, Path: cmp.Or(h.judged.file, h.base.file), Change: h.ask.Change, Commit: h.judged.commit,
		Tree: h.judged.tree.ID(), Recipe: h.judged.recipe.Digest, Reference: h.reference, DemandChanges: h.demands,
		Judged: h.desk.Now().UTC(), Version: h.desk.Version,
	}
	out.WarnOnly = len(h.rules) > 0
	for _, r := range h.rules {
		out.DemandsDigest = append(out.DemandsDigest, r.digest)
		out.Comment = r.demand.Comment
		out.WarnOnly = out.WarnOnly && r.demand.WarnOnly // a push cannot switch itself to `enforce: warn`
	}
	out.DemandsFrom = h.demandsFrom()
	return out
}

func (h *Hearing) demandsFrom() string {
	if !h.base.present() {
		return "this change: it is judged by itself"
	}
	if len(h.rules) > 1 {
		return h.rules[0].label + " and of this push"
	}
	return h.rules[0].label
}

// weigh runs gates and policies of every set of demands that must hold.
func (h *Hearing) weigh(ctx context.Context, out *mlgate.Outcome) (err error) {
	newest := h.rules[len(h.rules)-1]
	if out.Baseline, err = h.compareWith(ctx, newest.demand.Baseline); err != nil {
		return fmt.Errorf("looking for a baseline: %w", err)
	}
	out.BaseEvidence = out.Baseline.Evidence
	for _, r := range h.rules {
		results := gate.Judge(r.demand.Gates, out.Evidence, out.BaseEvidence)
		out.Gates = mergeGates(out.Gates, results, r.label)
		said, err := r.engine.Judge(ctx, h.document(*out, results))
		if err != nil {
			return fmt.Errorf("asking the policies of %s: %w", r.label, err)
		}
		out.Findings = mergeFindings(out.Findings, said)
	}
	h.preview(out)
	return nil
}

// mergeGates adds the results of a second set of demands, unless they say the same.
func mergeGates(have, more []mlgate.GateResult, label string) []mlgate.GateResult {
	second := len(have) > 0
	for _, g := range more {
		same := func(o mlgate.GateResult) bool {
			return o.Metric == g.Metric && o.Status == g.Status && reflect.DeepEqual(o.Limits, g.Limits)
		}
		if slices.ContainsFunc(have, same) {
			continue
		}
		if second {
			g.Message += " (rules of " + label + ")"
		}
		have = append(have, g)
	}
	return have
}

func mergeFindings(have, more []mlgate.Finding) []mlgate.Finding {
	for _, f := range more {
		if !slices.ContainsFunc(have, func(o mlgate.Finding) bool { return o.Rule == f.Rule && o.Message == f.Message }) {
			have = append(have, f)
		}
	}
	return have
}

// preview says what the change's own rules would say: for people, it decides nothing.
func (h *Hearing) preview(out *mlgate.Outcome) {
	if len(h.demands) == 0 || h.isPush() || !h.base.present() {
		return
	}
	own := h.judged.demand
	v := governance.Fold(gate.Judge(own.Gates, out.Evidence, out.BaseEvidence), nil, governance.FoldOptions{
		OnInconclusive: own.OnInconclusive, WarnOnly: own.WarnOnly, NoBaseline: out.BaseEvidence == nil, Demanded: len(own.Gates) > 0,
	})
	out.Preview = string(v.Word)
	if v.Cause != "" {
		out.Preview += ": " + v.Cause
	}
}

// document is what policies see.
func (h *Hearing) document(out mlgate.Outcome, gates []mlgate.GateResult) mlgate.Case {
	c := mlgate.Case{
		Version: 1, Model: h.model, Change: h.ask.Change, Recipe: out.Recipe, Head: out.Evidence, Base: out.BaseEvidence,
		Gates: gates, Demands: h.demands, Baseline: out.Baseline,
	}
	c.Metrics.Head, c.Params.Head = byName(out.Evidence)
	c.Metrics.Base, c.Params.Base = byName(out.BaseEvidence)
	for _, f := range h.files {
		c.Files = append(c.Files, f.Path)
	}
	return c
}

func byName(e *mlgate.Evidence) (map[string]mlgate.Number, map[string]string) {
	metrics, params := map[string]mlgate.Number{}, map[string]string{}
	if e == nil {
		return metrics, params
	}
	for _, m := range e.Metrics {
		metrics[m.Name] = m.Value
	}
	for _, p := range e.Params {
		params[p.Name] = p.Value
	}
	return metrics, params
}

// conclude applies the waivers and makes the verdict.
func (h *Hearing) conclude(out *mlgate.Outcome) {
	out.Findings = append(out.Findings, governance.Waive(out.Gates, out.Findings, h.waivers(), h.desk.Now())...)
	out.Verdict = h.fold(*out)
}

// waivers are those that every set of demands has: a push cannot excuse itself.
func (h *Hearing) waivers() []mlgate.Waiver {
	var all []mlgate.Waiver
	for i, r := range h.rules {
		if i == 0 {
			all = slices.Clone(r.demand.Waivers)
			continue
		}
		all = slices.DeleteFunc(all, func(w mlgate.Waiver) bool {
			return !slices.ContainsFunc(r.demand.Waivers, func(o mlgate.Waiver) bool { return o.Rule == w.Rule && o.Until.Equal(w.Until) })
		})
	}
	return all
}

// fold makes one verdict. The stricter of two sets of demands decides how doubt and `enforce` are
// read.
func (h *Hearing) fold(out mlgate.Outcome) mlgate.Verdict {
	o := governance.FoldOptions{OnInconclusive: mlgate.Warn, WarnOnly: true, NoBaseline: out.BaseEvidence == nil}
	for _, r := range h.rules {
		o.OnInconclusive = min(o.OnInconclusive, r.demand.OnInconclusive)
		o.WarnOnly = o.WarnOnly && r.demand.WarnOnly
		o.Demanded = o.Demanded || len(r.demand.Gates) > 0 || len(r.demand.Policies) > 0
	}
	return governance.Fold(out.Gates, out.Findings, o)
}

// plan tells what merging does to each stage, or on a push what promotion is about to do.
func (h *Hearing) plan(ctx context.Context, v mlgate.Verdict) ([]mlgate.Planned, error) {
	f, err := h.facts(ctx, h.judged.commit)
	if err != nil {
		return nil, err
	}
	return planned(f, v.Word.Lets()), nil
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
		case !lets:
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
	case promotion.Held:
		return "held"
	case promotion.Blocked:
		return "blocked"
	}
	return "none"
}

// sealAll seals the bundle's evidence and the verdict.
func (h *Hearing) sealAll(out mlgate.Outcome, x exhibit) ([]mlgate.Sealed, error) {
	records, err := h.sealVerdict(out)
	if err != nil || x.fresh == nil || len(x.problems) > 0 {
		return records, err
	}
	fresh := *x.fresh
	fresh.Envelope = h.envelope(string(h.judged.recipe.Digest))
	fresh.Envelope.Scope = mlgate.ScopeChange
	if h.isPush() && h.ask.Change.BaseBranch == h.ask.Change.Default {
		fresh.Envelope.Scope = mlgate.ScopeBranch
	} else {
		fresh.Envelope.Reusable = h.reusable()
	}
	return append([]mlgate.Sealed{fresh}, records...), nil
}

func (h *Hearing) envelope(key string) mlgate.Envelope {
	return mlgate.Envelope{
		Key: key, Commit: h.judged.commit, Tree: h.judged.tree.ID(), Run: h.ask.Change.Run,
		At: h.desk.Now().UTC(), Version: h.desk.Version,
	}
}

func (h *Hearing) sealVerdict(out mlgate.Outcome) ([]mlgate.Sealed, error) {
	v := mlgate.VerdictRecord{
		Format: 1, Model: out.Model, Event: out.Change.Event, Commit: out.Commit, Tree: out.Tree, Recipe: out.Recipe,
		Reference: h.base.commit, Demands: out.DemandsDigest, Evidence: out.EvidenceDigest, Baseline: out.Baseline.Digest,
		Verdict: out.Verdict, Gates: out.Gates, Findings: out.Findings, Actor: out.Change.Actor, At: out.Judged,
	}
	s, err := mlgate.Seal(mlgate.KindVerdict, v, h.envelope(out.Commit))
	return []mlgate.Sealed{s}, err
}
