package config

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var topKeys = keySet{
	"version": "", "requires": "", "model": "", "paths": "", "steps": "", "evidence": "", "artifact": "", "baseline": "", "gates": "",
	"on_inconclusive": "", "policies": "", "enforce": "", "promote": "", "registry": "", "ledger": "", "report": "",
	"owners": later, "protected": later, "waivers": later, "reuse": later, "extends": later, "for_each": later, "registries": later,
	"executor": later, "signing": later, "window": later, "verify": later, "wait": later,
}

var stepKeys = keySet{
	"name": "", "run": "", "inputs": "", "params": "", "outputs": "", "needs": "", "env": "", "timeout": "",
	"retry": later, "image": later, "executor": later, "until": later,
}

// names of models, steps and stages: those that GTO takes.
var nameGrammar = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9/_-]*[a-zA-Z0-9])?$`)

const nameWords = "letters, digits, - _ / inside, a letter or digit at both ends"

func (s *source) name(n *yaml.Node, what string) string {
	v := s.text(n, what)
	if n != nil && (!nameGrammar.MatchString(v) || len(v) > 100 || strings.Contains(v, "//")) {
		s.problem(n, fmt.Sprintf("%s is no name that a tag can carry", what), nameWords+", at most 100")
		return ""
	}
	return v
}

// head reads version and model.
func (p *parsed) head(root *yaml.Node, keys map[string]*yaml.Node) {
	if v := keys["version"]; v == nil {
		p.problem(root, "the key \"version\" is missing", "start the file with `version: 1`")
	} else if v.Value != "1" {
		p.problem(v, fmt.Sprintf("version %q is not one that this mlgate reads", v.Value), "write `version: 1`")
	}
	if m := keys["model"]; m == nil {
		p.problem(root, "the key \"model\" is missing", "name the model as the registry should know it: `model: churn`")
	} else {
		p.run.Model = p.name(m, "model")
	}
}

func (p *parsed) readRun(keys map[string]*yaml.Node) {
	p.run.Paths = p.paths(keys["paths"], "paths", true)
	for _, n := range p.items(keys["steps"], "steps", false) {
		p.run.Steps = append(p.run.Steps, p.step(n))
	}
	p.checkSteps(keys["steps"])
	for _, n := range p.items(keys["evidence"], "evidence", true) {
		if src, ok := p.evidence(n); ok {
			p.run.Evidence = append(p.run.Evidence, src)
		}
	}
	if n := keys["artifact"]; n != nil {
		a := p.mapping(n, "artifact", keySet{"path": "", "store": later})
		if a["path"] == nil {
			p.problem(n, "artifact has no path", "write `artifact: {path: build/model.pkl}`")
		} else {
			p.run.Artifact, _ = p.path(a["path"], "artifact.path", false)
		}
	}
}

func (p *parsed) step(n *yaml.Node) mlgate.Step {
	k := p.mapping(n, "a step", stepKeys)
	st := mlgate.Step{
		Name: p.name(k["name"], "the step's name"), Run: p.text(k["run"], "run"), Pos: p.pos(n),
		Inputs: p.paths(k["inputs"], "inputs", true), Outputs: p.paths(k["outputs"], "outputs", false),
	}
	if k["name"] == nil {
		p.problem(n, "a step without a name", "write `name: train`")
	}
	if k["run"] == nil || strings.TrimSpace(st.Run) == "" {
		p.problem(n, "a step without a command", "write `run: python train.py`")
	}
	for _, e := range p.items(k["needs"], "needs", true) {
		st.Needs = append(st.Needs, p.text(e, "needs"))
	}
	for _, e := range p.items(k["params"], "params", true) {
		st.Params = p.params(st.Params, e)
	}
	if k["env"] != nil {
		st.Env = p.env(k["env"])
	}
	if t := k["timeout"]; t != nil {
		d, err := time.ParseDuration(p.text(t, "timeout"))
		if err != nil || d <= 0 {
			p.problem(t, "timeout is no duration", "write 90s, 30m or 2h")
		}
		st.Timeout = d
	}
	return st
}

// params reads "file" or "file:dotted.key".
func (p *parsed) params(have []mlgate.ParamFile, n *yaml.Node) []mlgate.ParamFile {
	file, key, keyed := strings.Cut(p.text(n, "params"), ":")
	if err := glob.Valid(file); err != nil || !glob.Plain(file) {
		p.problem(n, "params is not a plain file below this folder", "write params.yaml, or params.yaml:train.lr")
		return have
	}
	i := slices.IndexFunc(have, func(f mlgate.ParamFile) bool { return f.Path == file })
	if i < 0 {
		have = append(have, mlgate.ParamFile{Path: file})
		i = len(have) - 1
	}
	if keyed {
		have[i].Keys = append(have[i].Keys, key)
	}
	return have
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (p *parsed) env(n *yaml.Node) mlgate.Env {
	var e mlgate.Env
	k := p.mapping(n, "env", keySet{"pass": "", "set": ""})
	for _, v := range p.items(k["pass"], "env.pass", true) {
		name := p.text(v, "env.pass")
		if !envName.MatchString(name) {
			p.problem(v, "env.pass is not a variable's name", "letters, digits and _")
			continue
		}
		e.Pass = append(e.Pass, name)
	}
	slices.Sort(e.Pass)
	if set := k["set"]; set != nil && set.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(set.Content); i += 2 {
			name := set.Content[i]
			if !envName.MatchString(name.Value) {
				p.problem(name, "env.set has a key that is not a variable's name", "letters, digits and _")
				continue
			}
			e.Set = append(e.Set, mlgate.EnvVar{Name: name.Value, Value: p.text(set.Content[i+1], "env.set."+name.Value)})
		}
	} else if set != nil {
		p.problem(set, "env.set is not a mapping", "write {SEED: \"1\"}")
	}
	slices.SortFunc(e.Set, func(a, b mlgate.EnvVar) int { return strings.Compare(a.Name, b.Name) })
	return e
}

// checkSteps looks at the steps together: names once, needs that exist, no circle, one writer a
// file.
func (p *parsed) checkSteps(n *yaml.Node) {
	if n == nil {
		return
	}
	byName, writer := map[string]mlgate.Step{}, map[string]string{}
	for _, s := range p.run.Steps {
		if _, twice := byName[s.Name]; twice && s.Name != "" {
			p.at(s.Pos.Line, s.Pos.Col, 1, fmt.Sprintf("a second step with the name %q", s.Name), "names are unique")
		}
		byName[s.Name] = s
		for _, o := range s.Outputs {
			if other := writer[o]; other != "" {
				p.at(s.Pos.Line, s.Pos.Col, 1, fmt.Sprintf("steps %q and %q have the same output %q", other, s.Name, o), "one step writes a file")
			}
			writer[o] = s.Name
		}
	}
	for _, s := range p.run.Steps {
		for _, need := range s.Needs {
			if _, ok := byName[need]; !ok {
				p.at(s.Pos.Line, s.Pos.Col, 1, fmt.Sprintf("step %q needs %q, which is no step", s.Name, need), "")
			}
		}
		if circle(byName, s.Name) {
			p.at(s.Pos.Line, s.Pos.Col, 1, fmt.Sprintf("step %q needs itself in the end", s.Name), "break the circle of `needs`")
		}
	}
}

// circle reports whether a step needs itself in the end. Each step is looked at once.
func circle(steps map[string]mlgate.Step, start string) bool {
	seen := map[string]bool{}
	todo := slices.Clone(steps[start].Needs)
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at == start {
			return true
		}
		if !seen[at] {
			seen[at] = true
			todo = append(todo, steps[at].Needs...)
		}
	}
	return false
}

var evidenceKinds = map[string]string{".json": "json", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv"}

// evidence reads "path" or {kind, path, prefix}.
func (p *parsed) evidence(n *yaml.Node) (mlgate.Source, bool) {
	src := mlgate.Source{Pos: p.pos(n)}
	var ok bool
	if n.Kind == yaml.ScalarNode {
		src.Path, ok = p.path(n, "evidence", false)
	} else {
		k := p.mapping(n, "evidence", keySet{"kind": "", "path": "", "prefix": ""})
		src.Kind, src.Prefix = p.text(k["kind"], "evidence.kind"), p.text(k["prefix"], "evidence.prefix")
		if k["path"] == nil {
			p.problem(n, "evidence has no path", "write {path: build/metrics.json}")
			return src, false
		}
		src.Path, ok = p.path(k["path"], "evidence.path", false)
		if k["kind"] != nil && !slices.Contains([]string{"json", "yaml", "csv"}, src.Kind) {
			p.problem(k["kind"], fmt.Sprintf("evidence of kind %q is not in this version", src.Kind), "json, yaml and csv are; others come with a later version")
			return src, false
		}
	}
	if ok && src.Kind == "" {
		if src.Kind = evidenceKinds[strings.ToLower(path.Ext(src.Path))]; src.Kind == "" {
			p.problem(n, "the kind of this evidence does not show in its name", "write {kind: json, path: …}; json, yaml and csv are in this version")
			ok = false
		}
	}
	return src, ok
}
