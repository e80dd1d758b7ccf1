package reader_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// Stores that MLflow 2.9.2 and 3.17.2 wrote: of the same runs the same is read. The latest run failed; what
// is shown of auc (0.5) is what MLflow's own client shows.
func TestMLflowOfRealTools(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2.9.2", "3.17.2"} {
		store := os.DirFS(filepath.Join("testdata", "mlflow-"+version, "mlruns"))
		for run, want := range map[string]string{
			"second":  "auc = 0.5\nf1 = NaN\nleast = -Inf\nval/loss = 0.25\nworst = +Inf\n",
			"first":   "auc = 0.81\nold = 1\n",
			"broken":  `is not finished but "FAILED"`,
			"":        `is not finished but "FAILED"`,
			"none":    `no run in it has the id or the name "none"`,
			"deleted": `no run in it has the id or the name "deleted"`,
		} {
			got, err := reader.Files{}.Folder(mlgate.Source{Kind: "mlflow", Path: "mlruns", Run: run}, store)
			have := say(mlgate.Reading{Metrics: got.Metrics}, nil)
			if err != nil {
				have = err.Error()
			}
			if have != want && (err == nil || !strings.Contains(have, want)) {
				t.Errorf("%s, run %q: got %s, want %s", version, run, have, want)
			}
			if err == nil && (len(got.Dropped) != 1 || !strings.Contains(got.Dropped[0], "2 other runs")) {
				t.Errorf("%s, run %q: said %v", version, run, got.Dropped)
			}
		}
	}
}

// memory is a folder in memory; a file with the content "gone" cannot be read.
type memory struct{ fstest.MapFS }

func (m memory) ReadFile(name string) ([]byte, error) {
	data, err := m.MapFS.ReadFile(name)
	if string(data) == "gone" {
		return nil, errors.New("gone")
	}
	return data, err
}

// mlruns is a store in memory: runs by id, each with a name, a start, and metrics.
func mlruns(change map[string]string) fs.FS {
	store := fstest.MapFS{}
	for _, content := range []map[string]string{{
		"0/meta.yaml": "experiment_id: '0'\n", "models/clf/meta.yaml": "name: clf\n", ".trash/9/meta.yaml": "run_id: x\n",
		"0/a/meta.yaml": "run_id: a\nrun_name: one\nstatus: 3\nstart_time: 10\n", "0/a/metrics/auc": "1 0.9 0\n",
		"0/b/meta.yaml": "run_id: b\nrun_name: two\nstatus: 3\nstart_time: 20\n", "0/b/metrics/auc": "1 0.8 0 iris 2bf3ace3\n", "0/b/tags/mlflow.parentRunId": "a",
	}, change} {
		for name, text := range content {
			store[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return memory{store}
}

func TestMLflow(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 10_001 {
		many[fmt.Sprintf("1/%d/meta.yaml", i)] = "run_id: x\n"
	}
	clf := map[string]string{
		"models/clf/version-1/meta.yaml": "run_id: b\ncurrent_stage: None\n", "models/clf/aliases/champion": "1",
		"models/clf/version-2/meta.yaml": "run_id: b\ncurrent_stage: Deleted_Internal\n",
	}
	for _, c := range []struct {
		name, run string
		change    map[string]string
		want      string
	}{
		{"a child is not the latest", "", nil, "auc = 0.9\n"},
		{"but can be named", "two", nil, "auc = 0.8\n"},
		{"by id", "b", nil, "auc = 0.8\n"},
		{"points in any order", "", map[string]string{"0/a/metrics/auc": "5 0.1 -2\n\n9 nan 3\n9 0.4 3\r\n8 0.9 3\n"}, "auc = 0.4\n"},
		{"without steps", "", map[string]string{"0/a/metrics/auc": "5 0.1\n6 0.2\n"}, "auc = 0.2\n"},
		{"by a version of a model", "models:/clf/1", clf, "auc = 0.8\n"},
		{"by an alias", "models:/clf@champion", clf, "auc = 0.8\n"},
		{"a version that was deleted", "models:/clf/2", clf, `no version 2 of a model "clf"`},
		{"a path", "models:/../1", clf, `no version 1 of a model ".."`},
		{"an alias that is none", "models:/clf@x", clf, `no model "clf" has the alias "x"`},
		{"an id of digits", "", map[string]string{"0/1e9/meta.yaml": "run_id: 1e9\nstatus: 3\nstart_time: 99\n", "0/1e9/metrics/auc": "1 0.7 0\n"}, "auc = 0.7\n"},
		{"a key twice", "", map[string]string{"0/a/meta.yaml": "run_id: a\nrun_id: b\n"}, `"run_id" stands in it twice`},
		{"a folder in the place of meta.yaml", "", map[string]string{"0/c/meta.yaml/x": ""}, "0/c/meta.yaml"},
		{"a list in the place of what is known of a run", "", map[string]string{"0/c/meta.yaml": "[a]\n"}, "auc = 0.9\n"},
		{"two at once", "", map[string]string{"0/c/meta.yaml": "run_id: c\nstatus: 3\nstart_time: 10\n"}, "2 runs could be meant"},
		{"a name twice", "one", map[string]string{"0/c/meta.yaml": "run_id: c\nrun_name: one\nstatus: 3\n"}, "2 runs could be meant"},
		{"still running", "", map[string]string{"0/a/meta.yaml": "run_id: a\nstatus: 1\n"}, `is not finished but "RUNNING"`},
		{"a state that is none", "", map[string]string{"0/a/meta.yaml": "run_id: a\nstatus: 17\n"}, `is not finished but ""`},
		{"no metric", "", map[string]string{"0/c/meta.yaml": "run_id: c\nstatus: 3\nstart_time: 99\n"}, "holds no number"},
		{"cut off", "", map[string]string{"0/a/metrics/auc": "5\n"}, `the metric "auc" of run a`},
		{"a decimal comma", "", map[string]string{"0/a/metrics/auc": "5 0,9 1\n"}, "no number"},
		{"empty", "", map[string]string{"0/a/metrics/auc": ""}, "is empty"},
		{"binary", "", map[string]string{"0/a/meta.yaml": "\xff\xfe\x00"}, "not UTF-8"},
		{"no YAML", "", map[string]string{"0/a/meta.yaml": "a: [\n"}, "not YAML"},
		{"gone while it is read", "", map[string]string{"0/a/metrics/auc": "gone"}, "gone"},
		{"too many runs", "", many, "more than 10000 runs"},
	} {
		got, err := reader.Files{}.Folder(mlgate.Source{Kind: "mlflow", Path: "mlruns", Run: c.run}, mlruns(c.change))
		have := say(mlgate.Reading{Metrics: got.Metrics}, err)
		if have != c.want && (err == nil || !strings.Contains(have, c.want)) {
			t.Errorf("%s: got %s, want %s", c.name, have, c.want)
		}
	}
	for _, store := range []fstest.MapFS{{}, {"a/b/c/meta.yaml": {Data: []byte("run_id: x\n")}}} {
		if _, err := (reader.Files{}).Folder(mlgate.Source{Kind: "mlflow", Path: "mlruns"}, store); err == nil {
			t.Errorf("%v was read", store)
		}
	}
}

func FuzzMLflow(f *testing.F) {
	f.Add("run_id: a\nstatus: 3\nstart_time: 10\n", "1 0.9 0\n")
	f.Fuzz(func(t *testing.T, meta, metric string) {
		got, err := reader.Files{}.Folder(mlgate.Source{Kind: "mlflow", Path: "mlruns"}, mlruns(map[string]string{"0/a/meta.yaml": meta, "0/a/metrics/auc": metric}))
		if err == nil && len(got.Metrics) == 0 {
			t.Error("neither a number nor an error")
		}
	})
}
