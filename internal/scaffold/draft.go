package scaffold

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// guess is one way to describe the model.
type guess struct {
	from   string // where the steps come from, for people
	steps  []stage
	files  []string // evidence
	texts  []string // the same as it is written, where that is more
	many   bool     // it is no one file, and no step writes it
	checks bool     // it holds what a tool checked
	gates  []string
	empty  bool // nothing was found: the step says what to replace
}

// draft takes the first guess that mlgate itself accepts, from the most exact to the one that always
// is.
func (s *sight) draft(target string) (Draft, guess, error) {
	var err error
	for _, g := range s.guesses() {
		text := s.text(g)
		if err = config.Check(mlgate.ConfigName, []byte(text), "dev"); err == nil {
			return Draft{Files: []File{{Path: target, Text: text}}, Found: s.found(), Guessed: s.guessed(g)}, g, nil
		}
	}
	return Draft{}, guess{}, fmt.Errorf("drafting %s: %w", target, err)
}

const committed = "no step: the numbers are committed"

// written is where the numbers are, as far as they are there; false: nowhere yet.
func (s *sight) written() (g guess, there bool) {
	if len(s.metrics) > 0 {
		return guess{files: []string{s.metrics[0].path}, gates: gatesFor(s.metrics[0].metrics)}, true
	}
	if g, there = s.evidence(len(s.train)+len(s.targets) > 0); there {
		return g, true
	}
	return guess{files: []string{"build/metrics.json"}}, false
}

func (s *sight) guesses() []guess {
	of, there := s.written()
	file := of.files[0]
	made := func(from string, steps ...stage) guess {
		g := of
		g.from, g.steps = from, steps
		return g
	}
	var out []guess
	if of.many {
		out = append(out, made(committed))
	}
	if s.hasDVC && !s.dvcOdd && len(s.dvc) > 0 && len(s.dvc) <= maxStages {
		out = append(out, made("dvc.yaml", s.dvc...))
	}
	if s.hasDVC {
		out = append(out, made("dvc.yaml", stage{name: "reproduce", run: "dvc repro", inputs: []string{"dvc.yaml"}, outputs: []string{file}}))
	}
	if steps := s.makeSteps(file); len(steps) > 0 {
		out = append(out, made("the Makefile", steps...))
	}
	if steps := s.scriptSteps(file); len(steps) > 0 {
		out = append(out, made("the scripts", steps...))
	}
	if len(s.notebooks) > 0 {
		book := s.notebooks[0]
		out = append(out, made("the notebook", stage{name: "notebook", run: "jupyter nbconvert --to notebook --execute --output-dir build " + book, inputs: []string{book}, outputs: []string{file}}))
	}
	if there {
		out = append(out, made(committed))
	}
	of = guess{files: []string{"build/metrics.json"}}
	nothing := made("nothing", stage{name: "train", run: "echo 'mlops.yaml: put the command here that trains and writes build/metrics.json' >&2; exit 1", outputs: []string{"build/metrics.json"}})
	nothing.empty = true
	return append(out, nothing)
}

func (s *sight) makeSteps(file string) []stage {
	if !slices.Contains(s.targets, "train") {
		return nil
	}
	out := []stage{{name: "train", run: "make train", inputs: []string{"Makefile"}, params: one(s.params)}}
	if i := slices.IndexFunc(s.targets, func(t string) bool { return t != "train" }); i >= 0 {
		out = append(out, stage{name: "evaluate", run: "make " + s.targets[i], inputs: []string{"Makefile"}, needs: []string{"train"}})
	}
	out[len(out)-1].outputs = []string{file}
	return out
}

func (s *sight) scriptSteps(file string) []stage {
	if len(s.train) == 0 {
		return nil
	}
	train := nearestTo("", s.train)
	out := []stage{{name: "train", run: command(train), inputs: []string{train}, params: one(s.params)}}
	if len(s.evaluate) > 0 {
		e := nearestTo(path.Dir(train), s.evaluate)
		out = append(out, stage{name: "evaluate", run: command(e), inputs: []string{e}, needs: []string{"train"}})
	}
	out[len(out)-1].outputs = []string{file}
	return out
}

// nearestTo is the script in a folder, else the one highest up.
func nearestTo(dir string, scripts []string) string {
	return slices.MinFunc(scripts, func(a, b string) int {
		return cmp.Or(cmp.Compare(far(dir, a), far(dir, b)), cmp.Compare(a, b))
	})
}

func far(dir, script string) int {
	if path.Dir(script) == dir {
		return 0
	}
	return 1 + strings.Count(script, "/")
}

func command(script string) string {
	return map[string]string{".py": "python ", ".sh": "sh ", ".R": "Rscript ", ".jl": "julia "}[path.Ext(script)] + script
}

func one(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// text is the mlops.yaml of a guess: at most 12 lines.
func (s *sight) text(g guess) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\nversion: 1\nmodel: %s  # its name in the registry\n", config.SchemaID, scalar(modelName(s.name)))
	switch {
	case g.empty:
		b.WriteString("steps:  # put your command in; name the files it reads under inputs: [...] and params: [...]\n")
	case len(g.steps) > 0:
		fmt.Fprintf(&b, "steps:  # from %s\n", g.from)
	}
	for _, st := range g.steps {
		b.WriteString("  - " + st.text() + "\n")
	}
	evidence := flow(g.files)
	if len(g.texts) > 0 {
		evidence = "[" + strings.Join(g.texts, ", ") + "]"
	}
	fmt.Fprintf(&b, "evidence: %s  # the numbers to judge\n", evidence)
	switch {
	case g.checks && len(g.gates) == 0:
		b.WriteString("# gates: {…}  # a check that fails blocks without any\n")
	case len(g.gates) > 0:
		fmt.Fprintf(&b, "gates: {%s}  # guessed: set what you need\n", strings.Join(g.gates, ", "))
	default:
		b.WriteString("# gates: {accuracy: {min: 0.85, max_drop: 0.01}, loss: {max_rise: 10% of baseline}}  # nothing is judged without\n")
	}
	if file := s.artifact(g); file != "" {
		fmt.Fprintf(&b, "# artifact: {path: %s, store: git}  # guessed: the model's own bytes, kept with its versions\n", scalar(file))
	}
	b.WriteString("promote: [{to: staging, when: merge}]\n")
	return b.String()
}

// text is one step in flow style.
func (st stage) text() string {
	parts := []string{"name: " + scalar(st.name), "run: " + scalar(st.run)}
	for _, p := range []struct {
		key  string
		list []string
	}{{"needs", st.needs}, {"inputs", st.inputs}, {"params", st.params}, {"outputs", st.outputs}} {
		if len(p.list) > 0 {
			parts = append(parts, p.key+": "+flow(p.list))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func flow(list []string) string {
	var out []string
	for _, v := range list {
		out = append(out, scalar(v))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

var plainScalar = pattern.Lazy(`^([A-Za-z_/]|\./)[A-Za-z0-9_./ =*@-]*$`)

// scalar writes a text so that YAML reads it as that text. JSON's strings are YAML's.
func scalar(v string) string {
	if plainScalar().MatchString(v) && strings.TrimSpace(v) == v && !slices.Contains([]string{"yes", "no", "on", "off", "true", "false", "null", "y", "n"}, strings.ToLower(v)) {
		return v
	}
	b, err := json.Marshal(v)
	if err != nil { // no text is refused
		return `""`
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(b))
}

var notName = pattern.Lazy(`[^A-Za-z0-9_-]+`)

// modelName makes a name that a tag can carry from that of a folder.
func modelName(folder string) string {
	name := strings.Trim(notName().ReplaceAllString(folder, "-"), "-_")
	name = strings.TrimRight(name[:min(len(name), 100)], "-_")
	return cmp.Or(name, "model")
}
