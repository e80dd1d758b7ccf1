package reader_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mlgate/mlgate/internal/reader"
)

// What tools wrote is recognised under any name; what may be anything is not.
func TestRecognise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, as, want string }{
		{"gx/gx-1.24.1-suite.json", "out.json", "gx"},
		{"deepchecks/deepchecks-0.19.1.json", "out.json", "deepchecks"},
		{"evidently/evidently-0.7.23-report.json", "out.json", "evidently"},
		{"pandera/pandera-0.35.0.json", "out.json", "pandera"},
		{"pytest-8.3.4.xml", "report.xml", "junit"},
		{"mlflowdb-3.17.2/mlflow.db", "x.db", "mlflow"},
		{"tensorboard/x/events.out.tfevents.1790000000.host", "x.json", ""},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", c.file))
		if err != nil {
			t.Fatal(err)
		}
		if got := (reader.Files{}).Recognise(c.as, data); got != c.want {
			t.Errorf("%s as %s: %q, want %q", c.file, c.as, got, c.want)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"a.json", `{"acc": 0.9}`, ""},
		{"a.json", `{"mlgate": 1, "metrics": [{"name": "acc", "value": 1}]}`, "json"},
		{"a.json", `{"mlgate": "words"}`, ""},
		{"a.json", `{"macro avg": `, ""},
		{"a.json", "", ""},
		{"a.json", "\xff\xfe{", ""},
		{"a.csv", "a,b\n1,2\n", ""},
		{"a.csv", "user_input,response,faithfulness\nq,a,1\n", "ragas"},
		{"a.xml", "<html></html>", ""},
		{"a.prom", "acc 0.9\n", "prometheus"},
		{"README.md", "# words", ""},
		{"README.md", "---\nlicense: mit\n---\n", ""},
		{"README.md", "---\nmodel-index:\n- name: m\n---\n", "model-card"},
		{"x.db", "SQLite format 3\x00 of something else", ""},
	} {
		if got := (reader.Files{}).Recognise(c.name, []byte(c.text)); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.name, c.text, got, c.want)
		}
	}
}
