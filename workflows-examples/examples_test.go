package workflows_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	workflows "github.com/mlgate/mlgate/workflows-examples"
)

type workflow struct {
	Name        string            `json:"name"`
	Permissions map[string]string `json:"permissions"`
	Jobs        map[string]job    `json:"jobs"`
}

type job struct {
	Uses        string            `json:"uses"`
	With        map[string]any    `json:"with"`
	Permissions map[string]string `json:"permissions"`
	Steps       []step            `json:"steps"`
}

type step struct {
	Uses string         `json:"uses"`
	Run  string         `json:"run"`
	With map[string]any `json:"with"`
}

func (j job) writes() bool {
	for _, v := range j.Permissions {
		if v != "read" {
			return true
		}
	}
	return false
}

// judges are the actions that a job with a token that can write may use: they run nothing of the change,
// and bring no cache in.
var judges = []string{"mlgate/mlgate", "actions/download-artifact"}

// problems are what is unsafe in a workflow. oneJob: it is the mode that runs and writes in one job.
func problems(t *testing.T, text string, oneJob bool) []string {
	t.Helper()
	var w workflow
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if w.Permissions == nil || len(w.Permissions) > 0 {
		say("the workflow's own permissions are not {}")
	}
	for name, j := range w.Jobs {
		if !j.writes() && (len(j.Permissions) != 1 || j.Permissions["contents"] != "read") {
			say("%s: permissions are %v, and a job that runs the change has `contents: read` only", name, j.Permissions)
		}
		for _, s := range j.Steps {
			uses, _, _ := strings.Cut(s.Uses, "@")
			if strings.Contains(s.Run, "${{") {
				say("%s: an expression in `run: %s`", name, s.Run)
			}
			if j.writes() && !oneJob && (s.Run != "" || !slices.Contains(judges, uses)) {
				say("%s: it can write, and has the step %q %q", name, s.Uses, s.Run)
			}
			if uses == "actions/checkout" && s.With["persist-credentials"] != false {
				say("%s: the checkout leaves its token behind", name)
			}
			if _, cache := s.With["cache"]; cache && j.writes() && !oneJob {
				say("%s: it can write, and uses a cache", name)
			}
		}
	}
	return all
}

func examples(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("github/*.yml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %v", files, err)
	}
	all := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(f)] = string(text)
	}
	return all
}

// What people copy: no foreign text in a shell, no right that is not needed, nothing of the change where
// something can be written.
func TestExamplesAreSafe(t *testing.T) {
	t.Parallel()
	for name, text := range examples(t) {
		for _, p := range problems(t, text, name == "one-job.yml") {
			t.Errorf("%s: %s", name, p)
		}
	}
}

// The rules above see what they are there for.
func TestUnsafeExamplesAreSeen(t *testing.T) {
	t.Parallel()
	judge := "      - {uses: mlgate/mlgate@v1, with: {command: ci, workflow: .github/workflows/mlgate-run.yml}}\n"
	for name, c := range map[string]struct{ text, from, to, want string }{
		"expression":   {workflows.ForkRun, "mlgate run --out mlgate.bundle\n", "mlgate run --out ${{ github.head_ref }}\n", "an expression"},
		"right":        {workflows.ForkRun, "{contents: read}", "{contents: read, actions: read}", "only"},
		"write":        {workflows.ForkRun, "{contents: read}", "{contents: write}", "it can write"},
		"all rights":   {workflows.ForkRun, "permissions: {} ", "permissions: {contents: write} ", "not {}"},
		"no rights":    {workflows.ForkRun, "permissions: {} ", "", "not {}"},
		"credentials":  {workflows.ForkRun, "persist-credentials: false, ", "", "leaves its token"},
		"checkout":     {workflows.ForkJudge, judge, "      - {uses: actions/checkout@v4, with: {persist-credentials: false}}\n" + judge, "it can write, and has the step"},
		"command":      {workflows.ForkJudge, judge, "      - run: make\n" + judge, "it can write, and has the step"},
		"action cache": {workflows.ForkJudge, judge, "      - {uses: actions/cache@v4, with: {path: x, key: k}}\n" + judge, "it can write, and has the step"},
		"cache":        {workflows.ForkJudge, "command: ci", "cache: pip", "uses a cache"},
	} {
		if strings.Count(c.text, c.from) != 1 {
			t.Fatalf("%s: %q does not stand there once", name, c.from)
		}
		got := problems(t, strings.Replace(c.text, c.from, c.to, 1), false)
		if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// An input that the action does not have is ignored by GitHub with a warning that nobody reads.
func TestExamplesUseInputsThatThereAre(t *testing.T) {
	t.Parallel()
	inputs := map[string]map[string]any{}
	for uses, file := range map[string]string{"mlgate/mlgate": "../action.yml", "mlgate/mlgate/setup": "../setup/action.yml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var action struct {
			Inputs map[string]any `json:"inputs"`
		}
		if err := yaml.Unmarshal(text, &action); err != nil || len(action.Inputs) == 0 {
			t.Fatalf("%s: %v", file, err)
		}
		inputs[uses] = action.Inputs
	}
	for name, text := range examples(t) {
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		for _, j := range w.Jobs {
			for _, s := range j.Steps {
				uses, _, _ := strings.Cut(s.Uses, "@")
				for key := range s.With {
					if has := inputs[uses]; has != nil && has[key] == nil {
						t.Errorf("%s: %s has no input %q", name, uses, key)
					}
				}
			}
		}
	}
}

// The judge listens to the workflow that runs, by the name that it has.
func TestForkPairFits(t *testing.T) {
	t.Parallel()
	var run workflow
	if err := yaml.Unmarshal([]byte(workflows.ForkRun), &run); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(workflows.ForkJudge, "workflows: ["+run.Name+"]") {
		t.Errorf("the judge does not listen to %q", run.Name)
	}
}

var (
	oneRight = regexp.MustCompile(`(?m)^ *(?:permissions: \{)?([a-z-]+: (?:read|write))\}?(?: # (.*))?$`)
	tableRow = regexp.MustCompile("(?m)^\\| ([^|]+) \\| `([a-z-]+: [a-z]+)`")
)

// Each right of a job has a comment, and it says what docs/github-tokens.md says that the right is for.
func TestRightsAreExplained(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/github-tokens.md")
	if err != nil {
		t.Fatal(err)
	}
	what := map[string]string{}
	for _, row := range tableRow.FindAllStringSubmatch(string(page), -1) {
		what[row[2]] = strings.ReplaceAll(row[1], "`", "")
	}
	for name, text := range examples(t) {
		told := map[string]int{}
		for _, m := range oneRight.FindAllStringSubmatch(text, -1) {
			if told[m[1]]++; m[2] == "" || !strings.HasPrefix(what[m[1]], m[2]) {
				t.Errorf("%s: %s is explained by %q, the page says %q", name, m[1], m[2], what[m[1]])
			}
		}
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		for _, j := range w.Jobs {
			for right, how := range j.Permissions {
				told[right+": "+how]--
			}
		}
		for right, n := range told {
			if n != 0 {
				t.Errorf("%s: %s stands in %d lines more than jobs have it", name, right, n)
			}
		}
	}
}

var atCommit = regexp.MustCompile(`^[\w.-]+/[\w.-]+/\.github/workflows/([\w.-]+\.yml)@[0-9a-f]{40}$`)

// misfits is what is wrong with how one workflow calls another: what GitHub refuses to start, and a name that can move.
func misfits(t *testing.T, caller, called string) []string {
	t.Helper()
	var from, to struct {
		workflow
		On struct {
			Call *struct {
				Inputs map[string]any `json:"inputs"`
			} `json:"workflow_call"`
		} `json:"true"` // YAML 1.1 reads `on` so
	}
	for text, w := range map[string]any{caller: &from, called: &to} {
		if err := yaml.Unmarshal([]byte(text), w); err != nil {
			t.Fatal(err)
		}
	}
	if to.On.Call == nil {
		return []string{"it cannot be called"}
	}
	var all []string
	for name, j := range from.Jobs {
		if !atCommit.MatchString(j.Uses) {
			all = append(all, name+": calls "+j.Uses+", which is no commit")
		}
		for key := range j.With {
			if _, known := to.On.Call.Inputs[key]; !known {
				all = append(all, name+": there is no input "+key)
			}
		}
		needs := map[string]string{}
		for _, k := range to.Jobs {
			for right, how := range k.Permissions {
				if needs[right] != "write" {
					needs[right] = how
				}
			}
		}
		if fmt.Sprint(needs) != fmt.Sprint(j.Permissions) {
			all = append(all, fmt.Sprintf("%s: it gives %v, and what it calls takes %v", name, j.Permissions, needs))
		}
	}
	return all
}

// Whoever calls the organisation's workflow gives its jobs the rights that they name, and no more, and names a commit.
func TestCallerFits(t *testing.T) {
	t.Parallel()
	all := examples(t)
	caller, called := all["organisation-caller.yml"], all["organisation.yml"]
	for _, m := range misfits(t, caller, called) {
		t.Error(m)
	}
	if !strings.Contains(caller, "/.github/workflows/organisation.yml@") {
		t.Error("it calls another workflow")
	}
	for _, c := range []struct{ from, to, want string }{
		{"@0000000000000000000000000000000000000000", "@main", "no commit"},
		{"      checks: write # make checks with annotations\n", "", "takes"},
		{"checks: write", "actions: write", "takes"},
		{"    permissions:\n", "    with: {pyhton: x}\n    permissions:\n", "no input pyhton"},
	} {
		if got := strings.Join(misfits(t, strings.Replace(caller, c.from, c.to, 1), called), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("with %q: %q, want %q", c.to, got, c.want)
		}
	}
}
