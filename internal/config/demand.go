package config

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

func (p *parsed) readDemand(k map[string]*yaml.Node) {
	d := &p.demand
	if n := k["requires"]; n != nil {
		d.Requires = p.text(n, "requires")
		if _, ok := atLeast(d.Requires); !ok {
			p.problem(n, "requires is not of the form >=X.Y", "write requires: \">=0.1\"")
		}
	}
	p.gates(k["gates"])
	for _, n := range p.items(k["policies"], "policies", true) {
		p.policy(n)
	}
	for _, n := range p.items(k["promote"], "promote", false) {
		p.stage(n)
	}
	for i, n := range p.items(k["baseline"], "baseline", true) {
		p.baseline(n, i)
	}
	d.OnInconclusive = map[string]mlgate.Status{"warn": mlgate.Warn, "fail": mlgate.Fail}[p.choice(k["on_inconclusive"], "on_inconclusive", "warn", "warn", "fail")]
	d.WarnOnly = p.choice(k["enforce"], "enforce", "block", "block", "warn") == "warn"
	for _, kind := range []string{"registry", "ledger"} {
		if n := k[kind]; n != nil {
			opts := p.mapping(n, kind, keySet{"kind": ""})
			p.choiceLater(opts["kind"], kind+".kind", "git")
		}
	}
	if n := k["report"]; n != nil {
		r := p.mapping(n, "report", keySet{"comment": "", "split": later})
		if v := p.choiceLater(r["comment"], "report.comment", "update", "none"); v != "" {
			d.Comment = v
		}
	}
}

// choiceLater is a choice of which more words come later.
func (p *parsed) choiceLater(n *yaml.Node, what string, words ...string) string {
	if n == nil {
		return ""
	}
	v := p.text(n, what)
	for _, w := range words {
		if v == w {
			return v
		}
	}
	p.problem(n, fmt.Sprintf("%s %q is not in this version", what, v), "known are "+strings.Join(words, ", ")+"; others come with a later version")
	return ""
}

func (p *parsed) gates(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		p.problem(n, "gates is not a mapping", "write accuracy: {min: 0.85}")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		g := mlgate.GateRule{Pattern: key.Value, Severity: mlgate.Fail, Pos: p.pos(key)}
		if strings.TrimSpace(key.Value) == "" {
			p.problem(key, "a gate without a metric's name", "")
			continue
		}
		k := p.mapping(v, fmt.Sprintf("the gate on %q", key.Value), keySet{"better": "", "min": "", "max": "", "max_drop": "", "max_rise": "", "severity": "",
			"confidence": later, "min_examples": later, "resamples": later, "seed": later, "correction": later})
		if v.Kind != yaml.MappingNode {
			continue
		}
		g.Better = mlgate.Direction(p.choice(k["better"], "better", "", "higher", "lower"))
		g.Min, g.Max = p.number(k["min"], "min"), p.number(k["max"], "max")
		g.MaxDrop, g.MaxRise = p.bound(k["max_drop"], "max_drop"), p.bound(k["max_rise"], "max_rise")
		if p.choice(k["severity"], "severity", "fail", "fail", "warn") == "warn" {
			g.Severity = mlgate.Warn
		}
		p.checkGate(key, k, &g)
		p.demand.Gates = append(p.demand.Gates, g)
	}
}

// checkGate looks at one gate as a whole. A limit implies the direction: what has a min, or may drop
// only so far, is better when higher; what has a max, or may rise only so far, when lower.
func (p *parsed) checkGate(key *yaml.Node, k map[string]*yaml.Node, g *mlgate.GateRule) {
	up, down := g.Min != nil || g.MaxDrop != nil, g.Max != nil || g.MaxRise != nil
	written := k["min"] != nil || k["max"] != nil || k["max_drop"] != nil || k["max_rise"] != nil
	switch {
	case !written:
		p.problem(key, fmt.Sprintf("the gate on %q demands nothing", key.Value), "give it min, max, max_drop or max_rise")
	case g.Min != nil && g.Max != nil && *g.Min > *g.Max:
		p.problem(k["min"], "min is above max: nothing could pass", "")
	}
	if g.Better == "" && up != down {
		if g.Better = mlgate.Lower; up {
			g.Better = mlgate.Higher
		}
	}
}

// bound is a number in the metric's unit, or "N% of baseline".
func (p *parsed) bound(n *yaml.Node, what string) *mlgate.Bound {
	if n == nil {
		return nil
	}
	v := strings.TrimSpace(p.text(n, what))
	percent, rest, isPercent := strings.Cut(v, "%")
	if !isPercent {
		f := p.number(n, what)
		if f == nil {
			return nil
		}
		if *f < 0 {
			p.problem(n, what+" is negative", "an allowed change is 0 or more; to demand an improvement use min or max")
			return nil
		}
		return &mlgate.Bound{Value: *f}
	}
	percent = strings.TrimSpace(percent)
	f, err := strconv.ParseFloat(percent, 64)
	switch {
	case !plainNumber.MatchString(percent) || err != nil || f < 0:
		p.problem(n, what+" is not a percentage", "write 10% of baseline")
	case strings.TrimSpace(rest) == "":
		p.problem(n, fmt.Sprintf("%s of %s is ambiguous", what, v), fmt.Sprintf("write `%s%% of baseline`, or %v in the metric's own unit", percent, f/100))
	case strings.Join(strings.Fields(rest), " ") != "of baseline":
		p.problem(n, fmt.Sprintf("%s of %q is not understood", what, v), fmt.Sprintf("write `%s%% of baseline`", percent))
	default:
		return &mlgate.Bound{Value: f / 100, Relative: true}
	}
	return nil
}

func (p *parsed) policy(n *yaml.Node) {
	ref := p.text(n, "policies")
	local, isLocal := strings.CutPrefix(ref, "./")
	switch {
	case strings.HasPrefix(ref, "mlgate/"):
	case isLocal && glob.Valid(local) == nil && glob.Plain(local):
	case isLocal:
		p.problem(n, "a policy path must be plain and stay in this folder", "write ./policies or ./policies/size.rego")
		return
	default:
		p.problem(n, fmt.Sprintf("policy %q is neither built in nor in this repository", ref), "write mlgate/NAME or ./FOLDER; remote policies come with a later version")
		return
	}
	p.demand.Policies = append(p.demand.Policies, Policy{Ref: ref, Pos: p.pos(n)})
}

func (p *parsed) stage(n *yaml.Node) {
	k := p.mapping(n, "promote", keySet{"to": "", "when": "", "from": "", "bump": later, "on_foreign_move": later, "direct_push": later,
		"soak": later, "approvals": later, "window": later, "verify": later, "wait": later})
	r := mlgate.StageRule{To: p.name(k["to"], "to"), When: p.choiceLater(k["when"], "when", "merge", "manual"), From: p.text(k["from"], "from"), Pos: p.pos(n)}
	if k["to"] == nil {
		p.problem(n, "promote without a stage", "write {to: staging, when: merge}")
	}
	if k["when"] == nil {
		p.problem(n, "promote without `when`", "write when: merge, or when: manual")
	}
	if _, twice := p.demand.Stage(r.To); twice && r.To != "" {
		p.problem(n, fmt.Sprintf("stage %q stands here a second time", r.To), "one entry a stage")
	}
	if r.From != "" && r.When == "merge" {
		p.problem(k["from"], "`from` with `when: merge`: what is merged is what moves", "use when: manual, or take `from` out")
	} else if _, ok := p.demand.Stage(r.From); r.From != "" && !ok {
		p.problem(k["from"], fmt.Sprintf("`from` names %q, which is no stage above this one", r.From), "stages stand in the order in which a version passes them")
	}
	p.demand.Promote = append(p.demand.Promote, r)
}

func (p *parsed) baseline(n *yaml.Node, _ int) {
	v := p.text(n, "baseline")
	stage, isStage := strings.CutPrefix(v, "stage:")
	switch {
	case v == "merge-base":
		p.demand.Baseline = append(p.demand.Baseline, mlgate.BaselineRule{Kind: v})
	case isStage:
		if _, ok := p.demand.Stage(stage); !ok {
			p.problem(n, fmt.Sprintf("baseline names stage %q, which is not under promote", stage), "")
			return
		}
		p.demand.Baseline = append(p.demand.Baseline, mlgate.BaselineRule{Kind: "stage", Stage: stage})
	case v == "base" || strings.HasPrefix(v, "ref:"):
		p.problem(n, fmt.Sprintf("baseline %q is not in this version", v), "merge-base and stage:NAME are; "+later)
	default:
		p.problem(n, fmt.Sprintf("baseline %q is not understood", v), "write merge-base or stage:NAME")
	}
}

// require compares `requires` with this mlgate; a development build satisfies all.
func (p *parsed) require(version string) {
	want, ok := atLeast(p.demand.Requires)
	have, known := numbers(strings.TrimPrefix(version, "v"))
	if !ok || !known || p.node == nil {
		return
	}
	for i := range want {
		if have[i] != want[i] {
			if have[i] < want[i] {
				p.problem(p.node, fmt.Sprintf("the file requires mlgate %s, this is %s", p.demand.Requires, version), "use a newer mlgate")
			}
			return
		}
	}
}

func atLeast(s string) ([3]int, bool) {
	v, ok := strings.CutPrefix(strings.TrimSpace(s), ">=")
	n, ok2 := numbers(strings.TrimSpace(v))
	return n, ok && ok2
}

func numbers(v string) (n [3]int, ok bool) {
	v, _, _ = strings.Cut(v, "-")
	for i, f := range strings.Split(v, ".") {
		x, err := strconv.Atoi(f)
		if err != nil || i > 2 || x < 0 {
			return n, false
		}
		n[i] = x
	}
	return n, true
}
