package scaffold

import (
	"fmt"
	"path"
	"slices"
	"strings"

	workflows "github.com/mlgate/mlgate/workflows-examples"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

func (s *sight) found() []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch {
	case s.hasDVC && s.dvcOdd:
		add("dvc.yaml (with templates, loops or folders of its own)")
	case s.hasDVC:
		add("dvc.yaml with %d stages", len(s.dvc))
	}
	if len(s.targets) > 0 {
		add("targets %s of the Makefile", strings.Join(s.targets, ", "))
	}
	if all := append(append([]string{}, s.train...), s.evaluate...); len(all) > 0 {
		add("%s", few(all))
	}
	if len(s.notebooks) > 0 {
		add("notebooks %s", few(s.notebooks))
	}
	for i, m := range s.metrics {
		if i < 3 {
			add("%s with %s", m.path, mlgate.Counted(len(m.metrics), "number"))
		}
	}
	for i, t := range s.tools {
		if i < 3 {
			add("%s (%s)", t.path, t.kind)
		}
	}
	for _, name := range []string{s.params, s.requirements, s.ci} {
		if name != "" {
			add("%s", name)
		}
	}
	out = append(out, s.beside()...)
	if s.odd > 0 {
		add("%d files whose names are not plain, left out", s.odd)
	}
	if s.more {
		add("more files than it looks at")
	}
	if len(out) == 0 {
		add("nothing to start from")
	}
	return out
}

// beside is what of mlgate is there already.
func (s *sight) beside() []string {
	var out, files []string
	for _, m := range s.models {
		files = append(files, m.path)
	}
	if len(files) > 0 {
		out = append(out, "other models, each judged by itself: "+few(files))
	}
	if s.kept != "" {
		out = append(out, s.kept+", left as it is: it judges every model")
	}
	return out
}

func few(names []string) string {
	if len(names) > 4 {
		return strings.Join(names[:4], ", ") + fmt.Sprintf(" and %d more", len(names)-4)
	}
	return strings.Join(names, ", ")
}

func (s *sight) guessed(g guess) []string {
	out := []string{"the model's name " + modelName(s.name)}
	if g.empty {
		return append(out, "nothing else: the step fails until its command is replaced")
	}
	if len(g.steps) > 0 {
		out = append(out, "steps from "+g.from)
	}
	out = append(out, "evidence "+strings.Join(g.files, ", "))
	if file := s.artifact(g); file != "" {
		out = append(out, "artifact "+file+" (a comment)")
	}
	if g.checks && len(g.gates) == 0 {
		return append(out, "no gate: a check that fails blocks")
	}
	if len(g.gates) > 0 {
		return append(out, "gates "+strings.Join(g.gates, ", "))
	}
	return append(out, "no gate: no file holds a metric that it knows yet")
}

// next says what is to be done, in one line.
func (s *sight) next(g guess, ci string) string {
	first := "read mlops.yaml, add the data that steps read to `inputs`, set the gates"
	if g.empty {
		first = "put your command into mlops.yaml, name what it reads and writes, set a gate"
	}
	steps := []string{first}
	if outs := s.unignored(g); len(outs) > 0 {
		line := fmt.Sprintf("put what the steps write into %s: %s", path.Join(s.dir, ".gitignore"), few(outs))
		if file := s.artifact(g); file != "" && !g.writes(file) && !s.ignores(file) {
			line += ", and " + file + " if they write it"
		}
		steps = append(steps, line)
	}
	steps = append(steps, "commit", "`mlgate review` on a branch")
	if s.kept != "" {
		steps = append(steps, "let its job `run` install what this model needs, and push")
	} else if workflowsOf(ci) != nil {
		steps = append(steps, "put the mlgate program at tools/mlgate, where the workflow takes it from, and push")
	} else if s.ci != "" && s.ci != "GitHub" {
		steps = append(steps, "call `mlgate run --out FILE` and `mlgate judge FILE` from "+s.ci)
	}
	if s.pulls && workflowsOf(ci) != nil {
		steps = append(steps, "add `dvc pull` to the workflow's job `run`, before `mlgate run`")
	}
	return strings.Join(steps, "; ")
}

// The lines of the example that depend on the repository. A test holds them to it.
const (
	pythonLine  = `      - {uses: actions/setup-python@v5, with: {python-version: "3.12", cache: pip}}` + "\n"
	installLine = "      - run: pip install -r requirements.txt\n"
	branchLine  = "  push: {branches: [main]}\n"
)

// examples are what the files are written from.
var examples = map[string]string{workflowName: workflows.TwoJobs, runName: workflows.ForkRun, judgeName: workflows.ForkJudge}

// workflow is an example, for this repository's branch and requirements.
func (s *sight) workflow(name string, g guess) string {
	setup, install := pythonLine, installLine
	switch {
	case s.requirements == "" && g.usesPython():
		setup, install = strings.Replace(pythonLine, ", cache: pip", "", 1), "      # - run: pip install WHAT THE STEPS NEED\n"
	case s.requirements == "":
		setup, install = "", ""
	case s.requirements != "requirements.txt":
		setup = strings.Replace(pythonLine, "cache: pip", "cache: pip, cache-dependency-path: "+s.requirements, 1)
		install = "      - run: pip install -r " + s.requirements + "\n"
	}
	return strings.NewReplacer(pythonLine, setup, installLine, install, branchLine, "  push: {branches: ["+scalar(s.branch)+"]}\n").Replace(examples[name])
}

// writes reports whether a step has the file, or a folder above it, among its outputs.
func (g guess) writes(file string) bool {
	return slices.ContainsFunc(g.steps, func(st stage) bool {
		return slices.ContainsFunc(st.outputs, func(o string) bool {
			return o == file || strings.HasPrefix(file, strings.TrimSuffix(o, "/")+"/")
		})
	})
}

func (g guess) usesPython() bool {
	return slices.ContainsFunc(g.steps, func(st stage) bool { return python().MatchString(st.run) })
}

var python = pattern.Lazy(`\b(python3?|jupyter|dvc|pytest|uv|poetry)\b`)
