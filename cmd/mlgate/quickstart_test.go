package main

import (
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// quickstarts are the first projects that tools' own documents walk through, made by the real tool: what two
// commits hold is kept in test/fixture/quickstart, with what the tool itself says of it. venv and script make them
// again. params are the param files whose changes are shown beside.
var quickstarts = []struct {
	name, venv, script string
	args               []string
	params             string
}{
	{name: "dvc", venv: "dvclive", script: "dvc_get_started.py", params: "params.yaml train.shrink"},
	{name: "dvclive", venv: "dvclive", script: "dvclive_train.py", params: "dvclive/params.yaml learning_rate"},
	{name: "mlflow-folder", venv: "mlflow", script: "mlflow_iris.py", args: []string{"mlruns"}},
	{name: "mlflow-database", venv: "mlflow", script: "mlflow_iris.py", args: []string{"sqlite:///mlflow.db"}},
	{name: "tensorboard-keras", venv: "trackers", script: "tensorboard_keras.py"},
	{name: "tensorboard-torch", venv: "trackers", script: "tensorboard_torch.py"},
	{name: "wandb", venv: "trackers", script: "wandb_offline.py"},
	{name: "sklearn", venv: "sklearn", script: "sklearn_digits.py"},
}

// told is what a tool says of its two runs. Gone are files that the second run took away.
type told struct {
	Before, After map[string]float64
	Gone          []string
}

// change is a number on both sides; NaN is a side without it.
type change struct{ Old, New float64 }

// TestQuickstarts plays the projects: with no mlops.yaml at all, mlgate shows between the two commits what the
// tool says, and nothing else.
func TestQuickstarts(t *testing.T) {
	t.Parallel()
	mlgate := binary(t)
	for _, q := range quickstarts {
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			fixture := filepath.Join("..", "..", "test", "fixture", "quickstart", q.name)
			if os.Getenv("MLGATE_AFRESH") == "1" {
				fixture = playAfresh(t, q.venv, q.script, q.args)
			}
			want := answerOf(t, fixture)
			dir := filepath.Join(t.TempDir(), "repo")
			twoCommits(t, dir, fixture, want.Gone)
			got := diffOf(t, mlgate, dir, "HEAD~1", "HEAD")
			if d := cmp.Diff(want.changes(), got.changes(), cmpopts.EquateNaNs()); d != "" {
				t.Errorf("the tool and mlgate differ (-tool +mlgate):\n%s", d)
			}
			if params := got.params(); params != q.params || len(got.Skipped)+len(got.Unreadable) > 0 {
				t.Errorf("params %s, want %s; skipped %v, unreadable %v", params, q.params, got.Skipped, got.Unreadable)
			}
			if d := cmp.Diff(got.changes(), diffOf(t, mlgate, dir, "HEAD~1").changes(), cmpopts.EquateNaNs()); d != "" {
				t.Errorf("with the work tree it is another difference:\n%s", d)
			}
		})
	}
}

func (w told) changes() map[string]change {
	out := map[string]change{}
	for name, v := range w.Before {
		out[name] = change{v, math.NaN()}
	}
	for name, v := range w.After {
		c, both := out[name]
		if !both {
			c.Old = math.NaN()
		}
		if c.New = v; c.Old == c.New {
			delete(out, name)
			continue
		}
		out[name] = c
	}
	return out
}

// differs is what mlgate says as JSON.
type differs struct {
	Metrics []struct {
		Name     string
		Old, New *float64
	}
	Params              []struct{ File, Name string }
	Skipped, Unreadable []struct{ File, Side, Why string }
}

func (d differs) changes() map[string]change {
	out := map[string]change{}
	for _, m := range d.Metrics {
		c := change{math.NaN(), math.NaN()}
		if m.Old != nil {
			c.Old = *m.Old
		}
		if m.New != nil {
			c.New = *m.New
		}
		out[m.Name] = c
	}
	return out
}

func (d differs) params() string {
	var all []string
	for _, p := range d.Params {
		all = append(all, p.File+" "+p.Name)
	}
	return strings.Join(all, ", ")
}

func diffOf(t *testing.T, mlgate, dir string, revs ...string) differs {
	t.Helper()
	var d differs
	if text := output(t, dir, mlgate, append([]string{"diff", "--format", "json"}, revs...)...); json.Unmarshal([]byte(text), &d) != nil {
		t.Fatalf("no JSON: %s", text)
	}
	return d
}

func answerOf(t *testing.T, fixture string) told {
	t.Helper()
	var want told
	data, err := os.ReadFile(filepath.Join(fixture, "answer.json"))
	if err == nil {
		err = json.Unmarshal(data, &want)
	}
	if err != nil || len(want.changes()) == 0 {
		t.Fatalf("%s: %v, %d changes", fixture, err, len(want.changes()))
	}
	return want
}

// twoCommits makes a repository of a fixture. What its .gitignore names is in the work tree alone.
func twoCommits(t *testing.T, dir, fixture string, gone []string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	output(t, dir, "git", "init", "-q", "-b", "main")
	for _, side := range []string{"before", "after"} {
		for _, file := range gone {
			if side == "after" {
				must(t, os.Remove(filepath.Join(dir, file)))
			}
		}
		overlay(t, dir, filepath.Join(fixture, side))
		output(t, dir, "git", "add", "-A")
		output(t, dir, "git", "commit", "-q", "-m", side)
	}
}

// overlay puts the files of a folder over those of another.
func overlay(t *testing.T, dir, from string) {
	t.Helper()
	must(t, filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, path)
		to := filepath.Join(dir, rel)
		if e.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
			return err
		}
		if e.Type()&fs.ModeSymlink != 0 {
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(link, to)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// playAfresh lets the real tool play its project again. They share a folder, so one plays at a time.
func playAfresh(t *testing.T, venv, script string, args []string) string {
	t.Helper()
	playing <- struct{}{}
	defer func() { <-playing }()
	python, err := filepath.Abs(filepath.Join("..", "..", ".cache", "venv", venv, "bin", "python"))
	must(t, err)
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("it is not installed: test/venv/install.sh %s", venv)
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), python, append([]string{filepath.Join("..", "..", "test", "fixture", "quickstart", script), dir}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

var playing = make(chan struct{}, 1)
