package config

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func (p *parsed) readRun(keys map[string]*yaml.Node) {
	p.run.Model = p.text(keys["model"])
	p.run.Paths = p.texts(keys["paths"])
	steps := p.items(keys["steps"])
	for _, n := range steps {
		p.run.Steps = append(p.run.Steps, p.step(n))
	}
	p.checkSteps(steps)
	for _, n := range p.items(keys["evidence"]) {
		src := p.evidence(n)
		p.run.Evidence = append(p.run.Evidence, src)
		p.checkFolder(n, src)
		p.checkPattern(n, src)
	}
	p.run.Artifact, p.run.Store = p.text(valueOf(keys["artifact"], "path")), p.text(valueOf(keys["artifact"], "store"))
}

func (p *parsed) step(n *yaml.Node) mlgate.Step {
	k := fields(n)
	st := mlgate.Step{
		Name: p.text(k["name"]), Run: p.text(k["run"]), Inputs: p.texts(k["inputs"]), Outputs: p.texts(k["outputs"]),
		Needs: p.texts(k["needs"]), Pos: p.pos(n),
	}
	for _, v := range p.texts(k["params"]) {
		st.Params = withParam(st.Params, v)
	}
	if k["env"] != nil {
		st.Env = p.env(k["env"])
	}
	if k["image"] != nil {
		st.Container = p.container(k["image"])
	}
	st.Timeout = p.duration(k["timeout"], "timeout")
	st.Until = p.until(k)
	retry := fields(k["retry"])
	st.Retry.Times = p.count(retry["times"])
	for _, n := range p.items(retry["on_exit"]) {
		st.Retry.OnExit = append(st.Retry.OnExit, p.count(n))
	}
	if st.Retry.Times > maxRetries {
		p.problem(retry["times"], fmt.Sprintf("retry.times is more than %d", maxRetries), "a step that fails that often is broken")
	}
	return st
}

// container reads "name" or {name, pull, network, cpus, memory, gpus}.
func (p *parsed) container(n *yaml.Node) *mlgate.Container {
	if n.Kind != yaml.MappingNode {
		return &mlgate.Container{Image: p.text(n)}
	}
	k := fields(n)
	c := &mlgate.Container{Image: p.text(k["name"]), Pull: p.text(k["pull"]), CPUs: p.count(k["cpus"]), GPUs: p.count(k["gpus"])}
	if p.text(k["network"]) == mlgate.NetworkNone {
		c.Network = mlgate.NetworkNone
	}
	c.Memory = bytesOf(p.text(k["memory"]))
	if c.Memory > 0 && c.Memory < minMemory {
		p.problem(k["memory"], "image.memory is less than a container needs to start", "give it 16MiB or more")
	}
	return c
}

// minMemory is the least that engines take, with some room, in bytes.
const minMemory = 16 << 20

// bytesOf is what a memoryText means; zero: nothing was said.
func bytesOf(v string) int64 {
	digits := strings.TrimRight(v, "BMGi")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0 // complained of before
	}
	return n * map[string]int64{"MB": 1e6, "GB": 1e9, "MiB": 1 << 20, "GiB": 1 << 30}[v[len(digits):]]
}

// maxRetries is how often a step may be run again.
const maxRetries = 10

// duration is zero when the key is absent or was complained about.
func (p *parsed) duration(n *yaml.Node, what string) time.Duration {
	v := p.text(n)
	if v == "" {
		return 0
	}
	d, err := time.ParseDuration(v)
	if err != nil {
		p.problem(n, what+" is no duration", "write 90s, 30m or 2h")
	}
	return d
}

// withParam adds "file" or "file:dotted.key".
func withParam(have []mlgate.ParamFile, v string) []mlgate.ParamFile {
	name, key, keyed := strings.Cut(v, ":")
	i := slices.IndexFunc(have, func(f mlgate.ParamFile) bool { return f.Path == name })
	if i < 0 {
		have = append(have, mlgate.ParamFile{Path: name})
		i = len(have) - 1
	}
	if keyed {
		have[i].Keys = append(have[i].Keys, key)
	}
	return have
}

func (p *parsed) env(n *yaml.Node) mlgate.Env {
	k := fields(n)
	e := mlgate.Env{Pass: p.texts(k["pass"])}
	slices.Sort(e.Pass)
	for _, v := range pairs(k["set"]) {
		e.Set = append(e.Set, mlgate.EnvVar{Name: v.key.Value, Value: p.text(v.value)})
	}
	slices.SortFunc(e.Set, func(a, b mlgate.EnvVar) int { return strings.Compare(a.Name, b.Name) })
	return e
}

// checkSteps looks at the steps together: names once, needs that exist, no circle, one writer a
// file.
func (p *parsed) checkSteps(nodes []*yaml.Node) {
	byName, writer := map[string]mlgate.Step{}, map[string]string{}
	var names []string
	for i, s := range p.run.Steps {
		k := fields(nodes[i])
		if _, twice := byName[s.Name]; twice && s.Name != "" {
			p.problem(k["name"], fmt.Sprintf("a second step with the name %q", s.Name), "names are unique")
		}
		byName[s.Name] = s
		names = append(names, s.Name)
		for _, n := range p.items(k["outputs"]) {
			o := p.text(n)
			if other := writer[o]; other != "" && o != "" {
				p.problem(n, fmt.Sprintf("steps %q and %q have the same output %q", other, s.Name, o), "one step writes a file")
			}
			writer[o] = s.Name
		}
	}
	for i, s := range p.run.Steps {
		needs := valueOf(nodes[i], "needs")
		for _, n := range p.items(needs) {
			if need := p.text(n); need != "" && !slices.Contains(names, need) {
				p.problem(n, fmt.Sprintf("step %q needs %q, which is no step", s.Name, need), oneOfNames(need, names, "steps"))
			}
		}
		if needs != nil && circle(byName, s.Name) {
			p.problem(needs, fmt.Sprintf("step %q needs itself in the end", s.Name), "break the circle of `needs`")
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

var evidenceKinds = map[string]string{".json": "json", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv", ".tsv": "csv", ".sarif": "sarif", ".md": "model-card", ".prom": "prometheus", ".openmetrics": "prometheus"}

// evidence reads "path" or {kind, path, prefix}.
func (p *parsed) evidence(n *yaml.Node) mlgate.Source {
	src := mlgate.Source{Path: p.text(n), Pos: p.pos(n)}
	if n.Kind == yaml.MappingNode {
		k := fields(n)
		src.Path, src.Kind, src.Prefix = p.text(k["path"]), p.text(k["kind"]), p.text(k["prefix"])
		src.Run, src.Exclude, src.Latest = p.text(k["run"]), p.texts(k["exclude"]), p.text(k["latest"]) == "true"
		src.Table = p.examples(n, k, src.Kind)
	}
	if src.Kind == "" {
		src.Look = true
		src.Kind = evidenceKinds[strings.ToLower(path.Ext(src.Path))]
	}
	return src
}

// checkFolder sees to it that a folder of evidence is not of the day before: where there are steps, one of
// them has it as its output, and it is emptied before they run.
func (p *parsed) checkFolder(n *yaml.Node, src mlgate.Source) {
	if src.Run != "" && !src.IsFolder() {
		p.problem(valueOf(n, "run"), "`run` names a run in what a tracker keeps", "write `kind: mlflow`, `tensorboard`, `wandb`, `clearml`, `comet` or `neptune`, or leave `run` out")
	}
	written := slices.ContainsFunc(p.run.Steps, func(s mlgate.Step) bool {
		return slices.ContainsFunc(s.Outputs, func(o string) bool { return src.Path == o || strings.HasPrefix(src.Path, o+"/") })
	})
	if src.IsFolder() && len(p.run.Steps) > 0 && !written {
		p.problem(n, fmt.Sprintf("the folder %q is no output of a step, so its runs may be of another day", src.Path),
			"declare it under the step's `outputs`; it is emptied before the steps, so let it be a folder of its own: MLFLOW_TRACKING_URI=build/mlruns")
	}
}

// checkPattern sees to it that a pattern stands for files that are read one by one.
func (p *parsed) checkPattern(n *yaml.Node, src mlgate.Source) {
	switch {
	case !src.IsPattern() && src.Exclude != nil:
		p.problem(valueOf(n, "exclude"), "`exclude` without a pattern to take files out of", "write a pattern as `path`: results/**/*.json")
	case !src.IsPattern() && src.Latest:
		p.problem(valueOf(n, "latest"), "`latest` without a pattern to find files by", "write a pattern as `path`: results/**/results_*.json")
	case src.IsPattern() && src.IsFolder():
		p.problem(n, fmt.Sprintf("a pattern for `kind: %s`, which is a folder", src.Kind), "name the folder, or a file: each as an entry of its own, with a `prefix`")
	}
}
