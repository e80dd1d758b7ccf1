package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/test/script"
)

// history is a repository of two commits, or of one and a work tree: files by path. The old side has a
// dvc.yaml that names metrics.json unless it says otherwise; a file that the new side leaves out is as
// before, an empty one is removed.
type history struct {
	name     string
	old, now files
	workTree bool
	// differs says where mlgate's answer is another one on purpose, in DVC's shape. The test fails when
	// DVC begins to agree.
	differs string
}

type files map[string]string

const stages = `
stages:
  train:
    wdir: work
    cmd: python train.py
    metrics:
    - out/scores.json:
        cache: false
`

var histories = []history{
	{name: "changed value", old: files{"metrics.json": `{"acc": 0.9}`}, now: files{"metrics.json": `{"acc": 0.91}`}},
	{name: "new metric", old: files{"metrics.json": `{"acc": 0.9}`}, now: files{"metrics.json": `{"acc": 0.9, "f1": 0.8}`}},
	{name: "removed metric", old: files{"metrics.json": `{"acc": 0.9, "f1": 0.8}`}, now: files{"metrics.json": `{"acc": 0.9}`}},
	{name: "new file", old: files{"dvc.yaml": "metrics: [metrics.json, extra.json]", "metrics.json": `{"acc": 0.9}`}, now: files{"extra.json": `{"f1": 1}`}},
	{name: "removed file", old: files{"dvc.yaml": "metrics: [metrics.json, extra.json]", "metrics.json": `{"acc": 0.9}`, "extra.json": `{"f1": 1}`}, now: files{"extra.json": ""}},
	{name: "nested keys", old: files{"metrics.json": `{"train": {"loss": 0.5, "deep": {"er": 1}}, "top": 2}`}, now: files{"metrics.json": `{"train": {"loss": 0.25, "deep": {"er": 3}}, "top": 2}`}},
	{name: "floats", old: files{"metrics.json": `{"a": 0.1, "b": 0.30000000000000004, "c": 1e-17}`}, now: files{"metrics.json": `{"a": 0.3, "b": 0.3, "c": 2.5e-17}`}},
	{name: "ints", old: files{"metrics.json": `{"n": 1000000007, "m": 3}`}, now: files{"metrics.json": `{"n": 1000000009, "m": 3.0}`}},
	{name: "yaml", old: files{"dvc.yaml": "metrics: [m.yaml]", "m.yaml": "acc: 0.9\nper:\n  class: 1\n"}, now: files{"m.yaml": "acc: 0.95\nper:\n  class: -1\n"}},
	{name: "YAML under another ending", old: files{"dvc.yaml": "metrics: [auc.metric]", "auc.metric": "auc: 0.7\n"}, now: files{"auc.metric": "auc: 0.8\n"}},
	{name: "renamed file", old: files{"metrics.json": `{"acc": 0.9, "f1": 0.8}`}, now: files{"dvc.yaml": "metrics: [eval.json]", "metrics.json": "", "eval.json": `{"acc": 0.95, "f1": 0.8}`}},
	{name: "renamed file, same content", old: files{"metrics.json": `{"acc": 0.9}`}, now: files{"dvc.yaml": "metrics: [eval.json]", "metrics.json": "", "eval.json": `{"acc": 0.9}`}},
	{name: "text", old: files{"metrics.json": `{"acc": 0.9, "model": "tree"}`}, now: files{"metrics.json": `{"acc": 0.9, "model": "forest"}`}},
	{name: "booleans", old: files{"metrics.json": `{"ok": true, "acc": 1}`}, now: files{"metrics.json": `{"ok": false, "acc": 1}`}},
	{name: "null", old: files{"metrics.json": `{"acc": 1, "f1": null}`}, now: files{"metrics.json": `{"acc": null, "f1": 2}`}},
	{name: "number turns into text", old: files{"metrics.json": `{"acc": 1}`}, now: files{"metrics.json": `{"acc": "n/a"}`}},
	{name: "number turns into an object", old: files{"metrics.json": `{"acc": 1}`}, now: files{"metrics.json": `{"acc": {"top1": 1}}`}},
	{name: "nothing left", old: files{"metrics.json": `{"acc": 1}`}, now: files{"metrics.json": `{}`}},
	{name: "several files", old: files{"dvc.yaml": "metrics: [a.json, b.json, c.yaml]", "a.json": `{"x": 1}`, "b.json": `{"x": 1}`, "c.yaml": "x: 1"}, now: files{"a.json": `{"x": 2}`, "c.yaml": "x: 3"}},
	{name: "subdirectory", old: files{"dvc.yaml": "{}", "models/churn/dvc.yaml": "metrics: [metrics.json]", "models/churn/metrics.json": `{"x": 1}`}, now: files{"models/churn/metrics.json": `{"x": 2}`}},
	{name: "a folder of metrics", old: files{"dvc.yaml": "metrics: [results]", "results/a.json": `{"x": 1}`, "results/deep/b.json": `{"x": 1}`}, now: files{"results/a.json": `{"x": 2}`, "results/deep/b.json": `{"x": 3}`}},
	{name: "a stage's metrics with wdir", old: files{"dvc.yaml": stages, "work/out/scores.json": `{"x": 1}`}, now: files{"work/out/scores.json": `{"x": 2}`}},
	{name: "anchors", old: files{"dvc.yaml": "stages:\n  a: &a\n    cmd: echo\n    metrics: &m [{m.json: {cache: false}}]\nmetrics: [metrics.json]\n", "m.json": `{"x": 1}`, "metrics.json": `{"y": 1}`}, now: files{"m.json": `{"x": 2}`, "metrics.json": `{"y": 2}`}},
	{name: "identical", old: files{"metrics.json": `{"acc": 0.9}`}, now: files{"README.md": "words"}},
	{name: "other order and spaces", old: files{"metrics.json": `{"acc": 0.9, "f1": 1}`}, now: files{"metrics.json": "{\n \"f1\": 1.0,\n \"acc\": 9e-1\n}"}},
	{name: "negative and exponent", old: files{"metrics.json": `{"a": -1.5, "b": 1e-7, "c": 2E+10, "d": -0.0}`}, now: files{"metrics.json": `{"a": 1.5, "b": 3e-7, "c": -2E+10, "d": 0}`}},
	{name: "odd keys", old: files{"metrics.json": `{"f1, macro": 1, "précision": 1, "a.b": 1, "x y/z": 1}`}, now: files{"metrics.json": `{"f1, macro": 2, "précision": 2, "a.b": 2, "x y/z": 2}`}},
	{name: "infinite", old: files{"metrics.json": `{"a": Infinity, "b": 1}`}, now: files{"metrics.json": `{"a": 1, "b": -Infinity}`}},
	{name: "work tree", old: files{"metrics.json": `{"acc": 0.9}`}, now: files{"metrics.json": `{"acc": 0.5}`}, workTree: true},
	{name: "a new file in the work tree", old: files{"dvc.yaml": "metrics: [metrics.json, extra.json]", "metrics.json": `{"acc": 0.9}`}, now: files{"extra.json": `{"f1": 1}`}, workTree: true},

	{name: "lists are shown", old: files{"metrics.json": `{"acc": 1, "roc": [1, 2]}`}, now: files{"metrics.json": `{"acc": 2, "roc": [1, 3]}`},
		differs: `{"metrics.json": {"acc": {"old": 1, "new": 2, "diff": 1}, "roc": {"old": [1, 2], "new": [1, 3]}}}`},
	{name: "NaN is the same as NaN", old: files{"metrics.json": `{"a": NaN, "b": 1}`}, now: files{"metrics.json": `{"a": NaN, "b": 2}`},
		differs: `{"metrics.json": {"b": {"old": 1, "new": 2, "diff": 1}}}`},
	{name: "a bare number has its file's name", old: files{"dvc.yaml": "metrics: [auc.json]", "auc.json": "0.5"}, now: files{"auc.json": "0.75"},
		differs: `{"auc.json": {"auc": {"old": 0.5, "new": 0.75, "diff": 0.25}}}`},
	{name: "a file that dvc.yaml forgot is still there", old: files{"metrics.json": `{"acc": 1}`}, now: files{"dvc.yaml": "metrics: []", "metrics.json": `{"acc": 2}`},
		differs: `{"metrics.json": {"acc": {"old": 1, "new": 2, "diff": 1}}}`},
	{name: "nobody names it", old: files{"dvc.yaml": "{}", "metrics.json": `{"acc": 1}`}, now: files{"metrics.json": `{"acc": 2}`},
		differs: `{"metrics.json": {"acc": {"old": 1, "new": 2, "diff": 1}}}`},
	{name: "a broken side is no new metric", old: files{"metrics.json": `{"acc": `}, now: files{"metrics.json": `{"acc": 2}`}, differs: `{}`},
	{name: "integers beyond 2⁵³", old: files{"metrics.json": `{"n": 9007199254740992}`}, now: files{"metrics.json": `{"n": 9007199254740993}`}, differs: `{}`},
}

// dvcProgram is the real one (PyPI), pinned in test/venv/dvc.txt. In CI it must be there.
func dvcProgram(t *testing.T) string {
	t.Helper()
	name := filepath.Join(script.Venv("dvc"), "dvc")
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI has no dvc: run `make venv`: %v", err)
		}
		t.Skip("dvc is not installed: make venv")
	}
	return name
}

// TestDiffAgreesWithDVC compares `mlgate diff --format json`, brought into DVC's shape, with what the
// real `dvc metrics diff --json` says of the same history.
func TestDiffAgreesWithDVC(t *testing.T) {
	t.Parallel()
	dvc, mlgate := dvcProgram(t), binary(t)
	for _, h := range histories {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			dir, revs := h.build(t)
			theirs := shape(t, output(t, dir, dvc, append([]string{"metrics", "diff", "--json"}, revs...)...))
			ours := asDVC(t, output(t, dir, mlgate, append([]string{"diff", "--format", "json", "--all"}, revs...)...), h.differs == "")
			if h.differs == "" {
				if d := cmp.Diff(theirs, ours); d != "" {
					t.Errorf("dvc and mlgate differ (-dvc +mlgate):\n%s", d)
				}
				return
			}
			if d := cmp.Diff(shape(t, h.differs), ours); d != "" {
				t.Errorf("mlgate says something else than it should (-want +got):\n%s", d)
			}
			if cmp.Equal(theirs, ours) {
				t.Error("dvc agrees by now: move this history up, and correct docs/diff.md")
			}
		})
	}
}

// build makes the repository and says which revisions to compare.
func (h history) build(t *testing.T) (dir string, revs []string) {
	t.Helper()
	dir = t.TempDir()
	write := func(all files) {
		for name, text := range all {
			full := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
				t.Fatal(err)
			}
			err := os.WriteFile(full, []byte(text), 0o600)
			if text == "" && name != ".dvc/config" {
				err = os.Remove(full)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	output(t, dir, "git", "init", "-q", "-b", "main")
	write(files{".dvc/config": "", "dvc.yaml": "metrics: [metrics.json]"})
	write(h.old)
	output(t, dir, "git", "add", ".")
	output(t, dir, "git", "commit", "-qm", "old")
	write(h.now)
	if h.workTree {
		return dir, []string{"HEAD"}
	}
	output(t, dir, "git", "add", "-A")
	output(t, dir, "git", "commit", "-qm", "new")
	return dir, []string{"HEAD~1", "HEAD"}
}

// output runs a program and returns what it prints; mlgate may say with its exit code that a file could
// not be read.
func output(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=a@example.com", "DVC_NO_ANALYTICS=true", "LC_ALL=C.UTF-8", "GOCOVERDIR=" + os.Getenv("GOCOVERDIR"),
	}
	out, err := cmd.Output()
	if err != nil && (filepath.Base(program) != "mlgate" || cmd.ProcessState.ExitCode() != 3) {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
	return string(out)
}

var pythonNumbers = regexp.MustCompile(`: (-?Infinity|NaN)`)

// shape reads DVC's JSON: file → metric → old, new, diff.
func shape(t *testing.T, text string) map[string]map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]map[string]any{}
	if err := json.Unmarshal([]byte(pythonNumbers.ReplaceAllString(text, `: "$1"`)), &out); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, file := range out {
		for _, m := range file {
			if d, ok := m["diff"].(string); ok && d != "" {
				delete(m, "diff") // a difference from infinity is left out by us
			}
		}
	}
	return out
}

// asDVC brings mlgate's answer into DVC's shape: a renamed file is a removed and a new one, text is a
// value without a difference, a boolean counts as 0 or 1, and null is nothing.
func asDVC(t *testing.T, text string, noLists bool) map[string]map[string]map[string]any {
	t.Helper()
	var d struct {
		Metrics, Values []struct {
			File, Name string
			Old, New   any
			Change     any
		}
		Renamed []struct{ Old, New string }
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	before := map[string]string{}
	for _, r := range d.Renamed {
		before[r.New] = r.Old
	}
	out := map[string]map[string]map[string]any{}
	put := func(file, name string, old, now, change any) {
		if cmp.Equal(old, now) {
			return
		}
		if out[file] == nil {
			out[file] = map[string]map[string]any{}
		}
		m := out[file][name]
		if m == nil {
			m = map[string]any{"old": nil, "new": nil}
			out[file][name] = m
		}
		if old != nil {
			m["old"] = old
		}
		if now != nil {
			m["new"] = now
		}
		if change != nil {
			m["diff"] = change
		}
	}
	for i, list := range [][]struct {
		File, Name string
		Old, New   any
		Change     any
	}{d.Metrics, d.Values} {
		for _, m := range list {
			if i == 1 {
				m.Old, m.New = fromText(m.Old, noLists), fromText(m.New, noLists)
				if a, b := fmt.Sprint(m.Old), fmt.Sprint(m.New); a != b && (a == "true" || a == "false") && (b == "true" || b == "false") {
					m.Change = map[string]float64{"true": -1, "false": 1}[a]
				}
			}
			if old, renamed := before[m.File]; renamed {
				put(old, m.Name, m.Old, nil, nil)
				put(m.File, m.Name, nil, m.New, nil)
				continue
			}
			put(m.File, m.Name, m.Old, m.New, m.Change)
		}
	}
	return out
}

func fromText(v any, noLists bool) any {
	text, ok := v.(string)
	if !ok || text == "null" {
		return nil
	}
	var out any
	if strings.HasPrefix(text, "[") || text == "true" || text == "false" {
		if json.Unmarshal([]byte(text), &out) == nil {
			if _, list := out.([]any); list && noLists {
				return nil
			}
			return out
		}
	}
	return text
}
