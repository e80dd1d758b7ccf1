package report_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

func word(s string) *string { return &s }

// compared has a row of every kind.
func compared() mlgate.Diff {
	return mlgate.Diff{
		Format: 1, Old: mlgate.DiffSide{Name: "HEAD~1", Commit: "8d1e9b2aaaaaaaaa"}, New: mlgate.DiffSide{Name: "work tree"}, Files: 4, Same: 1, Unchanged: 3,
		Metrics: []mlgate.MetricDiff{
			{File: "eval/metrics.json", Name: "acc", Old: num(0.91), New: num(0.925), Better: mlgate.Higher},
			{File: "eval/metrics.json", Name: "loss", Old: num(1e-7), New: num(3e-7), Better: mlgate.Lower},
			{File: "metrics.json", Name: "auc", Old: num(math.NaN()), New: num(0.5)},
			{File: "metrics.json", Name: "f1", New: num(0.5)},
			{File: "metrics.json", Name: "rows", Old: num(120_000)},
			{File: "metrics.json", Name: "same", Old: num(2), New: num(2)},
		},
		Values: []mlgate.ValueDiff{
			{File: "metrics.json", Name: "best", Old: word("tree"), New: word("")},
			{File: "metrics.json", Name: "roc", Old: word("[" + strings.Repeat("0.5,", 20) + "1]"), New: word("[" + strings.Repeat("0.5,", 20) + "2]")},
		},
		Params:     []mlgate.ValueDiff{{File: "params.yaml", Name: "lr", Old: word("0.1"), New: word("0.2")}, {File: "params.yaml", Name: "seed", New: word("7")}},
		Renamed:    []mlgate.FileRename{{Old: "eval.json", New: "eval/metrics.json"}},
		Skipped:    []mlgate.DiffSkip{{File: "m.json", Side: "HEAD~1", Why: "DVC keeps it"}, {File: "x.py", Why: "there is no reader for .py"}},
		Unreadable: []mlgate.DiffSkip{{File: "y.json", Side: "work tree", Why: "it ends in the middle"}},
	}
}

func compromised() mlgate.Diff {
	d := compared()
	evil := "x|y <!-- mlgate --> @acme/risk [l](https://e.com) \u202e\x1b[31m\n```\n# h"
	d.New.Name, d.Metrics[0].File, d.Metrics[0].Name, d.Params[0].Name, d.Params[0].New = evil, evil, evil, evil, &evil
	d.Renamed[0].New, d.Skipped[0].Why, d.Values[0].New = evil, evil, &evil
	return d
}

func TestDiffGolden(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]mlgate.Diff{"diff": compared(), "diff_hostile": compromised(), "diff_nothing": {Old: mlgate.DiffSide{Name: "a"}, New: mlgate.DiffSide{Name: "b"}}} {
		text := report.DiffText(d, report.TextOptions{})
		if strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%s: control characters reached a terminal", name)
		}
		compare(t, name+".txt", text)
		compare(t, name+".md", report.DiffMarkdown(d, report.Options{Limit: 65_536}))
	}
}

// Only a direction that somebody gave is coloured.
func TestDiffColour(t *testing.T) {
	t.Parallel()
	text := report.DiffText(compared(), report.TextOptions{Color: true})
	for line := range strings.Lines(text) {
		want := ""
		switch {
		case strings.Contains(line, " acc "):
			want = "\x1b[32m"
		case strings.Contains(line, " loss "):
			want = "\x1b[31m"
		}
		if !strings.HasPrefix(line, want) || (want == "" && strings.Contains(line, "\x1b")) {
			t.Errorf("%q, want the colour %q", line, want)
		}
	}
}

func TestDiffFitsAComment(t *testing.T) {
	t.Parallel()
	d := compared()
	for i := range 5000 {
		d.Metrics = append(d.Metrics, mlgate.MetricDiff{File: "metrics.json", Name: fmt.Sprintf("metric_%d", i), Old: num(1), New: num(float64(i))})
	}
	text := report.DiffMarkdown(d, report.Options{Limit: 65_536})
	if n := len(utf16.Encode([]rune(text))); n > 65_536 || n < 10_000 || !strings.Contains(text, "more are left out here") {
		t.Errorf("%d units of UTF-16", n)
	}
}

func TestDiffJSONIsASCII(t *testing.T) {
	t.Parallel()
	data, err := report.DiffJSON(compromised())
	if err != nil || strings.ContainsFunc(string(data), func(r rune) bool { return r >= 0x7f || (r < ' ' && r != '\n') }) {
		t.Errorf("%v: %s", err, data)
	}
	var back mlgate.Diff
	if err := json.Unmarshal(data, &back); err != nil || back.Metrics[0].Name != compromised().Metrics[0].Name || !math.IsNaN(float64(*back.Metrics[2].Old)) {
		t.Errorf("%v: read back as %+v", err, back.Metrics)
	}
}
