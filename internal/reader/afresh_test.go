package reader_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// What is kept of these tools reads as what they write today. Their environments take minutes to install
// and gigabytes, and they start slowly: they are asked by `make afresh`, one after the other.
func TestToolsAfresh(t *testing.T) {
	if os.Getenv("MLGATE_AFRESH") != "1" {
		t.Skip("tools are asked afresh by `make afresh`")
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
			dir := made(t, c.venv, c.script)
			for written, kept := range c.files {
				if d := cmp.Diff(reading(t, filepath.Join("testdata", kept)), reading(t, filepath.Join(dir, written))); d != "" {
					t.Errorf("%s is read otherwise today: %s", written, d)
				}
			}
		})
	}
}

// Keras computes with 32 bits, and not the same on every processor.
func TestTrainingLogsAfresh(t *testing.T) {
	if os.Getenv("MLGATE_AFRESH") != "1" {
		t.Skip("tools are asked afresh by `make afresh`")
	}
	near := cmp.Comparer(func(a, b mlgate.Number) bool { return math.Abs(float64(a-b)) <= 1e-4*math.Abs(float64(a)) })
	dir, kept := made(t, "loggers", "training_logs.py"), filepath.Join("testdata", "training-log")
	for _, file := range []string{"keras.csv", "twice.csv", "acc.tsv", "loss.tsv", "custom.json"} {
		var both [2]mlgate.Reading
		var errs [2]error
		for i, folder := range []string{kept, dir} {
			data, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil {
				t.Fatal(err)
			}
			both[i], errs[i] = reader.Files{}.Metrics(mlgate.Source{Path: file}, data)
		}
		if d := cmp.Diff(both[0], both[1], near); d != "" || fmt.Sprint(errs[0]) != fmt.Sprint(errs[1]) {
			t.Errorf("%s is read otherwise today: %v %v %s", file, errs[0], errs[1], d)
		}
	}
}

// sameNumber compares numbers, of which NaN is the same as NaN.
var sameNumber = cmp.Comparer(func(a, b mlgate.Number) bool { return a == b || a != a && b != b })

// The same for folders.
func TestFoldersAfresh(t *testing.T) {
	if os.Getenv("MLGATE_AFRESH") != "1" {
		t.Skip("tools are asked afresh by `make afresh`")
	}
	for _, c := range []struct{ venv, script, kept, kind, folder, run string }{
		{"mlflow2", "mlruns.py", "mlflow-2.9.2", "mlflow", "mlruns", "second"},
		{"mlflow3", "mlruns.py", "mlflow-3.17.2", "mlflow", "mlruns", "second"},
		{"trackers", "event_files.py", "tensorboard", "tensorboard", "keras", ""},
		{"trackers", "event_files.py", "tensorboard", "tensorboard", "x", ""},
		{"trackers", "wandb_offline.py", "wandb", "wandb", "wandb", ""},
		{"trackers", "clearml_offline.py", "clearml", "clearml", "clearml", "first"},
		{"trackers", "comet_offline.py", "comet", "comet", "comet", "first"},
		{"trackers", "neptune_offline.py", "neptune", "neptune", "neptune", "first"},
	} {
		t.Run(c.kept+"/"+c.folder, func(t *testing.T) {
			var both [2]mlgate.Reading
			for i, dir := range []string{filepath.Join("testdata", c.kept), made(t, c.venv, c.script)} {
				folder := os.DirFS(filepath.Join(dir, c.folder))
				var err error
				if both[i], err = (reader.Files{}).Folder(mlgate.Source{Kind: c.kind, Path: "folder", Run: c.run}, folder); err != nil {
					t.Fatal(err)
				}
				if c.kind == "mlflow" {
					both[i].Dropped = nil // the other runs, with ids made at random
				}
			}
			if d := cmp.Diff(both[0], both[1], sameNumber); d != "" {
				t.Errorf("it is read otherwise today: %s", d)
			}
		})
	}
}

// made is a folder with what a tool's script writes today.
func made(t *testing.T, venv, script string) string {
	t.Helper()
	python, err := filepath.Abs(filepath.Join("..", "..", ".cache", "venv", venv, "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("it is not installed: test/venv/install.sh %s", venv)
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "test", "fixture", script), dir)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
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
