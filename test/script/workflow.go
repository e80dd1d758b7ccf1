package script

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// The few things that a runner does and that our examples use. What is not here stops the script.
type (
	workflow struct {
		On struct {
			Call struct {
				Inputs map[string]struct {
					Default string `yaml:"default"`
				} `yaml:"inputs"`
			} `yaml:"workflow_call"`
		} `yaml:"on"`
		Jobs map[string]struct {
			Needs    any               `yaml:"needs"`
			If       string            `yaml:"if"`
			Outputs  map[string]string `yaml:"outputs"`
			Strategy struct {
				Matrix string `yaml:"matrix"`
			} `yaml:"strategy"`
			Permissions map[string]string `yaml:"permissions"`
			Steps       []stepOf          `yaml:"steps"`
		} `yaml:"jobs"`
	}
	stepOf struct {
		ID   string            `yaml:"id"`
		If   string            `yaml:"if"`
		Uses string            `yaml:"uses"`
		Run  string            `yaml:"run"`
		With map[string]any    `yaml:"with"`
		Env  map[string]string `yaml:"env"`
		Goes bool              `yaml:"continue-on-error"`
	}
)

// runner is one job of one workflow, with what is known when it starts.
type runner struct {
	ts        *testscript.TestScript
	artifacts string
	values    map[string]string // by name of an expression
	token     string            // with the job's permissions and no more
}

// job plays one job of a workflow of workflows-examples/github with the real program in place of the action: job FILE NAME EXIT. The
// checkout is what CHECKOUT names, a branch or a ref; the token has the permissions that the example gives; outputs go from job to job, artifacts through a folder.
// Every leg of a matrix is played; EXIT is what the last program of a leg that failed said, or 0.
func job(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: job FILE NAME EXIT")
	}
	var w workflow
	source, err := os.ReadFile(filepath.Join("..", "..", "workflows-examples", "github", args[0]))
	ts.Check(err)
	ts.Check(yaml.Unmarshal(source, &w))
	j, ok := w.Jobs[args[1]]
	if !ok {
		ts.Fatalf("%s has no job %q", args[0], args[1])
	}
	work := ts.Getenv("WORK")
	values := map[string]string{}
	known := filepath.Join(work, "outputs.json")
	for name, in := range w.On.Call.Inputs { // of a workflow that is called; outputs.json may say otherwise
		values["inputs."+name] = in.Default
	}
	if data, err := os.ReadFile(known); err == nil {
		ts.Check(json.Unmarshal(data, &values))
	}
	r := &runner{ts: ts, artifacts: filepath.Join(work, "artifacts"), values: values, token: grant(ts, args[0], args[1], j.Permissions)}
	values["github.token"] = r.token
	if j.If != "" && !r.holds(j.If) {
		ts.Logf("job %s: skipped", args[1])
		return
	}
	worst := 0
	for _, leg := range r.legs(j.Strategy.Matrix) {
		for k, v := range leg {
			r.values["matrix."+k] = v
		}
		worst = max(worst, r.play(filepath.Join(work, "job-"+args[1]), j.Steps))
	}
	if fmt.Sprint(worst) != args[2] {
		ts.Fatalf("job %s: exit code %d, want %s", args[1], worst, args[2])
	}
	for name, from := range j.Outputs {
		values["needs."+args[1]+".outputs."+name] = r.fill(from)
	}
	data, err := json.Marshal(values)
	ts.Check(err)
	ts.Check(os.WriteFile(known, data, 0o600))
}

// grant makes the token of a job: ghs_FILE_JOB, with the permissions that the workflow names.
func grant(ts *testscript.TestScript, file, name string, permissions map[string]string) string {
	s, ok := servers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no GitHub was started")
	}
	rights := map[string]string{}
	for k, v := range permissions {
		rights[strings.ReplaceAll(k, "-", "_")] = v
	}
	token := "ghs_" + file + "_" + name
	s.(*fakegithub.Server).Grant(token, rights)
	return token
}

// legs are the rows of a matrix; without one there is one leg.
func (r *runner) legs(matrix string) []map[string]string {
	if matrix == "" {
		return []map[string]string{nil}
	}
	inner, ok := strings.CutPrefix(matrix, "${{ fromJSON(")
	if !ok {
		r.ts.Fatalf("matrix %q: only fromJSON is known here", matrix)
	}
	var rows struct{ Include []map[string]string }
	r.ts.Check(json.Unmarshal([]byte(r.value(strings.TrimSuffix(inner, ") }}"))), &rows))
	return rows.Include
}

var expression = regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`)

func (r *runner) fill(text string) string {
	return expression.ReplaceAllStringFunc(text, func(s string) string { return r.value(expression.FindStringSubmatch(s)[1]) })
}

func (r *runner) value(name string) string {
	v, ok := r.values[name]
	if !ok {
		r.ts.Fatalf("nothing is known of ${{ %s }}", name)
	}
	return v
}

// holds reads the conditions that examples have: always(), and NAME != 'TEXT'.
func (r *runner) holds(cond string) bool {
	if cond == "always()" {
		return true
	}
	name, text, ok := strings.Cut(cond, " != ")
	if !ok {
		r.ts.Fatalf("if: %q is no condition that is known here", cond)
	}
	return r.value(name) != strings.Trim(text, "'")
}

// play runs the steps of one leg in an empty folder, and returns the last exit code that was not 0.
func (r *runner) play(dir string, steps []stepOf) int {
	r.ts.Check(os.RemoveAll(dir))
	r.ts.Check(os.MkdirAll(dir, 0o750))
	failed := 0
	for _, s := range steps {
		if failed != 0 && s.If != "always()" {
			continue
		}
		if code := r.step(dir, s); code != 0 && !s.Goes {
			failed = code
		}
	}
	return failed
}

func (r *runner) step(dir string, s stepOf) int {
	action, _, _ := strings.Cut(s.Uses, "@")
	with := map[string]string{}
	for k, v := range s.With {
		with[k] = r.fill(fmt.Sprint(v))
	}
	switch {
	case strings.Contains(s.Run, "${{"):
		r.ts.Fatalf("run: %q: an expression inside a command is an injection", s.Run)
	case s.Run != "":
		return r.program(dir, s, nil, "sh", "-ec", s.Run)
	case action == "mlgate/mlgate":
		env := []string{"INPUT_TOKEN=" + r.token}
		for k, v := range with {
			env = append(env, "INPUT_"+strings.ToUpper(k)+"="+v)
		}
		return r.program(dir, s, env, "mlgate", "action")
	case action == "actions/checkout":
		return r.program(dir, s, nil, "sh", "-ec", `git clone -q "$WORK/origin.git" . && git fetch -q origin "$CHECKOUT" && git checkout -q --detach FETCH_HEAD && git remote set-url origin "$FAKE/acme/model.git"`)
	case action == "actions/upload-artifact":
		return r.program(dir, s, []string{"TO=" + filepath.Join(r.artifacts, with["name"]), "FROM=" + with["path"]}, "sh", "-ec", `[ -e "$FROM" ] || exit 0; mkdir -p "$TO"; cp -r "$FROM" "$TO"`)
	case action == "actions/download-artifact":
		return r.program(dir, s, []string{"TO=" + cmp.Or(with["path"], "."), "FROM=" + filepath.Join(r.artifacts, with["name"])}, "sh", "-ec", `mkdir -p "$TO"; cp -r "$FROM/." "$TO"`)
	case slices.Contains([]string{"actions/setup-python", "mlgate/mlgate/setup"}, action):
		return 0
	}
	r.ts.Fatalf("uses: %q is not known here", s.Uses)
	return 1
}

// program runs one program as a step, and keeps its outputs. As with GitHub's runner, the token is in no
// step's environment unless the workflow puts it there.
func (r *runner) program(dir string, s stepOf, env []string, args ...string) int {
	out := filepath.Join(r.ts.Getenv("WORK"), "output")
	r.ts.Check(os.WriteFile(out, nil, 0o600))
	env = append([]string{"GITHUB_TOKEN="}, env...)
	for k, v := range s.Env {
		env = append(env, k+"="+r.fill(v))
	}
	back := r.ts.MkAbs(".")
	r.ts.Check(r.ts.Chdir(dir))
	defer func() { r.ts.Check(r.ts.Chdir(back)) }()
	code := Run(r.ts, append([]string{"env"}, append(env, args...)...))
	r.keep(s.ID, out)
	return code
}

// keep reads a step's outputs: name<<DELIMITER, value, DELIMITER.
func (r *runner) keep(id, file string) {
	data, err := os.ReadFile(file)
	r.ts.Check(err)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		name, delimiter, ok := strings.Cut(lines[i], "<<")
		end := slices.Index(lines[i+1:], delimiter)
		if !ok || end < 0 {
			return
		}
		r.values["steps."+id+".outputs."+name] = strings.Join(lines[i+1:i+1+end], "\n")
		i += end + 1
	}
}
