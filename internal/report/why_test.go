package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

func hour(h int) time.Time { return time.Date(2026, 11, 23, h, 30, 0, 0, time.UTC) }

// latency rose by more than 10 % of the baseline.
func latency() mlgate.GateResult {
	g := gate("latency_p95_ms", mlgate.Fail, num(118), num(140), "<=", 120, mlgate.Lower)
	g.Limits = []mlgate.Limit{{Op: "<=", Value: 120, From: "max"}, {Op: "<=", Value: 129.8, From: "max_rise"}}
	g.Message, g.Unit = "latency_p95_ms rose 118 → 140; allowed ≤ 120", "ms"
	return g
}

func recall() mlgate.GateResult {
	g := gate("recall", mlgate.Pass, num(0.812), num(0.815), ">=", 0.804, mlgate.Higher)
	g.Limits = []mlgate.Limit{{Op: ">=", Value: 0.804, From: "max_drop"}}
	return g
}

func answers() map[string]report.Answer {
	verdict := report.VerdictLine{
		Word: mlgate.Passed, At: hour(9), Event: mlgate.Push, Commit: "8d1e9b2aaaaaaaaa", Actor: "kim",
		Rules:    []mlgate.RuleSet{{Label: "main@4f0c21a", Digest: "3f9a17c2d0aa4411"}, {Label: "main@8d1e9b2", Digest: "77aa17c2d0aa4411"}},
		Evidence: "e1e1e1e1e1e1e1e1", Baseline: mlgate.Baseline{Digest: "b0b0b0b0b0b0b0b0", Label: "main", Commit: "4f0c21abbbbbbbbb"},
	}
	blocked := verdict
	blocked.Word, blocked.Cause, blocked.Event, blocked.At = mlgate.Blocked, "latency_p95_ms", mlgate.PullRequest, hour(12)
	blocked.Number = 7
	waiver := &mlgate.Waiver{Rule: "policy/card", Reason: "comes with the audit", Owner: "@kim", Link: "https://example.com/1", Until: hour(0)}
	grounds := report.Grounds{
		Digest: "e1e1e1e1e1e1e1e1", Verdict: &verdict, Gates: []mlgate.GateResult{recall()},
		Findings: []mlgate.Finding{{Rule: "policy/card", Status: mlgate.Fail, Message: "no model card", Waived: waiver}, {Rule: "governance/steps", Status: mlgate.Warn, Message: "this change edits how its numbers are made (steps.train.run)"}},
		Evidence: &mlgate.Evidence{
			Origin: mlgate.Measured, Started: hour(8), Recipe: "5be1000000000000", Run: mlgate.CIRun{ID: "8123", URL: "https://ci.example/8123"},
			Metrics:  []mlgate.Metric{{Name: "recall", Value: 0.815}, {Name: "rows", Value: 1200}},
			Artifact: &mlgate.File{Path: "build/model.pkl", Size: 3_200_000, SHA256: "a4a4a4a4a4a4a4a4"},
		},
	}
	rows := []report.HistoryRow{{At: hour(7), What: "v1.3.2 → production", Why: "manual", By: "Ada"}, {At: hour(6), What: "v1.3.1 → production", Foreign: true, By: "gto"}}
	stage := report.StageAnswer{
		Stage: "production", Version: "v1.4.0", Commit: "8d1e9b2aaaaaaaaa", Ref: "churn#production#12", Since: hour(10), By: "Ada", Why: "rollback", Reason: "wrong fares", From: "v1.5.0",
		Move: "9ac24fba58b9b322", Ended: "done", Ledger: "b1869182d1e1aaaa", Grounds: grounds, Hold: &mlgate.Hold{Stage: "production", Held: true, By: "Ada", Reason: "wrong fares", At: hour(10)}, Before: rows,
	}
	foreign := report.StageAnswer{Stage: "canary", Version: "4f0c21a", Commit: "4f0c21abbbbbbbbb", Ref: "churn#canary#3", Since: hour(10), By: "gto", Grounds: report.Grounds{Missing: "the tag names none: another tool made it"}}
	relative := mlgate.GateRule{Pattern: "latency_p95_ms", Max: new(float64), MaxRise: &mlgate.Bound{Value: 0.1, Relative: true}}
	*relative.Max = 120
	rule := report.RuleAnswer{
		Rule: "latency_p95_ms", Gates: []mlgate.GateRule{relative}, Where: []mlgate.Pos{{File: "mlops.yaml", Line: 12}}, Tip: "8d1e9b2aaaaaaaaa", Older: 3,
		Judgments: []report.Judgment{{VerdictLine: blocked, Gates: []mlgate.GateResult{latency()}}, {VerdictLine: verdict, Findings: []mlgate.Finding{{Rule: "policy/latency", Status: mlgate.Warn, Message: "slow"}}}, {VerdictLine: verdict, Silent: true}},
	}
	version := report.VersionAnswer{Version: "v1.4.0", Commit: "8d1e9b2aaaaaaaaa", Ref: "churn@v1.4.0", At: hour(9), By: "kim", Ledger: "b1869182d1e1aaaa", Grounds: grounds,
		Stays: []report.Stay{{Stage: "staging", From: hour(9), Until: hour(11), Why: "merge", By: "kim"}, {Stage: "production", From: hour(10), Why: "rollback", Reason: "wrong fares", By: "Ada"}}}
	return map[string]report.Answer{
		"why_stage": {Model: "churn", Stage: &stage, Now: hour(13)}, "why_foreign": {Model: "churn", Stage: &foreign, Now: hour(13), Notes: []string{"what main demands now is not known: mlops.yaml:3:1: not a mapping"}},
		"why_empty": {Model: "churn", Stage: &report.StageAnswer{Stage: "production", When: "manual"}}, "why_rule": {Model: "churn", Rule: &rule}, "why_version": {Model: "churn", Version: &version},
		"why_silent": {Model: "churn", Rule: &report.RuleAnswer{Rule: "metric-removed", Other: "policy mlgate/metric-removed", Where: []mlgate.Pos{{File: "mlops.yaml", Line: 15}}, Tip: "8d1e9b2aaaaaaaaa", Looked: "the newest 200 commits of main"}},
	}
}

func status() report.Status {
	v := report.VerdictLine{Word: mlgate.Passed, At: hour(9), Event: mlgate.Push, Commit: "8d1e9b2aaaaaaaaa", Actor: "kim"}
	return report.Status{
		Model: "churn", Branch: "main", Tip: "77d1e9b2aaaaaaaa", Newest: &v, Behind: 2, Now: hour(13),
		Stages: []report.StageStatus{
			{Stage: "staging", Version: "v1.5.0", Since: hour(9), By: "kim", Why: "merge", Tip: "ahead", Ahead: 2, Recipe: "same"},
			{Stage: "production", Version: "v1.4.0", Since: hour(10), By: "Ada", Why: "rollback", Tip: "ahead", Recipe: "other", Hold: &mlgate.Hold{Stage: "production", By: "Ada", Reason: "wrong fares", At: hour(10)}},
			{Stage: "canary", Version: "4f0c21a", Since: hour(10), By: "gto", Foreign: true, Tip: "apart"}, {Stage: "shadow"},
		},
		Open: []report.OpenMove{{ID: "9ac24fba58b9b322", Stage: "staging", Version: "v1.6.0", Why: "merge", By: "kim", At: hour(12)}},
	}
}

func TestAnswersGolden(t *testing.T) {
	t.Parallel()
	for name, a := range answers() {
		compare(t, name+".txt", report.Why(a))
		compare(t, name+".md", report.WhyMarkdown(a))
		data, err := report.WhyJSON(a)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, name+".json", string(data))
	}
	compare(t, "status.txt", report.StatusText(status()))
	compare(t, "status.md", report.StatusMarkdown(status()))
	rows := answers()["why_stage"].Stage.Before
	compare(t, "history.md", report.HistoryMarkdown("churn", rows))
	compare(t, "history_none.md", report.HistoryMarkdown("churn", nil))
}

// Names, reasons and authors are written by anybody who can push a tag.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	evil := "x|y <!-- --> @acme [l](https://e.com) \u202e\x1b[31m\n# h"
	a, s := answers(), status()
	stage := *a["why_stage"].Stage
	stage.Reason, stage.By, stage.Ref, stage.From, stage.Hold.Reason, stage.Before[0].What, stage.Commit = evil, evil, evil, evil, evil, evil, evil
	stage.Grounds.Evidence.Run.URL, stage.Grounds.Gates[0].Metric, stage.Grounds.Findings[1].Message, stage.Grounds.Evidence.Metrics[1].Name = evil, evil, evil, evil
	rule := *a["why_rule"].Rule
	rule.Rule, rule.Judgments[0].Gates[0].Message, rule.Judgments[0].Gates[0].Unit, rule.Judgments[0].Rules[0].Label, rule.Gates[0].Pattern, rule.Where[0].File = evil, evil, evil, evil, evil, evil
	s.Branch, s.Stages[0].By, s.Open[0].Version, s.Stages[1].Hold.Reason = evil, evil, evil, evil
	texts := []string{report.Why(report.Answer{Model: evil, Stage: &stage}), report.Why(report.Answer{Rule: &rule}), report.StatusText(s)}
	mds := []string{report.WhyMarkdown(report.Answer{Model: evil, Stage: &stage}), report.WhyMarkdown(report.Answer{Rule: &rule}), report.StatusMarkdown(s)}
	for i, all := range [][]string{texts, mds} {
		for _, text := range all {
			for _, bad := range []string{"\x1b", "\u202e", "\n# h"} {
				if strings.Contains(text, bad) {
					t.Errorf("an answer holds %q:\n%s", bad, text)
				}
			}
			if i == 1 && (strings.Contains(text, "<!--") || strings.Contains(text, "@acme") || strings.Contains(text, "](http") || strings.Contains(text, "x|y")) {
				t.Errorf("Markdown holds something that acts:\n%s", text)
			}
		}
	}
}
