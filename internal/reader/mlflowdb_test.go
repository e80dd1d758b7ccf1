package reader_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

func database(t testing.TB, version string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "mlflowdb-"+version, "mlflow.db"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Databases that MLflow 2.9.2 and 3.17.2 wrote: of the same runs the same is read as of their folders.
func TestMLflowDatabaseOfRealTools(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2.9.2", "3.17.2"} {
		data := database(t, version)
		folder := os.DirFS(filepath.Join("testdata", "mlflow-"+version, "mlruns"))
		for _, run := range []string{"first", "second"} {
			want, err := reader.Files{}.Folder(mlgate.Source{Kind: "mlflow", Path: "x", Run: run}, folder)
			if err != nil {
				t.Fatal(err)
			}
			got, err := reader.Files{}.Metrics(mlgate.Source{Kind: "mlflow", Path: "x", Run: run}, data)
			if say(mlgate.Reading{Metrics: got.Metrics}, err) != say(mlgate.Reading{Metrics: want.Metrics}, nil) {
				t.Errorf("%s, %s: got %v, %v", version, run, got.Metrics, err)
			}
			if len(got.Dropped) != 1 || !strings.Contains(got.Dropped[0], "2 other runs") {
				t.Errorf("%s, run %q: said %v", version, run, got.Dropped)
			}
		}
		for run, want := range map[string]string{
			"models:/clf/2":        "auc = 0.5\nf1 = NaN\nleast = -Inf\nval/loss = 0.25\nworst = +Inf\n",
			"models:/clf@champion": "auc = 0.81\nold = 1\n",
			"models:/clf/3":        `no version 3 of a model "clf"`,
			"models:/other/1":      `no version 1 of a model "other"`,
			"models:/clf@staging":  `no model "clf" has the alias "staging"`,
			"models:/clf/champion": `"champion" is no number of a version`,
			"models:/clf":          `has the alias ""`,
			"broken":               `is not finished but "FAILED"`,
			"":                     `is not finished but "FAILED"`,
			"deleted":              `no run in it has the id or the name "deleted"`,
		} {
			got, err := reader.Files{}.Metrics(mlgate.Source{Path: "mlflow.db", Run: run}, data)
			have := say(mlgate.Reading{Metrics: got.Metrics}, err)
			if have != want && (err == nil || !strings.Contains(have, want)) {
				t.Errorf("%s, run %q: got %s, want %s", version, run, have, want)
			}
		}
	}
}

func TestMLflowDatabaseRefuses(t *testing.T) {
	t.Parallel()
	whole := database(t, "2.9.2")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut off":     {whole[:len(whole)-512], "is cut off"},
		"no database": {[]byte(`{"auc": 1}`), "neither a folder of runs nor an SQLite database"},
	} {
		_, err := reader.Files{}.Metrics(mlgate.Source{Kind: "mlflow", Path: "mlflow.db"}, c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := (reader.Files{}).Beside(mlgate.Source{Path: "b/mlflow.db"}); len(got) != 2 || got[0] != "b/mlflow.db-wal" || got[1] != "b/mlflow.db-journal" {
		t.Errorf("beside: %v", got)
	}
	if got := (reader.Files{}).Beside(mlgate.Source{Path: "m.json"}); len(got) != 0 {
		t.Errorf("beside JSON: %v", got)
	}
}

func FuzzMLflowDatabase(f *testing.F) {
	f.Add(uint16(100), []byte{0xff}, uint16(600), []byte{0})
	whole := database(f, "2.9.2")
	f.Fuzz(func(t *testing.T, at uint16, change []byte, at2 uint16, change2 []byte) {
		data := append([]byte(nil), whole...)
		copy(data[int(at)%len(data):], change)
		copy(data[int(at2)%len(data):], change2)
		got, err := reader.Files{}.Metrics(mlgate.Source{Kind: "mlflow", Path: "mlflow.db", Run: "second"}, data)
		if err == nil && len(got.Metrics) == 0 {
			t.Error("neither a number nor an error")
		}
	})
}
