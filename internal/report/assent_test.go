package report_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// Who said yes stands beside who asked, in a history, of a version and of a stage; what people wrote stays one line.
func TestAssent(t *testing.T) {
	t.Parallel()
	yes := report.Assent{
		Approved: []mlgate.StageApproval{{By: "kim"}, {By: "lou\nmallory"}}, Reviewed: []string{"ray"},
		Overridden: []mlgate.Override{{Rule: "gate/f1", By: "kim", Reason: "new labels", Link: "https://example.com/1"}},
	}
	row := report.HistoryRow{What: "v0.1.0 → production", Why: "manual", By: "ada", Commit: "abc", Assent: yes}
	const want = "ada; approved by kim, lou␤mallory; run let go on by ray; gate/f1 lifted by kim: new labels"
	if got := report.History("churn", []report.HistoryRow{row}); !strings.Contains(got, want) || strings.Contains(got, "\nmallory") {
		t.Errorf("history: %s", got)
	}
	version := report.Answer{Model: "churn", Version: &report.VersionAnswer{Version: "v0.1.0", Stays: []report.Stay{{Stage: "production", By: "ada", Assent: yes}}}}
	if got := report.Why(version); !strings.Contains(got, want) {
		t.Errorf("version: %s", got)
	}
	stage := report.Answer{Model: "churn", Stage: &report.StageAnswer{Stage: "production", Version: "v0.1.0", Why: "merge", Assent: yes, Before: []report.HistoryRow{row}}}
	if got := report.Why(stage); !strings.Contains(got, want) || !strings.Contains(got, "gate/f1, by kim at ") || !strings.Contains(got, "new labels (https://example.com/1)") {
		t.Errorf("stage: %s", got)
	}
	row.Assent = report.Assent{}
	if got := report.History("churn", []report.HistoryRow{row}); !strings.Contains(got, "ada\n") {
		t.Errorf("nobody else: %s", got)
	}
}
