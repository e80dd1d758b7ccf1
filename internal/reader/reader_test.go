package reader_test

import (
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path, text string
		want             map[string]float64
		dropped          int
		err              string
	}{
		{"nested", "m.json", `{"a": 1, "b": {"c": -2.5e-3}}`, map[string]float64{"a": 1, "b.c": -0.0025}, 0, ""},
		{"python's NaN", "m.json", `{"a": NaN, "b": -Infinity, "s": "NaN is text"}`, map[string]float64{"a": math.NaN(), "b": math.Inf(-1)}, 1, ""},
		{"not numbers", "m.json", `{"a": 1, "l": [1, {"x": 2}], "t": "0.9", "f": true, "n": null}`, map[string]float64{"a": 1}, 4, ""},
		{"a key twice", "m.json", `{"a": 1, "a": 2}`, nil, 0, "twice"},
		{"a name twice", "m.json", `{"a.b": 1, "a": {"b": 2}}`, nil, 0, "twice"},
		{"cut off", "m.json", `{"a": `, nil, 0, "ends in the middle"},
		{"two values", "m.json", `{"a": 1} {}`, nil, 0, "follows"},
		{"empty", "m.json", " \n", nil, 0, "is empty"},
		{"no number", "m.json", `{"a": "x"}`, nil, 0, "holds no number"},
		{"a bare number", "m.json", `1.5`, nil, 0, "without a name"},
		{"huge", "m.json", `{"a": 1e400}`, map[string]float64{"a": math.Inf(1)}, 0, ""},
		{"BOM", "m.json", "\xef\xbb\xbf{\"a\": 1}", map[string]float64{"a": 1}, 0, ""},
		{"yaml", "m.yaml", "a: 1\nb:\n  c: 0.5\n  d: text\n", map[string]float64{"a": 1, "b.c": 0.5}, 1, ""},
		{"yaml NaN", "m.yml", "a: .nan\n", map[string]float64{"a": math.NaN()}, 0, ""},
		{"yaml alias", "m.yaml", "a: &x 1\nb: *x\n", nil, 0, "alias"},
		{"yaml key twice", "m.yaml", "a: 1\na: 2\n", nil, 0, "already"},
		{"yaml documents", "m.yaml", "a: 1\n---\nb: 2\n", nil, 0, "second document"},
		{"csv long", "m.csv", "metric,value\nacc,0.9\nnote,hello\n", map[string]float64{"acc": 0.9}, 1, ""},
		{"csv wide, last row", "m.csv", "epoch;acc;loss\n1;0.8;\n2;0.9;0.3\n3;;0.2\n", map[string]float64{"epoch": 3, "acc": 0.9, "loss": 0.2}, 1, ""},
		{"csv CRLF", "m.csv", "acc,loss\r\n0.9,0.1\r\n", map[string]float64{"acc": 0.9, "loss": 0.1}, 0, ""},
		{"csv ragged", "m.csv", "a,b\n1\n", nil, 0, "row"},
		{"unknown kind", "m.txt", "x", nil, 0, "no reader"},
		{"UTF-16", "m.json", "\xff\xfe{\x00}\x00", nil, 0, "UTF-8"},
		{"deep", "m.json", strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200), nil, 0, "levels deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := reader.Files{}.Metrics(mlgate.Source{Path: c.path}, []byte(c.text))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || !strings.Contains(err.Error(), c.path) {
					t.Fatalf("got %v, want an error with %q and the file", err, c.err)
				}
				return
			}
			if err != nil || len(got.Metrics) != len(c.want) || len(got.Dropped) != c.dropped {
				t.Fatalf("got %v, %v", got, err)
			}
			for _, m := range got.Metrics {
				if w := c.want[m.Name]; float64(m.Value) != w && !(math.IsNaN(w) && math.IsNaN(float64(m.Value))) {
					t.Errorf("%s is %v, want %v", m.Name, m.Value, w)
				}
			}
		})
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	file := mlgate.ParamFile{Path: "p.yaml", Keys: []string{"train"}}
	got, err := reader.Files{}.Params(file, []byte("train: {lr: 0.10, layers: [1, 2], name: x}\nother: 1\n"))
	if err != nil || len(got) != 3 || got[0].Name != "train.layers" || got[0].Value != "[1,2]" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := (reader.Files{}).Params(mlgate.ParamFile{Path: "p.yaml", Keys: []string{"nope"}}, []byte("a: 1")); err == nil {
		t.Error("a key that is not there was accepted")
	}
}
