package main

import (
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// differs is what mlgate says as JSON.
type differs struct {
	Metrics []struct {
		File, Name string
		Old, New   *float64
	}
	Checks              []struct{ Name, Old, New string }
	Params              []struct{ File, Name string }
	Skipped, Unreadable []struct{ File, Side, Why string }
}

var ofRun = regexp.MustCompile(`-[0-9]+/`)

// changes are the changes by their names; byFile by the files, of which a run's number is none, and the names.
func (d differs) changes(byFile bool) map[string]change {
	out := map[string]change{}
	for _, m := range d.Metrics {
		c := change{math.NaN(), math.NaN()}
		if m.Old != nil {
			c.Old = *m.Old
		}
		if m.New != nil {
			c.New = *m.New
		}
		if byFile {
			m.Name = ofRun.ReplaceAllString(m.File, "-*/") + " " + m.Name
		}
		out[m.Name] = c
	}
	return out
}

func (d differs) checks() map[string]string {
	out := map[string]string{}
	for _, c := range d.Checks {
		out[c.Name] = c.Old + " → " + c.New
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

func fixtureOf(t *testing.T, name, venv, script string, args []string) string {
	t.Helper()
	if os.Getenv("MLGATE_AFRESH") != "1" {
		return filepath.Join("..", "..", "test", "fixture", "quickstart", name)
	}
	if venv == "" {
		t.Skip("it is not made afresh: test/fixture/README.md says how it was made")
	}
	return playAfresh(t, venv, script, args)
}

// evidenceOf is what the mlops.yaml of a folder names.
func evidenceOf(t *testing.T, dir string) []mlgate.Source {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "mlops.yaml"))
	must(t, err)
	run, err := config.ParseRun("mlops.yaml", text)
	must(t, err)
	for i := range run.Evidence {
		run.Evidence[i].Pos = mlgate.Pos{}
	}
	return run.Evidence
}

func begin(t *testing.T, dir string) {
	t.Helper()
	must(t, os.Mkdir(dir, 0o755))
	output(t, dir, "git", "init", "-q", "-b", "main")
}

// commitSide commits one side of a fixture. What its .gitignore names is in the work tree alone.
func commitSide(t *testing.T, dir, fixture, side string, gone []string) {
	t.Helper()
	for _, file := range gone {
		must(t, os.Remove(filepath.Join(dir, file)))
	}
	overlay(t, dir, filepath.Join(fixture, side))
	output(t, dir, "git", "add", "-A")
	output(t, dir, "git", "commit", "-q", "-m", side)
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
