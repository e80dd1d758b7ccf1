package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Judge makes the verdict, and the records that the ledger is to keep of it. A Waiting error means
// that something is missing that a later run can bring.
func (h *Hearing) Judge(ctx context.Context, bundle *mlgate.Bundle) (mlgate.Outcome, []mlgate.Sealed, error) {
	out := h.outline()
	facts, err := h.governanceFacts(ctx)
	if err != nil {
		return out, nil, err
	}
	out.Findings = governance.Judge(facts)
	if h.desk.Forged != nil {
		out.Findings = append(out.Findings, h.desk.Forged(h.model)...)
	}
	if h.conflict != "" {
		out.Findings = append(out.Findings, mlgate.Finding{Rule: "merge/conflict", Status: mlgate.Warn, Message: h.conflict, Fix: "a pull request of this commit waits until then"})
	}
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
	if err := h.look(ctx, &out); err != nil {
		return out, nil, err
	}
	x, err := h.exhibit(ctx, bundle)
	if err != nil {
		return out, nil, err
	}
	h.bytes = x.artifact
	out.Steps, out.Evidence, out.EvidenceDigest, out.Unused = x.steps, x.evidence, x.digest, x.unused
	out.Findings = append(out.Findings, x.problems...)
	if x.evidence != nil {
		if err := h.weigh(ctx, &out); err != nil {
			return out, nil, err
		}
	}
	if err := h.conclude(ctx, &out); err != nil {
		return out, nil, err
	}
	if out.Plan, err = h.plan(ctx, out); err != nil {
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
		out.Rules = append(out.Rules, r.source())
		out.Comment, out.Split = r.demand.Comment, r.demand.Split
		out.WarnOnly = out.WarnOnly && r.demand.WarnOnly // a push cannot switch itself to `enforce: warn`
	}
	out.DemandsFrom, out.Files = h.demandsFrom(), h.touched()
	return out
}

func (r rules) source() mlgate.RuleSet {
	return mlgate.RuleSet{Commit: r.commit, Label: r.label, Digest: r.digest, Policies: r.engine.Rules()}
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
	if err := errors.Join(h.inputs(ctx, out), h.examples(ctx, out)); err != nil {
		return err
	}
	out.Findings = append(out.Findings, gate.Checks(out.Evidence, out.BaseEvidence, h.onFailedCheck())...)
	for _, r := range h.rules {
		past, err := h.accepted(ctx, r)
		if err != nil {
			return err
		}
		results, at := gate.JudgeAmong(r.demand.Gates, out.Evidence, out.BaseEvidence, past), h.placesOf(r.demand)
		for i := range results {
			at.move(&results[i].Finding)
		}
		out.Gates = mergeGates(out.Gates, results, r.label)
		said, err := r.engine.Judge(ctx, h.document(*out, r.demand, results))
		if err != nil {
			return fmt.Errorf("asking the policies of %s: %w", r.label, err)
		}
		for i := range said {
			at.move(&said[i])
		}
		out.Findings = mergeFindings(out.Findings, said)
	}
	return h.preview(ctx, out)
}

// onFailedCheck is what a failed check means: the strictest of the demands that must hold.
func (h *Hearing) onFailedCheck() mlgate.Status {
	worst := mlgate.Warn
	for _, r := range h.rules {
		worst = min(worst, onFailedCheck(r.demand))
	}
	return worst
}

func onFailedCheck(d config.Demand) mlgate.Status {
	if d.FailedCheckWarns {
		return mlgate.Warn
	}
	return mlgate.Fail
}

// mergeGates adds the results of a second set of demands, unless they say the same.
func mergeGates(have, more []mlgate.GateResult, label string) []mlgate.GateResult {
	second := len(have) > 0
	said := map[string][]mlgate.GateResult{} // by metric: a hundred patterns can give a hundred thousand results
	for _, g := range have {
		said[g.Metric] = append(said[g.Metric], g)
	}
	for _, g := range more {
		same := func(o mlgate.GateResult) bool { return o.Status == g.Status && reflect.DeepEqual(o.Limits, g.Limits) }
		if slices.ContainsFunc(said[g.Metric], same) {
			continue
		}
		if second {
			g.Message += " (rules of " + label + ")"
		}
		said[g.Metric] = append(said[g.Metric], g)
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

// preview says what the change's own rules will say once it is merged. They do not judge it; but rules
// that cannot be used must not be merged, and those that will block it are told now.
func (h *Hearing) preview(ctx context.Context, out *mlgate.Outcome) error {
	if h.own == nil {
		return nil
	}
	if f, broken := h.broken(); broken {
		out.Findings = append(out.Findings, f)
		return nil
	}
	past, err := h.accepted(ctx, *h.own)
	if err != nil {
		return err
	}
	gates := gate.JudgeAmong(h.own.demand.Gates, out.Evidence, out.BaseEvidence, past)
	said, err := h.own.engine.Judge(ctx, h.document(*out, h.own.demand, gates))
	if err != nil {
		return fmt.Errorf("asking the policies of this change: %w", err)
	}
	said = append(said, gate.Checks(out.Evidence, out.BaseEvidence, onFailedCheck(h.own.demand))...)
	governance.Waive(gates, said, h.own.demand.Waivers, h.desk.Now())
	v := governance.Fold(gates, said, governance.FoldOptions{
		OnInconclusive: h.own.demand.OnInconclusive, WarnOnly: h.own.demand.WarnOnly, NoBaseline: out.BaseEvidence == nil,
		Demanded: len(h.own.demand.Gates)+len(h.own.demand.Policies)+len(out.Evidence.Checks) > 0,
	})
	out.Preview = string(v.Word)
	if v.Cause != "" {
		out.Preview += ": " + v.Cause
	}
	if h.ownBlocks = !v.Word.Lets() && v.Word != mlgate.NotJudged && !h.own.demand.WarnOnly; h.ownBlocks {
		f := mlgate.Finding{Rule: "governance/own-rules", Status: mlgate.Warn, Pos: mlgate.Pos{File: h.judged.file}}
		f.Message, f.Fix = "once merged, this change is blocked by its own rules ("+out.Preview+")", "mend the new rules, or what they measure, before it is merged"
		out.Findings = append(out.Findings, f)
	}
	return nil
}

// conclude applies what was lifted for this commit and the waivers, and makes the verdict.
func (h *Hearing) conclude(ctx context.Context, out *mlgate.Outcome) error {
	lifted, err := h.overrides(ctx)
	if err != nil {
		return err
	}
	governance.Override(out.Gates, out.Findings, lifted)
	out.Findings = append(out.Findings, governance.Waive(out.Gates, out.Findings, h.waivers(), h.desk.Now())...)
	out.Verdict = h.fold(*out)
	return nil
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
	o.Demanded = out.Evidence != nil && len(out.Evidence.Checks) > 0
	for _, r := range h.rules {
		o.OnInconclusive = min(o.OnInconclusive, r.demand.OnInconclusive)
		o.WarnOnly = o.WarnOnly && r.demand.WarnOnly
		o.Demanded = o.Demanded || len(r.demand.Gates) > 0 || len(r.demand.Policies) > 0
	}
	return governance.Fold(out.Gates, out.Findings, o)
}

// sealAll seals the bundle's evidence and the verdict.
func (h *Hearing) sealAll(out mlgate.Outcome, x exhibit) ([]mlgate.Sealed, error) {
	records, err := h.sealVerdict(out)
	if err != nil || x.fresh == nil || len(x.problems) > 0 {
		return records, err
	}
	fresh := *x.fresh
	fresh.Envelope = h.envelope(string(h.judged.recipe.Digest))
	fresh.Envelope.Scope = h.scope()
	if c := h.ask.Change; c.Proposed() {
		fresh.Envelope.Base = c.BaseBranch
		fresh.Envelope.Reusable = c.BaseBranch == c.Default && h.reusable()
	}
	return append([]mlgate.Sealed{fresh}, records...), nil
}

// scope is where evidence that this hearing records was made.
func (h *Hearing) scope() string {
	if h.ask.Change.OnDefault() {
		return mlgate.ScopeBranch
	}
	return mlgate.ScopeChange
}

func (h *Hearing) envelope(key string) mlgate.Envelope {
	return mlgate.Envelope{
		Key: key, Commit: h.judged.commit, Tree: h.judged.tree.ID(), Folder: h.folder(), Run: h.ask.Change.Run,
		At: h.desk.Now().UTC(), Version: h.desk.Version,
	}
}

func (h *Hearing) sealVerdict(out mlgate.Outcome) ([]mlgate.Sealed, error) {
	v := mlgate.VerdictRecord{
		Format: 1, Model: out.Model, Event: out.Change.Event, Commit: out.Commit, Tree: out.Tree, Recipe: out.Recipe,
		Branch: out.Change.BaseBranch, Number: out.Change.Number, Stage: out.Stage, Reference: h.base.commit, Rules: out.Rules, Evidence: out.EvidenceDigest,
		Baseline: out.Baseline, Waivers: h.waivers(),
		Verdict: out.Verdict, Gates: out.Gates, Findings: out.Findings, Past: h.handedOn(), Actor: out.Change.Actor, At: out.Judged,
	}
	s, err := mlgate.Seal(mlgate.KindVerdict, v, h.envelope(out.Commit))
	h.sealed = s.Digest
	return []mlgate.Sealed{s}, err
}
