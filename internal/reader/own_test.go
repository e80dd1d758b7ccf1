package reader_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

func read(kind, text string) (mlgate.Reading, error) {
	return reader.Files{}.Metrics(mlgate.Source{Kind: kind, Path: "m." + kind}, []byte(text))
}

func TestOwnSchema(t *testing.T) {
	t.Parallel()
	got, err := read("json", `{"mlgate": 1, "metrics": [
		{"name": "recall", "value": 0.81, "unit": "%", "n": 1500, "stderr": 0.01, "slice": {"region": "eu", "age": 30}},
		{"name": "loss", "repeats": [0.1, 0.2, 0.6]},
		{"name": "auc", "value": "0.9"}, {"name": "f1", "value": null}, {"name": "empty", "value": 1, "n": 0}, {"name": "ece", "value": [1]},
		{"name": "nan", "value": NaN, "stderr": NaN}, {"name": "huge", "value": 1e400}, {"name": "zero", "value": -0.0}
	], "tables": [{"path": "build/t.csv", "rows": 1500}]}`)
	if err != nil {
		t.Fatal(err)
	}
	e := mlgate.Number(0.01)
	want := []mlgate.Metric{
		{Name: "recall[age=30,region=eu]", Value: 0.81, Unit: "%", N: 1500, Stderr: &e, Slice: map[string]string{"region": "eu", "age": "30"}, File: "m.json"},
		{Name: "loss", Value: 0.3, Repeats: []mlgate.Number{0.1, 0.2, 0.6}, File: "m.json"},
	}
	near := cmp.Comparer(func(a, b mlgate.Number) bool { return math.Abs(float64(a-b)) < 1e-12 })
	if d := cmp.Diff(want, got.Metrics[:2], near); d != "" {
		t.Error(d)
	}
	if rest := fmt.Sprint(got.Metrics[2].Value, got.Metrics[3].Value, got.Metrics[4].Value); len(got.Metrics) != 5 || rest != "NaN +Inf 0" || math.Signbit(float64(got.Metrics[4].Value)) {
		t.Errorf("the last three are %s", rest)
	}
	var left []string
	for _, l := range got.LeftOut {
		left = append(left, l.Name+" "+l.What)
	}
	if d := cmp.Diff([]string{"auc text", "f1 null", "empty measured on no example", "ece a list", "nan.stderr not finite"}, left); d != "" {
		t.Error(d)
	}
	if len(got.Tables) != 1 || got.Tables[0] != (mlgate.Table{Path: "build/t.csv"}) {
		t.Errorf("tables %v", got.Tables)
	}
	if !glob.Name("recall[*]", want[0].Name) || !glob.Name("recall[*region=eu]", want[0].Name) {
		t.Error("a gate's pattern does not reach a slice")
	}
}

// A plain file that happens to have a number called mlgate stays a plain file.
func TestOwnSchemaIsRecognisedByContent(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"mlgate": 1, "acc": 2}`: "mlgate acc", `{"mlgate": "1", "metrics": [], "acc": 2}`: "acc", `{"a": {"mlgate": 1, "metrics": []}}`: "a.mlgate",
		`{"metrics": [{"name": "x", "value": 1}], "mlgate": 1}`: "x",
	} {
		got, err := read("json", text)
		var names []string
		for _, m := range got.Metrics {
			names = append(names, m.Name)
		}
		if err != nil || strings.Join(names, " ") != want {
			t.Errorf("%s: %v, %v", text, names, err)
		}
	}
}

// refusedOwn are files in mlgate's own schema that are refused, with what is said.
var refusedOwn = map[string]string{
	`{"mlgate": 1, "metrics": [{"name": "a", "confusion": {"tp": 1, "fp": 1, "fn": 1}}]}`:                                "tn is no whole number",
	`{"mlgate": 1, "metrics": [{"name": "a", "confusion": {"tp": -1, "fp": 1, "fn": 1, "tn": 1}}]}`:                      "tp is no whole number",
	`{"mlgate": 1, "metrics": [{"name": "a", "confusion": {"tp": 1.5, "fp": 1, "fn": 1, "tn": 1}}]}`:                     "tp is no whole number",
	`{"mlgate": 1, "metrics": [{"name": "a", "confusion": {"tp": "1", "fp": 1, "fn": 1, "tn": 1}}]}`:                     "tp is no whole number",
	`{"mlgate": 1, "metrics": [{"name": "a", "confusion": {"tp": 1, "fp": 1, "fn": 1, "tn": 1, "x": 1}}]}`:               `no key "x"`,
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "confusion": {"tp": 1, "fp": 1, "fn": 1, "tn": 1}}]}`:           `no key "value"`,
	`{"mlgate": 1, "metrics": [{"name": 1, "confusion": {"tp": 1, "fp": 1, "fn": 1, "tn": 1}}]}`:                         "no text",
	`{"mlgate": 1, "metrics": [{"name": "a", "confusion": [1, 2, 3, 4]}]}`:                                               "no object",
	`{"mlgate": 1, "metrics": [{"name": "a", "slice": {"a": "b]"}, "confusion": {"tp": 1, "fp": 1, "fn": 1, "tn": 1}}]}`: "without any of",
	`{"mlgate": 2, "metrics": []}`:                                                                     "reads 1",
	`{"mlgate": 1, "metrics": [], "extra": 1}`:                                                         `no key "extra"`,
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "std": 1}]}`:                                  `no key "std"`,
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "higher_is_better": true}]}`:                  "for its gate to say",
	`{"mlgate": 1, "metrics": [{"value": 1}]}`:                                                         "no name",
	`{"mlgate": 1, "metrics": [1]}`:                                                                    "no object",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "n": -1}]}`:                                   "whole number",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "n": 1.5}]}`:                                  "whole number",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "n": "7"}]}`:                                  "whole number",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 0.5, "hits": 5}]}`:                               "at most n",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 0.5, "n": 2, "hits": 1.5}]}`:                     "whole number",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "stderr": -1}]}`:                              "stderr",
	`{"mlgate": 1, "metrics": [{"name": "a", "repeats": [1, "2"]}]}`:                                   "repeats[1]",
	`{"mlgate": 1, "metrics": [{"name": "a", "repeats": 3}]}`:                                          "no list",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "slice": {"k": "a]b"}}]}`:                     "slice",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "slice": {"k": ""}}]}`:                        "slice",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "slice": ["eu"]}]}`:                           "slice",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1}], "tables": [{"path": "../x"}]}`:              "no path below",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1}], "tables": [{"path": "/x"}]}`:                "no path below",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1}], "tables": [{"path": "x", "sha256": "AB"}]}`: "no digest",
	`{"mlgate": 1, "metrics": [{"name": "a", "value": 1}], "tables": [{"path": "x", "rows": -1}]}`:     "rows",
}

func TestOwnSchemaRefuses(t *testing.T) {
	t.Parallel()
	more := map[string]string{ // what a JSON Schema cannot say
		`{"mlgate": 1, "metrics": [{"name": "a", "value": 0.5, "n": 10, "hits": 6}]}`:                                "the value is hits/n",
		`{"mlgate": 1, "metrics": [{"name": "a", "value": 1.5, "n": 2, "hits": 3}]}`:                                 "at most n",
		`{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "value": 2}]}`:                                          "stands twice",
		`{"mlgate": 1, "metrics": [{"name": "a", "value": 1}, {"name": "a", "value": 1}]}`:                           "twice",
		`{"mlgate": 1, "metrics": [{"name": "a", "slice": {"b": "c"}, "value": 1}, {"name": "a[b=c]", "value": 1}]}`: "twice",
		`{"mlgate": 1, "metrics": [{"name": "a", "value": 1}`:                                                        "ends in the middle",
		`{"mlgate": 1, "metrics": [` + strings.Repeat("[", 10_000) + `]}`:                                            "levels deep",
		`{"mlgate": 1, "metrics": []}`:                                                                               "holds no number",
		`{"mlgate": 1, "metrics": [{"name": "a", "repeats": [` + strings.Repeat("1,", 1000) + `1]}]}`:                "at most 1000 repeats",
		`{"mlgate": 1, "metrics": [{"name": "a", "value": 1}], "tables": [{"path": "x"}, {"path": "x"}]}`:            "twice",
		`{"mlgate": 1, "metrics": [` + strings.Repeat("0,", 600_000) + `0]}`:                                         "values",
		`{"mlgate": 1, "metrics": [{"name": "` + strings.Repeat("a", 600) + `", "value": 1}]}`:                       "600 bytes",
	}
	for _, list := range []map[string]string{refusedOwn, more} {
		for text, why := range list {
			if _, err := read("json", text); err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%.120s: got %v, want an error with %q", text, err, why)
			}
		}
	}
}

func TestHugeFiles(t *testing.T) {
	t.Parallel()
	many := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"t": "x"`)
		for i := range n {
			fmt.Fprintf(&b, `, "m%d": %d`, i, i)
		}
		return b.String() + "}"
	}
	if got, err := read("json", many(5000)); err != nil || len(got.Metrics) != 5000 {
		t.Errorf("5,000 metrics: %d, %v", len(got.Metrics), err)
	}
	for text, why := range map[string]string{
		many(10_001): "more than 10000", strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000): "levels deep", strings.Repeat(" ", 17<<20): "at most",
	} {
		if _, err := read("json", text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.40s: got %v, want %q", text, err, why)
		}
	}
	got, err := read("json", `{"a": 9007199254740993, "l": `+strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)+`}`)
	if err != nil || got.Metrics[0].Value != 9007199254740992 || len(got.LeftOut) != 1 {
		t.Errorf("beyond 2^53 and a deep list: %v, %v", got.Metrics, err)
	}
	lists := `{"a": 1`
	for i := range 300 {
		lists += fmt.Sprintf(`, "t%d": "text"`, i)
	}
	if got, err = read("json", lists+"}"); err != nil || len(got.LeftOut) != 200 || len(got.Dropped) != 21 || !strings.Contains(got.Dropped[20], "280 more") {
		t.Errorf("300 texts: %d kept by name, told %v, %v", len(got.LeftOut), got.Dropped, err)
	}
}

func FuzzOwn(f *testing.F) {
	f.Add(`{"name": "a", "slice": {"g": "b"}, "confusion": {"tp": 1, "fp": 2, "fn": 0, "tn": 9007199254740990}}`, "")
	f.Add(`{"name": "a", "value": NaN, "n": 1, "repeats": [1], "slice": {"b": "c"}}`, `{"path": "x", "rows": 1}`)
	f.Fuzz(func(t *testing.T, metric, table string) {
		got, err := read("json", `{"mlgate": 1, "metrics": [`+metric+`], "tables": [`+table+`]}`)
		seen := map[string]bool{}
		for _, m := range got.Metrics {
			if seen[m.Name] || m.Name == "" || !m.Sound() {
				t.Errorf("a metric that cannot be: %+v", m)
			}
			seen[m.Name] = true
		}
		if err == nil && len(got.Metrics) == 0 {
			t.Error("neither a number nor an error")
		}
	})
}

// Confusion counts are shares with their examples and hits; one of no example is left out.
func TestConfusion(t *testing.T) {
	t.Parallel()
	got, err := read("json", `{"mlgate": 1, "metrics": [
		{"name": "loans", "slice": {"group": "a"}, "confusion": {"tp": 61, "fp": 12, "fn": 9, "tn": 118}},
		{"confusion": {"tp": 0, "fp": 0, "fn": 0, "tn": 7}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range got.Metrics {
		lines = append(lines, fmt.Sprintf("%s %.4f %d/%d", m.Name, m.Value, *m.Hits, m.N))
		if !m.Counted() || strings.HasSuffix(m.Name, "]") != (m.Slice["group"] == "a") {
			t.Errorf("%+v", m)
		}
	}
	want := []string{
		"loans.tpr[group=a] 0.8714 61/70", "loans.fpr[group=a] 0.0923 12/130", "loans.precision[group=a] 0.8356 61/73", "loans.selection_rate[group=a] 0.3650 73/200", "loans.accuracy[group=a] 0.8950 179/200",
		"fpr 0.0000 0/7", "selection_rate 0.0000 0/7", "accuracy 1.0000 7/7",
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]mlgate.LeftOut{{Name: "tpr", File: "m.json", What: "measured on no example"}, {Name: "precision", File: "m.json", What: "measured on no example"}}, got.LeftOut); d != "" {
		t.Error(d)
	}
}
