package reader_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// noText are the kinds whose files are no text.
var noText = []string{"mlflow", "tensorboard", "wandb", "clearml", "comet"}

// texts are a file of every kind of text, with lines.
func texts(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{
		"json": "{\n\"a\": 1,\n\"b\": {\n\"c\": NaN}}\n", "yaml": "a: 1\nb:\n  c: .nan\n  d: text\n", "csv": "a,b\n1,0.5\n2,0.25\n",
		"training-log": "epoch,a\n0,0.5\n1,0.25\n", "ragas": "user_input,response,f\nq,a,0.5\nr,b,0.25\n", "examples": commaTable, "neptune": operation,
	}
	for kind, file := range map[string]string{
		"junit": "pytest-8.3.4.xml", "sklearn": "sklearn/named.json", "lm-eval": "lm-eval/results.json", "mteb": "mteb/AmazonCounterfactualClassification.json",
		"promptfoo": "promptfoo/eval.json", "deepeval": "deepeval/testrun.json", "trainer-state": "trainer-state/trainer_state.json",
		"trainer-results": "trainer-results/all_results.json", "model-card": "model-card/README.md", "prometheus": "prometheus/metrics.openmetrics", "gx": "gx/gx-1.24.1-suite.json",
		"evidently": "evidently/evidently-0.7.23-report.json", "deepchecks": "deepchecks/deepchecks-0.19.1.json", "pandera": "pandera/pandera-0.35.0.json",
	} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		files[kind] = string(data)
	}
	files["sarif"] = "{\"version\": \"2.1.0\",\n\"runs\": [{\"tool\": {\"driver\": {\"name\": \"x\"}},\n\"results\": [{\"ruleId\": \"r\", \"level\": \"error\", \"message\": {\"text\": \"m\"}}]}]}\n"
	return files
}

// As a kind's file is written by another system's tools, it says the same, or it is an error that says why: never
// another number, and never fewer of them.
func TestEncodings(t *testing.T) {
	t.Parallel()
	files := texts(t)
	for _, kind := range reader.Kinds() {
		if slices.Contains(noText, kind) {
			continue
		}
		text, known := files[kind]
		if !known {
			t.Errorf("no file of %s is written in other ways", kind)
			continue
		}
		src := mlgate.Source{Kind: kind, Path: "m"}
		if kind == "examples" {
			src = tableSource()
		}
		whole, err := reader.Files{}.Metrics(src, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		for _, c := range []struct{ how, text, want string }{
			{"UTF-8 with its mark", "\ufeff" + text, "same"},
			{"carriage returns at the ends of lines", strings.ReplaceAll(text, "\n", "\r\n"), "same"},
			{"line ends of two kinds", mixed(text, "\r\n"), "same"},
			{"lone carriage returns", strings.ReplaceAll(text, "\n", "\r"), "same, or why not"},
			{"lone carriage returns and others", mixed(text, "\r"), "same, or why not"},
			{"UTF-16, little-endian", wide(text, false), "UTF-16, not UTF-8"},
			{"UTF-16, big-endian", wide(text, true), "UTF-16, not UTF-8"},
			{"Latin-1", strings.Replace(text, "a", "\xe4", 1), "not UTF-8"},
		} {
			got, err := reader.Files{}.Metrics(src, []byte(c.text))
			same := err == nil && say(got, nil) == say(whole, nil) && reflect.DeepEqual(got.Examples, whole.Examples)
			ok := same
			switch c.want {
			case "same":
			case "same, or why not":
				ok = same || err != nil && strings.Contains(err.Error(), src.Path)
			default:
				ok = err != nil && strings.Contains(err.Error(), c.want)
			}
			if !ok {
				t.Errorf("%s, %s: %v\n%s", kind, c.how, err, say(got, nil))
			}
		}
	}
}

// mixed ends every second line in another way.
func mixed(text, end string) string {
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		if i%2 == 1 {
			lines[i] = strings.Replace(lines[i], "\n", end, 1)
		}
	}
	return strings.Join(lines, "")
}

func wide(text string, big bool) string {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		if hi, lo := byte(u>>8), byte(u); big { //nolint:gosec // a half of it
			out = append(out, hi, lo)
		} else {
			out = append(out, lo, hi)
		}
	}
	return string(out)
}

// A number with a decimal comma is no number, and is named; where the comma separates columns there is one too many.
func TestDecimalCommas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, text, want string }{
		{"csv", "acc;loss\n0,91;0.5\n", "loss = 0.5\nleft out: m: acc is text\n"},
		{"csv", "metric;value\nacc;0,91\nloss;0.5\n", "loss = 0.5\nleft out: m: acc is \"0,91\", no number\n"},
		{"csv", "acc,loss\n0,91,0,5\n", "wrong number of fields"},
		{"json", `{"acc": "0,91", "loss": 0.5}`, "loss = 0.5\nleft out: m: acc is text\n"},
		{"json", `{"acc": 0,91}`, "error"},
		{"yaml", "acc: 0,91\nloss: 0.5\n", "loss = 0.5\nleft out: m: acc is text\n"},
		{"ragas", "user_input;response;f;g\nq;a;0,9;1\n", "g = 1 (n 1)\nleft out: m: 3 columns that are not all numbers (\"user_input\", \"response\", \"f\")\n"},
		{"training-log", "epoch;acc\n0;0,91\n", "epoch = 0\nleft out: m: acc is \"0,91\", no number\n"},
		{"prometheus", "acc 0,91\n", "no number"},
		{"trainer-results", `{"eval_acc": "0,91", "eval_samples": 3}`, "eval_samples = 3\nleft out: m: eval_acc is text\n"},
		{"examples", strings.ReplaceAll(strings.ReplaceAll(commaTable, ",", ";"), "0.75", "0,75"), `the column "s" is "0,75", no finite number`},
		{"examples", strings.ReplaceAll(lineTable, "0.75", `"0,75"`), `the column "s" is "0,75", no finite number`},
	} {
		src := mlgate.Source{Kind: c.kind, Path: "m"}
		if c.kind == "examples" {
			src = tableSource()
		}
		got, err := reader.Files{}.Metrics(src, []byte(c.text))
		if have := say(got, err); have != c.want && (err == nil || !strings.Contains(have, c.want)) {
			t.Errorf("%s %q: got %s, want %s", c.kind, c.text, have, c.want)
		}
	}
}
