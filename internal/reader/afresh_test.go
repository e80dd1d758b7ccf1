package reader_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// What is kept of these tools reads as what they write today. Their environments take minutes to install
// and gigabytes, and they start slowly: they are asked with MLGATE_AFRESH=1, one after the other, where
// somebody installed them.
func TestToolsAfresh(t *testing.T) {
	if os.Getenv("MLGATE_AFRESH") != "1" {
		t.Skip("tools are asked afresh with MLGATE_AFRESH=1, after test/venv/install.sh NAME")
	}
	for _, c := range []struct {
		venv, script string
		files        map[string]string // written: kept
	}{
		{"gx", "gx1.py", map[string]string{"suite.json": "gx/gx-1.24.1-suite.json", "checkpoint.json": "gx/gx-1.24.1-described.json"}},
		{"gx0", "gx0.py", map[string]string{"suite.json": "gx/gx-0.18.22-suite.json", "checkpoint.json": "gx/gx-0.18.22-checkpoint.json"}},
		{"evidently", "evidently7.py", map[string]string{"report.json": "evidently/evidently-0.7.23-report.json", "tests.json": "evidently/evidently-0.7.23-tests.json"}},
		{"evidently0", "evidently4.py", map[string]string{"report.json": "evidently/evidently-0.4.40-report.json", "tests.json": "evidently/evidently-0.4.40-tests.json"}},
		{"deepchecks", "deepchecks_suite.py", map[string]string{"suite.json": "deepchecks/deepchecks-0.19.1.json"}},
		{"pandera", "pandera_errors.py", map[string]string{"errors.json": "pandera/pandera-0.35.0.json"}},
	} {
		t.Run(c.venv, func(t *testing.T) {
			python := filepath.Join("..", "..", ".cache", "venv", c.venv, "bin", "python")
			if _, err := os.Stat(python); err != nil {
				t.Skipf("it is not installed: test/venv/install.sh %s", c.venv)
			}
			dir := t.TempDir()
			script := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "test", "fixture", c.script), dir)
			script.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
			if out, err := script.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for written, kept := range c.files {
				if d := cmp.Diff(reading(t, filepath.Join("testdata", kept)), reading(t, filepath.Join(dir, written))); d != "" {
					t.Errorf("%s is read otherwise today: %s", written, d)
				}
			}
		})
	}
}

func reading(t *testing.T, file string) mlgate.Reading {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader.Files{}.Metrics(mlgate.Source{Path: "m.json"}, data)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
