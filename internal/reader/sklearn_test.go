package reader_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
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

// Recall and accuracy have hits where the report leaves one count alone to be meant.
func TestSklearnHits(t *testing.T) {
	t.Parallel()
	report := func(recall, f1, accuracy string, n int) string {
		row := func(recall, f1 string, n int) string {
			return fmt.Sprintf(`{"precision": 1.0, "recall": %s, "f1-score": %s, "support": %d.0}`, recall, f1, n)
		}
		return fmt.Sprintf(`{"a": %s, "b": %s, "accuracy": %s, "macro avg": %s, "weighted avg": %s}`,
			row(recall, f1, n), row("1.0", "1.0", n), accuracy, row("0.3", f1, 2*n), row("0.3", f1, 2*n))
	}
	for _, c := range []struct {
		what, text, want string
	}{
		{"in full", report("0.5", "0.6666666666666666", "0.75", 1000), "recall[class=a] 500, accuracy 1500"},
		{"a third", report("0.3333333333333333", "0.5", "0.6666666666666666", 3), "recall[class=a] 1, accuracy 4"},
		{"all right", report("1.0", "1.0", "1.0", 1000), "recall[class=a] 1000, accuracy 2000"},
		{"few, and short", report("0.5", "0.25", "0.75", 50), "recall[class=a] 25, accuracy 75"},
		{"rounded to what may be two counts", report("0.51", "0.67", "0.76", 1000), ""},
		{"rounded to what is none", report("0.3333", "0.5", "0.6667", 3), ""},
		{"no share of so many", report("0.5", "0.6666666666666666", "0.75", 3), ""},
		{"more than all", report("1.5", "0.6666666666666666", "0.75", 2), ""},
		{"NaN", report("NaN", "0.6666666666666666", "0.75", 2), ""},
	} {
		got, err := reader.Files{}.Metrics(mlgate.Source{Path: "r.json"}, []byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		hits := map[string]string{}
		for _, m := range got.Metrics {
			if m.Hits != nil && !m.Counted() {
				t.Errorf("%s: %+v", c.what, m)
			}
			if m.Hits != nil {
				hits[m.Name] = fmt.Sprint(m.Name, " ", *m.Hits)
			}
		}
		var have []string
		for _, name := range []string{"recall[class=a]", "accuracy"} {
			if hits[name] != "" {
				have = append(have, hits[name])
			}
		}
		if len(hits) > 3 || strings.Join(have, ", ") != c.want {
			t.Errorf("%s: %v, want %s", c.what, hits, c.want)
		}
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
