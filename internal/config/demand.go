package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func (p *parsed) readDemand(k map[string]*yaml.Node) {
	d := &p.demand
	d.Requires = p.text(k["requires"])
	p.gates(k["gates"], k["correction"])
	for _, n := range p.items(k["policies"]) {
		p.policy(n)
	}
	for _, n := range p.items(k["promote"]) {
		p.stage(n, fields(n))
	}
	for _, n := range p.items(k["baseline"]) {
		p.baseline(n)
	}
	if p.text(k["on_inconclusive"]) == "fail" {
		d.OnInconclusive = mlgate.Fail
	}
	d.FailedCheckWarns = p.text(k["on_failed_check"]) == "warn"
	d.WarnOnly = p.text(k["enforce"]) == "warn"
	d.Protected = p.texts(k["protected"])
	p.owners(k)
	for _, n := range p.items(k["waivers"]) {
		d.Waivers = append(d.Waivers, p.waiver(n, fields(n)))
	}
	d.Reuse = cmp.Or(p.text(k["reuse"]), d.Reuse)
	d.Comment = cmp.Or(p.text(valueOf(k["report"], "comment")), d.Comment)
	d.Split = p.text(valueOf(k["report"], "split")) == "true"
}

func (p *parsed) owners(k map[string]*yaml.Node) {
	d := &p.demand
	d.Owners, d.Approvals = p.texts(k["owners"]), max(1, p.count(k["approvals"]))
	if len(d.Owners) > 1 && slices.Contains(d.Owners, CodeOwners) {
		p.problem(k["owners"], "`codeowners` beside other owners", "write owners: codeowners, and name the others in CODEOWNERS")
	}
	if len(d.Owners) == 0 && k["approvals"] != nil {
		p.problem(k["approvals"], "`approvals` without `owners`: there is nobody to ask", "name them: owners: [\"@acme/risk\"]")
	}
}

func (p *parsed) waiver(n *yaml.Node, k map[string]*yaml.Node) mlgate.Waiver {
	w := mlgate.Waiver{Rule: p.text(k["rule"]), Reason: p.text(k["reason"]), Owner: p.text(k["owner"]), Link: p.text(k["link"]), Pos: p.pos(n)}
	if until := k["until"]; until != nil {
		w.Until, _ = time.Parse(time.DateOnly, until.Value) // what does not parse was complained about
	}
	if slices.ContainsFunc(p.demand.Waivers, func(o mlgate.Waiver) bool { return o.Rule == w.Rule && w.Rule != "" }) {
		p.problem(k["rule"], fmt.Sprintf("a second waiver of %q", w.Rule), "one for each rule")
	}
	return w
}

func (p *parsed) stage(n *yaml.Node, k map[string]*yaml.Node) {
	r := mlgate.StageRule{
		To: p.text(k["to"]), When: p.text(k["when"]), From: p.text(k["from"]), Bump: p.text(k["bump"]), OnForeignMove: p.text(k["on_foreign_move"]), DirectPush: p.text(k["direct_push"]), Deployment: p.text(k["deployment"]) == "true", Release: p.text(k["release"]) == "true",
		Soak: p.duration(k["soak"], "soak"), Approvals: p.count(k["approvals"]), Pos: p.pos(n),
	}
	if r.Approvals > 0 && r.When == "merge" {
		p.problem(k["approvals"], "`approvals` with `when: merge`: nobody is asked there", "people approve the pull request; see `owners`")
	}
	if r.Soak > 0 && r.From == "" {
		p.problem(k["soak"], "`soak` without `from`: there is no stage to have been in", "name the stage before: from: staging")
	}
	if r.Bump != "" && r.When == "manual" {
		p.problem(k["bump"], "`bump` with `when: manual`: no version is made there", "a version is made by `when: merge`")
	}
	if r.DirectPush != "" && r.When == "manual" {
		p.problem(k["direct_push"], "`direct_push` with `when: manual`: no push moves it", "it belongs to the stage of `when: merge`")
	}
	if _, twice := p.demand.Stage(r.To); twice && r.To != "" {
		p.problem(n, fmt.Sprintf("stage %q stands here a second time", r.To), "one entry a stage")
	}
	if r.From != "" && r.When == "merge" {
		p.problem(k["from"], "`from` with `when: merge`: what is merged is what moves", "use when: manual, or take `from` out")
	} else if _, ok := p.demand.Stage(r.From); r.From != "" && !ok {
		fix := "stages stand in the order in which a version passes them"
		if near := nearest(r.From, p.stages()); near != "" {
			fix = fmt.Sprintf("did you mean %q?", near)
		}
		p.problem(k["from"], fmt.Sprintf("`from` names %q, which is no stage above this one", r.From), fix)
	}
	p.demand.Promote = append(p.demand.Promote, r)
}

// stages are the names so far.
func (p *parsed) stages() []string {
	var out []string
	for _, s := range p.demand.Promote {
		out = append(out, s.To)
	}
	return out
}

func (p *parsed) baseline(n *yaml.Node) {
	v := p.text(n)
	kind, stage, named := strings.Cut(v, ":")
	switch {
	case !named && v != "":
		p.demand.Baseline = append(p.demand.Baseline, mlgate.BaselineRule{Kind: v})
		return
	case kind == "ref":
		p.demand.Baseline = append(p.demand.Baseline, mlgate.BaselineRule{Kind: kind, Ref: stage})
		return
	case v == "":
		return
	}
	if _, ok := p.demand.Stage(stage); !ok {
		p.problem(n, fmt.Sprintf("baseline names stage %q, which is not under promote", stage), oneOfNames(stage, p.stages(), "stages"))
		return
	}
	p.demand.Baseline = append(p.demand.Baseline, mlgate.BaselineRule{Kind: "stage", Stage: stage})
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
