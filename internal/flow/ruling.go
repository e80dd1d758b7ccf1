package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/governance"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/policy"
	"github.com/mlgate/mlgate/internal/promotion"
	"github.com/mlgate/mlgate/internal/report"
)

func (a *archive) whyRule(ctx context.Context, name string) (*report.RuleAnswer, error) {
	out := &report.RuleAnswer{Rule: name, Judgments: []report.Judgment{}, Gates: []mlgate.GateRule{}, Where: []mlgate.Pos{}}
	for _, g := range a.demanded(name) {
		out.Gates, out.Where, out.Tip = append(out.Gates, g), append(out.Where, g.Pos), a.own.commit
	}
	names := []string{name}
	for _, o := range a.others(ctx) {
		if o.of != "" && about(name, o.of) {
			names = append(names, o.rule)
		}
		if about(name, o.rule) || o.of != "" && about(name, o.of) {
			out.Other, out.Where, out.Tip = strings.Replace(cmp.Or(o.of, o.rule), "/", " ", 1), append(out.Where, o.pos), a.own.commit
		}
	}
	vs, err := a.recent(ctx)
	if err != nil {
		return nil, err
	}
	out.Looked = fmt.Sprintf("the newest %d commits of %s", backFromTip, a.q.Change.Default)
	if a.q.Head != "" && a.q.Head != a.q.Change.Head {
		out.Looked += " and of the branch at hand"
	}
	judged(out, vs, names)
	if len(out.Judgments) == 0 && len(out.Where) == 0 { // known from longer ago, or from other branches?
		if vs, err = a.verdictsOn(ctx, ""); err != nil {
			return nil, err
		}
		out.Looked = "the whole ledger"
		judged(out, vs, names)
	}
	if err := a.exhibits(ctx, out, vs); err != nil {
		return nil, err
	}
	if len(out.Judgments) == 0 && len(out.Where) == 0 {
		if out.Always = slices.Contains(governance.Rules, strings.TrimPrefix(name, "governance/")); out.Always {
			return out, nil
		}
		return nil, a.unknown(name, vs)
	}
	return out, nil
}

// other is a rule of mlops.yaml that is no gate.
type other struct {
	rule string
	of   string // where it comes from, when it is called otherwise: "policy/./policies"
	pos  mlgate.Pos
}

func (a *archive) others(ctx context.Context) []other {
	var all []other
	for i, p := range a.own.demand.Policies {
		all = append(all, other{"policy/" + p.Ref, "", p.Pos})
		if strings.HasPrefix(p.Ref, "./") && i < len(a.own.sets) {
			engine, err := policy.Compile(ctx, a.own.sets[i:i+1])
			if err != nil {
				continue // then nothing was judged by it, and `mlgate validate` says why
			}
			for _, rule := range engine.Rules() {
				all = append(all, other{rule, "policy/" + p.Ref, p.Pos})
			}
		}
	}
	for _, s := range a.own.run.Steps {
		all = append(all, other{"step/" + s.Name, "", s.Pos})
	}
	return all
}

// judged collects the verdicts, newest first, in which a rule said something, or was asked.
func judged(out *report.RuleAnswer, vs []verdict, names []string) {
	out.Older = 0
	for _, v := range vs {
		j := report.Judgment{VerdictLine: v.line()}
		for _, g := range v.Gates {
			if gateNamed(out.Rule, g.Metric) {
				j.Gates = append(j.Gates, g)
			}
		}
		for _, f := range v.Findings {
			if slices.ContainsFunc(names, func(n string) bool { return about(n, f.Rule) }) {
				j.Findings = append(j.Findings, f)
			}
		}
		if len(j.Findings) == 0 {
			j.Findings = foldedIn(out.Rule, v.Findings)
		}
		if len(j.Gates)+len(j.Findings) == 0 {
			j.Silent = slices.ContainsFunc(names, func(n string) bool { return asked(n, v.Rules) })
		}
		switch {
		case len(j.Gates)+len(j.Findings) == 0 && !j.Silent:
		case len(out.Judgments) < maxListed:
			out.Judgments = append(out.Judgments, j)
		default:
			out.Older++
		}
	}
}

// exhibits brings what the newest judgment of gates rested on, and what was measured of the metric before.
func (a *archive) exhibits(ctx context.Context, out *report.RuleAnswer, vs []verdict) error {
	extended, err := a.extended(ctx, vs)
	if err != nil {
		return err
	}
	out.Trail = trail(strings.TrimPrefix(out.Rule, "gate/"), vs, extended)
	if len(out.Judgments) == 0 || len(out.Judgments[0].Gates) == 0 {
		return nil
	}
	j := &out.Judgments[0]
	var recipes, before []mlgate.Digest
	for _, v := range vs {
		if v.Evidence == j.Evidence {
			recipes = append(recipes, v.Recipe)
		}
		if v.Evidence == j.Baseline.Digest {
			before = append(before, v.Recipe)
		}
	}
	if j.Head, err = a.evidence(ctx, j.Evidence, recipes); err != nil && !errors.Is(err, mlgate.ErrNotFound) {
		return err
	}
	if j.Base, err = a.evidence(ctx, j.Baseline.Digest, before); err != nil && !errors.Is(err, mlgate.ErrNotFound) {
		return err
	}
	return nil
}

// maxTrail is how many measurements are shown of one metric.
const maxTrail = 60

// extended is the evidence that verdicts rested on before it was extended to what others of them rest on.
func (a *archive) extended(ctx context.Context, vs []verdict) (map[mlgate.Digest]bool, error) {
	by := map[mlgate.Digest][]mlgate.Digest{} // evidence by recipe
	for _, v := range vs {
		if v.Evidence != "" && !slices.Contains(by[v.Recipe], v.Evidence) {
			by[v.Recipe] = append(by[v.Recipe], v.Evidence)
		}
	}
	out := map[mlgate.Digest]bool{}
	for recipe, found := range by {
		if len(found) < 2 {
			continue
		}
		all, err := a.log.Find(ctx, mlgate.KindEvidence, string(recipe))
		if err != nil {
			return nil, fmt.Errorf("reading the evidence of %s: %w", a.model, err)
		}
		before := map[mlgate.Digest]mlgate.Digest{}
		for _, s := range all {
			x, err := s.Extends()
			if err != nil {
				return nil, err
			}
			if x != nil {
				before[s.Digest] = x.Evidence
			}
		}
		for _, d := range found {
			for d = before[d]; d != "" && !out[d]; d = before[d] {
				out[d] = true
			}
		}
	}
	return out, nil
}

// trail is what was measured of one metric, oldest first, each evidence once; what was extended counts as part of that.
func trail(metric string, vs []verdict, extended map[mlgate.Digest]bool) []report.Point {
	var out []report.Point
	seen := maps.Clone(extended)
	for _, v := range slices.Backward(vs) {
		i := slices.IndexFunc(v.Gates, func(g mlgate.GateResult) bool { return g.Metric == metric && g.Head != nil && g.Head.Finite() })
		if i < 0 || v.Evidence == "" || seen[v.Evidence] {
			continue
		}
		seen[v.Evidence] = true
		out = append(out, report.Point{At: v.At, Commit: v.Commit, Value: *v.Gates[i].Head})
	}
	return out[max(0, len(out)-maxTrail):]
}

// foldedIn: of checks that passed a verdict keeps the number, by the prefix of their names.
func foldedIn(name string, all []mlgate.Finding) []mlgate.Finding {
	for _, f := range all {
		if strings.HasPrefix(f.Rule, "check/") && f.Status == mlgate.Pass && strings.HasPrefix(name, f.Rule+"/") {
			return []mlgate.Finding{f}
		}
	}
	return nil
}

// asked reports whether a policy was asked in a verdict.
func asked(name string, sets []mlgate.RuleSet) bool {
	return slices.ContainsFunc(sets, func(s mlgate.RuleSet) bool {
		return slices.ContainsFunc(s.Policies, func(p string) bool { return about(name, p) })
	})
}

// gateNamed: a gate is asked for as its metric, as gate/METRIC, or by the pattern in mlops.yaml.
func gateNamed(name, metric string) bool {
	return glob.Name(strings.TrimPrefix(name, "gate/"), metric)
}

// about: another rule is asked for by its whole name or by a part of it between slashes.
func about(name, rule string) bool {
	return name != "" && strings.Contains("/"+rule+"/", "/"+name+"/")
}

// demanded are the gates of the tip that a name is about; an exact name beats patterns.
func (a *archive) demanded(name string) []mlgate.GateRule {
	name = strings.TrimPrefix(name, "gate/")
	var exact, wide []mlgate.GateRule
	for _, g := range a.own.demand.Gates {
		if g.Pattern == name {
			exact = append(exact, g)
		} else if glob.Name(g.Pattern, name) {
			wide = append(wide, g)
		}
	}
	if exact != nil {
		return exact
	}
	return wide
}

// unknown says where a name was looked for, and lists what could have been meant.
func (a *archive) unknown(name string, vs []verdict) error {
	var rules, versions []string
	for _, g := range a.own.demand.Gates {
		rules = append(rules, g.Pattern)
	}
	for _, p := range a.own.demand.Policies {
		rules = append(rules, "policy/"+p.Ref)
	}
	for _, s := range a.own.run.Steps {
		rules = append(rules, "step/"+s.Name)
	}
	for _, v := range vs {
		for _, g := range v.Gates {
			rules = append(rules, g.Metric)
		}
		for _, f := range v.Findings {
			rules = append(rules, f.Rule)
		}
	}
	slices.Sort(rules)
	for _, e := range promotion.Versions(a.entries) {
		versions = append(versions, e.Version)
	}
	return &mlgate.Mistake{
		Err: fmt.Errorf("explaining %q: %s has no rule, stage, version or commit of that name", name, a.model),
		Fix: fmt.Sprintf("looked for in its tags, in the ledger (%d verdicts, %d moves) and in mlops.yaml of %s; `mlgate review` records nothing: pull requests and pushes are there once CI judged them", len(vs), len(a.moves), a.q.Change.Default) +
			"\n  stages: " + few(a.stageNames()) + "\n  versions: " + few(versions) + "\n  rules: " + few(slices.Compact(rules)) + ", governance/" + few(governance.Rules) +
			"\n  or a tag (" + a.model + "@v0.1.0, " + a.model + "#STAGE#1), or a commit by at least " + strconv.Itoa(shortest) + " characters of its id",
	}
}

func few(names []string) string {
	const most = 12
	switch n := len(names); {
	case n == 0:
		return "none yet"
	case n > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n-most)
	}
	return strings.Join(names, ", ")
}
