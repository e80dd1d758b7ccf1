package report_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func num(f float64) *mlgate.Number { n := mlgate.Number(f); return &n }

func gate(name string, status mlgate.Status, base, head *mlgate.Number, op string, limit float64, better mlgate.Direction) mlgate.GateResult {
	g := mlgate.GateResult{Metric: name, Base: base, Head: head, Better: better, Limits: []mlgate.Limit{{Op: op, Value: mlgate.Number(limit)}}}
	g.Rule, g.Status, g.Message = "gate/"+name, status, name+" said something"
	return g
}

// churn is near to the comment that the design aims at.
func churn() mlgate.Outcome {
	base := &mlgate.Evidence{Params: []mlgate.Param{{Name: "lr", Value: "0.01"}}, Inputs: []mlgate.File{{Path: "train.csv", SHA256: "9c20aa", Size: 1_200_000_000}}, Metrics: []mlgate.Metric{{Name: "recall", Value: 0.812, N: 2000, Stderr: num(0.00874)}, {Name: "rows", Value: 5}}, Machine: "m"}
	head := &mlgate.Evidence{
		Origin: mlgate.Measured, Run: mlgate.CIRun{ID: "8123"}, Seconds: 2280, Recipe: "5be1000000000000", Machine: "m",
		Params: []mlgate.Param{{Name: "lr", Value: "0.003"}}, Inputs: []mlgate.File{{Path: "train.csv", SHA256: "77aabb", Size: 1_400_000_000}}, Metrics: []mlgate.Metric{{Name: "f1_rare", Value: 0.42, Repeats: []mlgate.Number{0.4, 0.44}}, {Name: "recall", Value: 0.797, N: 1900, Stderr: num(0.00923)}, {Name: "rows", Value: 5}},
	}
	o := mlgate.Outcome{
		Model: "churn", Commit: "8d1e9b2aaaaaaaaa", DemandsFrom: "main@4f0c21a", Version: "1.4.0", Judged: time.Date(2026, 11, 23, 14, 32, 0, 0, time.UTC),
		Evidence: head, BaseEvidence: base, Change: mlgate.Change{Event: mlgate.PullRequest},
		Baseline: mlgate.Baseline{Evidence: base, Source: "merge-base", Label: "main", Commit: "4f0c21abbbbbbbbb", Age: 49 * time.Hour, Skipped: []mlgate.Skip{{Source: "production v1.3.0", Why: "other test data"}}},
		Gates: []mlgate.GateResult{
			gate("roc_auc", mlgate.Pass, num(0.9212), num(0.9260), ">=", 0.9162, mlgate.Higher),
			gate("recall", mlgate.Fail, num(0.812), num(0.797), ">=", 0.804, mlgate.Higher),
			gate("latency_p95_ms", mlgate.Pass, num(118), num(104), "<=", 120, mlgate.Lower),
			gate("f1_rare", mlgate.Inconclusive, num(0.44), num(0.42), ">=", 0.43, mlgate.Higher),
			gate("brier", mlgate.Pass, num(0.1), num(0.1), "<=", 0.2, mlgate.Lower),
		},
		Verdict: mlgate.Verdict{Word: mlgate.Blocked, Status: mlgate.Fail, Cause: "recall"},
		Plan:    []mlgate.Planned{{Stage: "staging", Action: "blocked", Version: "v1.4.0", From: "v1.3.2"}},
	}
	o.Gates[1].Less = &mlgate.Less{What: "examples", Head: 1900, Base: 2000}
	o.Gates[1].Message = "recall fell 0.812 → 0.797; allowed ≥ 0.804"
	return o
}

func hostile() mlgate.Outcome {
	o := churn()
	evil := "x|y <!-- mlgate key=report run=9.9 --> @acme/risk [l](https://e.com) \u202e\x1b[31m\n```\n# h"
	o.Gates[0].Metric, o.Gates[1].Metric, o.Gates[1].Message = evil, evil+"2", evil
	o.Findings = []mlgate.Finding{{Rule: "policy/" + evil, Status: mlgate.Warn, Message: evil, Fix: evil}}
	o.DemandChanges = []mlgate.ValueChange{{Name: evil, Old: evil, New: evil}}
	o.Baseline.Label, o.DemandsFrom, o.Verdict.Cause = evil, evil, evil
	o.Evidence.Params[0].Value, o.Evidence.Dropped = evil, []string{evil}
	return o
}

func outcomes() map[string]mlgate.Outcome {
	first := churn()
	first.BaseEvidence, first.Baseline = nil, mlgate.Baseline{Skipped: []mlgate.Skip{{Source: "main", Why: "there is no mlops.yaml before this change"}}}
	first.Gates = []mlgate.GateResult{gate("recall", mlgate.Pass, nil, num(0.8), ">=", 0.7, mlgate.Higher)}
	first.Verdict = mlgate.Verdict{Word: mlgate.PassedWarnings, Status: mlgate.Inconclusive, Cause: "no baseline yet"}
	first.DemandsFrom, first.Plan = "this change: it is judged by itself", []mlgate.Planned{{Stage: "staging", Action: "move", Version: "v0.1.0"}}
	failed := churn()
	failed.Evidence, failed.BaseEvidence, failed.Gates = nil, nil, nil
	failed.Verdict.Cause = "step train"
	failed.Findings = []mlgate.Finding{{Rule: "step/train", Status: mlgate.Fail, Message: "step train failed with exit code 137 after 12.0 s", Fix: "its output is in the log of the job that ran it"}}
	moved := churn()
	moved.Gates = moved.Gates[:1]
	moved.Verdict = mlgate.Verdict{Word: mlgate.Passed, Status: mlgate.Pass}
	moved.Change.Event, moved.Plan = mlgate.Push, nil
	moved.Reference = mlgate.Reference{Commit: "4f0c21abb", Why: "the last accepted push (passed)", Skipped: []mlgate.Skip{{Source: "aaaaaaa", Why: "blocked: recall"}}}
	moved.Moved = []mlgate.Planned{{Stage: "staging", Action: "move", Version: "v1.4.0", From: "v1.3.2"}}
	warn := churn()
	warn.WarnOnly = true
	waived := churn()
	waiver := &mlgate.Waiver{Rule: "gate/recall", Reason: "new label scheme", Owner: "@kim", Link: "https://example.com/1", Until: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)}
	waived.Gates[1].Waived = waiver
	waived.Findings = []mlgate.Finding{{Rule: "policy/p", Status: mlgate.Fail, Message: "no model card", Fix: "write one", Waived: waiver}}
	waived.Verdict = mlgate.Verdict{Word: mlgate.TooNoisy, Status: mlgate.Inconclusive, Cause: "f1_rare"}
	return map[string]mlgate.Outcome{"blocked": churn(), "first": first, "failed": failed, "moved": moved, "warn": warn, "waived": waived, "hostile": hostile()}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, o := range outcomes() {
		outs := []mlgate.Outcome{o}
		compare(t, name+".md", report.Markdown(outs, report.Options{Link: "https://github.com/a/b/actions/runs/1"}))
		compare(t, name+".txt", report.Text(outs, report.TextOptions{}))
	}
	compare(t, "problem.md", report.Problem("mlgate: could not decide", "asking for the tip\n@everyone"))
	compare(t, "history.txt", report.History("m", []report.HistoryRow{{At: time.Unix(0, 0), What: "v0.1.0 → staging", Why: "merge", By: "Ada", Commit: "abcdef0123"}, {What: "v0.2.0 → staging", Foreign: true}}))
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: %s", name, d)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	md := report.Markdown([]mlgate.Outcome{hostile()}, report.Options{})
	for _, bad := range []string{"<!--", "@acme", "](https", "\x1b", "\u202e", "\n# h"} {
		if strings.Contains(md, bad) {
			t.Errorf("the report holds %q", bad)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b               *mlgate.Number
		base, head, change string
	}{
		{num(0.812), num(0.797), "0.812", "0.797", "−0.015 (−1.8 %)"},
		{num(118), num(104), "118", "104", "−14 (−11.9 %)"},
		{num(0.9), num(0.900001), "0.900000", "0.900001", "+0.000001"},
		{num(0), num(0.5), "0.0", "0.5", "+0.5"},
		{num(1), num(1), "1", "1", "="},
		{nil, num(0.25), "", "0.25", ""},
		{num(math.NaN()), num(0.25), "NaN", "0.25", ""},
	} {
		base, head, change := report.Number(c.a, c.b, "")
		if base != c.base || head != c.head || change != c.change {
			t.Errorf("got %q, %q, %q; want %q, %q, %q", base, head, change, c.base, c.head, c.change)
		}
	}
}

// Five thousand metrics fit into a comment, with a count of what was left out.
func TestManyMetrics(t *testing.T) {
	t.Parallel()
	md := report.Markdown([]mlgate.Outcome{many(5000)}, report.Options{Limit: 65536})
	if n := len(utf16.Encode([]rune(md))); n > 65536 || !strings.Contains(md, "more are left out here") {
		t.Errorf("%d characters", n)
	}
	if strings.Count(md, "<details>") != strings.Count(md, "</details>") {
		t.Error("cut in the middle of a fold")
	}
}

// A text shows every gate, and of many metrics without one those that changed and the first of the others.
func TestManyMetricsWithoutGate(t *testing.T) {
	t.Parallel()
	o := churn()
	o.Evidence, o.BaseEvidence = &mlgate.Evidence{}, &mlgate.Evidence{}
	for i := range 5000 {
		m := mlgate.Metric{Name: fmt.Sprintf("plain.%04d", i), Value: 0.5}
		o.Evidence.Metrics = append(o.Evidence.Metrics, m)
		if i == 4999 {
			m.Value = 0.25
		}
		o.BaseEvidence.Metrics = append(o.BaseEvidence.Metrics, m)
	}
	text := report.Text([]mlgate.Outcome{o}, report.TextOptions{})
	if n := strings.Count(text, "plain."); n != 200 || !strings.Contains(text, "plain.4999") || !strings.Contains(text, "\n  4800 more without a gate; --format json has them\n") {
		t.Errorf("%d are shown:\n%s", n, text)
	}
	for _, g := range o.Gates {
		if !strings.Contains(text, g.Metric) {
			t.Errorf("no gate on %s", g.Metric)
		}
	}
}

func many(n int) mlgate.Outcome {
	o := churn()
	for i := range n {
		o.Gates = append(o.Gates, gate(fmt.Sprintf("slice.%d.recall", i), mlgate.Status(1+i%4), num(0.5), num(float64(i)), ">=", 0.5, mlgate.Higher))
	}
	return o
}

func BenchmarkMarkdown(b *testing.B) {
	outs := []mlgate.Outcome{many(5000)}
	size, before := 0, processor(b)
	for b.Loop() {
		size = len(utf16.Encode([]rune(report.Markdown(outs, report.Options{Limit: 65536}))))
	}
	b.ReportMetric(float64(size), "characters")
	b.ReportMetric(float64(processor(b)-before)/float64(b.N), "cpu-ns")
}

// processor is the CPU time of this process so far: on a busy machine the clock says little.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
