package scaffold

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
	workflows "github.com/mlgate/mlgate/workflows-examples"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		value float64
		want  string
	}{
		{"accuracy", 0.93, "max_drop: 0.01"},
		{"accuracy", 93, "max_drop: 1"},
		{"test/Balanced-Accuracy", 0.5, "max_drop: 0.01"},
		{"test.f1", 0, "max_drop: 0.01"},
		{"r2", -3, "max_drop: 5% of baseline"},
		{"bleu", 2500, "max_drop: 5% of baseline"},
		{"val_loss", 0.3, "max_rise: 10% of baseline"},
		{"rmse", 12, "max_rise: 10% of baseline"},
		{"error", 0.02, "max_rise: 0.01"},
		{"p95_latency_ms", 120, "max_rise: 20% of baseline"},
		{"train_accuracy", 0.99, ""},
		{"accuracy_loss", 0.1, ""}, // both ways
		{"capacity", 3, ""},
		{"epochs", 12, ""},
		{"auc", math.NaN(), ""},
	} {
		if _, got := limitFor(mlgate.Metric{Name: c.name, Value: mlgate.Number(c.value)}); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

// The lines that are replaced for a repository stand in the example.
func TestWorkflowLines(t *testing.T) {
	t.Parallel()
	for _, line := range []string{pythonLine, installLine, branchLine} {
		for _, example := range []string{workflows.TwoJobs, workflows.ForkRun} {
			if strings.Count(example, line) != 1 {
				t.Errorf("the example does not hold %q once", line)
			}
		}
	}
	s := &sight{branch: "main", requirements: "requirements.txt"}
	for name, example := range examples {
		if s.workflow(name, guess{}) != example {
			t.Errorf("for the usual repository %s is not the example as it is", name)
		}
	}
}

// A text is read back as it was, whatever it is.
func TestScalar(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"", "a", "no", "Yes", "null", "1", "1e5", ".5", ".inf", "~", "- a", "a: b", "a #b", "a, b", "{a}", "it's", `"q"`, "a\nb", "<a> & b", "é", "\u2028", "*x", "&x", "!x", "0x10", "2027-01-31", "a ", "./x", "=", "@x"} {
		var got map[string]string
		if err := yaml.Unmarshal([]byte("{k: "+scalar(v)+", l: x}"), &got); err != nil || got["k"] != v || got["l"] != "x" {
			t.Errorf("%q written as %s is %q, %v", v, scalar(v), got, err)
		}
	}
}

func TestModelName(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string]string{"churn": "churn", "My Model (v2)": "My-Model-v2", "/": "model", "..": "model", "-_x_-": "x", strings.Repeat("a", 300): strings.Repeat("a", 100), "日本": "model"} {
		if got := modelName(folder); got != want {
			t.Errorf("%q: %q, want %q", folder, got, want)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	all := []stage{
		{name: "train", inputs: []string{"work/a.csv", "work/b.csv", "src/**"}, outputs: []string{"model"}},
		{name: "prepare", inputs: []string{"raw"}, outputs: []string{"work"}},
		{name: "test", inputs: []string{"model/**", "workshop"}},
	}
	order(all)
	for i, want := range []string{"[prepare]", "[]", "[train]"} {
		if got := fmt.Sprint(all[i].needs); got != want {
			t.Errorf("%s needs %s, want %s", all[i].name, got, want)
		}
	}
}

// Whatever stands in dvc.yaml, the draft is valid, short, and says nothing that is hidden.
func FuzzDVC(f *testing.F) {
	for _, s := range []string{
		"stages: {train: {cmd: python a.py, deps: [a.py, data], outs: [{m: {cache: false}}], metrics: [m.json], params: [lr, p.yaml: [x], q.yaml: null]}}",
		"stages: {a: {cmd: x, outs: [model.pkl]}, b: {cmd: y, metrics: [m.json]}, c: {cmd: z}, d: {cmd: w, outs: ['build/model v2.onnx']}}",
		"stages: {a: {cmd: [x, y]}, b: {cmd: z, deps: [../x]}, 'a}, {b': {cmd: q}}", "stages: []", "stages: &a {b: *a}", "vars: [x]\nstages: {a: {cmd: '${x}', wdir: ..}}", "\x00", "stages: {a: {cmd: \"\\u202e\"}}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "dvc.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(dir, dir)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		d, err := r.Draft("none")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Replace(d.Files[0].Text, "\n# artifact: ", "\nartifact: ", 1) // valid with it, too
		if err := config.Check("mlops.yaml", []byte(got), "dev"); err != nil {
			t.Errorf("%v\n%s", err, got)
		}
		if lines := strings.Count(got, "\n"); lines > 12 {
			t.Errorf("%d lines:\n%s", lines, got)
		}
	})
}
