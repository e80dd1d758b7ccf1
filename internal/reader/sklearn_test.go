package reader_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The files of testdata/sklearn are what scikit-learn writes today.
func TestSklearnAfresh(t *testing.T) {
	t.Parallel()
	python := filepath.Join("..", "..", ".cache", "venv", "sklearn", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI has no scikit-learn: run `make venv`: %v", err)
		}
		t.Skip("scikit-learn is not installed: make venv")
	}
	dir, kept := t.TempDir(), filepath.Join("testdata", "sklearn")
	script := filepath.Join("..", "..", "test", "fixture", "classification_report.py")
	if out, err := exec.CommandContext(t.Context(), python, script, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if d := cmp.Diff(folder(t, dir), folder(t, kept)); d != "" {
		t.Errorf("scikit-learn writes something else today: %s", d)
	}
}

// folder is every file that a tool wrote, by name.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".want") {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files[e.Name()] = string(data)
		}
	}
	return files
}
