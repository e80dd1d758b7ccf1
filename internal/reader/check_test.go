package reader_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

func checks(r mlgate.Reading) map[string]mlgate.CheckStatus {
	out := map[string]mlgate.CheckStatus{}
	for _, c := range r.Checks {
		out[c.Name] = c.Status
	}
	return out
}

type statuses = map[string]mlgate.CheckStatus

// What the tools themselves wrote about the tables in test/fixture, and how they say that it ended.
func TestChecksOfRealTools(t *testing.T) {
	t.Parallel()
	gx := statuses{
		"gx/churn/expect_table_row_count_to_be_between":              mlgate.CheckPassed,
		"gx/churn/expect_column_values_to_be_unique(column=id)":      mlgate.CheckFailed,
		"gx/churn/expect_column_values_to_be_in_set(column=country)": mlgate.CheckFailed,
		"gx/churn/expect_column_mean_to_be_between(column=age)":      mlgate.CheckPassed,
		"gx/churn/expect_column_values_to_not_be_null(column=age)":   mlgate.CheckPassed,
	}
	newer := statuses{"gx/churn/expect_column_values_to_not_be_null(column=gone)": mlgate.CheckError}
	bare := statuses{"gx/expect_column_values_to_not_be_null(column=gone)": mlgate.CheckFailed} // describe() says no more
	for name, status := range gx {
		newer[name], bare[strings.Replace(name, "churn/", "", 1)] = status, status
	}
	for _, all := range []statuses{newer, bare} { // 1.x keeps both expectations on age
		prefix := "gx/churn/"
		if all["gx/expect_table_row_count_to_be_between"] != "" {
			prefix = "gx/"
		}
		delete(all, prefix+"expect_column_values_to_not_be_null(column=age)")
		all[prefix+"expect_column_values_to_not_be_null(column=age,mostly=0.5)"] = mlgate.CheckPassed
		all[prefix+"expect_column_values_to_not_be_null(column=age,mostly=0.9)"] = mlgate.CheckFailed
	}
	newer["gx/churn/expect_column_values_to_not_be_null(column=age,mostly=0.9)"] = mlgate.CheckWarned
	for file, want := range map[string]statuses{
		"gx/gx-0.18.22-suite.json": gx, "gx/gx-0.18.22-checkpoint.json": gx,
		"gx/gx-1.24.1-suite.json": newer, "gx/gx-1.24.1-described.json": bare,
		"pandera/pandera-0.35.0.json": {
			"pandera/churn/id/field_uniqueness": mlgate.CheckFailed, "pandera/churn/age/in_range(0,_120)": mlgate.CheckFailed,
			"pandera/churn/country/isin(['de',_'fr'])": mlgate.CheckFailed, "pandera/churn/gone/column_in_dataframe": mlgate.CheckFailed,
			"pandera/churn/churn/column_in_schema": mlgate.CheckFailed, "pandera/schema": mlgate.CheckFailed,
		},
		"evidently/evidently-0.7.23-tests.json": {
			"evidently/RowCount()/gt": mlgate.CheckPassed, "evidently/MaxValue(column=age)/le": mlgate.CheckWarned, "evidently/MaxValue(column=age)/gt": mlgate.CheckPassed,
			"evidently/MissingValueCount(column=income)/eq": mlgate.CheckFailed, "evidently/ValueDrift(column=age,method=psi,threshold=0.1)/drift": mlgate.CheckFailed,
		},
		"deepchecks/deepchecks-0.19.1.json": {
			"deepchecks/Is_Single_Value/condition_1": mlgate.CheckFailed, "deepchecks/Data_Duplicates/condition_1": mlgate.CheckWarned, "deepchecks/Mixed_Nulls/condition_1": mlgate.CheckPassed,
		},
		"evidently/evidently-0.7.23-report.json": {}, "evidently/evidently-0.4.40-report.json": {},
		"evidently/evidently-0.4.40-tests.json": {
			"evidently/Number_of_Rows": mlgate.CheckPassed, "evidently/Max_Value(age)": mlgate.CheckWarned, "evidently/The_Number_of_Missing_Values": mlgate.CheckFailed,
			"evidently/Drift_per_Column(age)": mlgate.CheckFailed, "evidently/Drift_per_Column": mlgate.CheckError,
		},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := reader.Files{}.Metrics(mlgate.Source{Path: "m.json"}, data)
		if d := cmp.Diff(want, checks(got)); err != nil || d != "" {
			t.Errorf("%s: %v %s", file, err, d)
		}
		for _, c := range got.Checks {
			if strings.Contains(c.Message, "xx") || strings.Contains(c.Message, "130") && !strings.HasPrefix(file, "evidently") {
				t.Errorf("%s: %s cites the data: %s", file, c.Name, c.Message)
			}
		}
	}
}

func TestMetricsOfRealTools(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]map[string]float64{
		"gx/gx-1.24.1-suite.json": {
			"gx.total": 7, "gx.passed": 3, "gx.failed": 2, "gx.warned": 1, "gx.errors": 1,
			"gx.churn/expect_column_values_to_be_unique(column=id).unexpected_percent": 50,
		},
		"evidently/evidently-0.4.40-report.json": {"evidently.DatasetDriftMetric.drift_share": 0.5, "evidently.DataDriftTable.drift_by_columns.age.stattest_threshold": 0.05},
		"evidently/evidently-0.7.23-report.json": {"evidently.DriftedColumnsCount(drift_share=0.5).share": 2.0 / 3, "evidently.MeanValue(column=age)": 59.5, "evidently.RowCount()": 200},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := reader.Files{}.Metrics(mlgate.Source{Path: "m.json"}, data)
		have := counts(got)
		for name, v := range want {
			if err != nil || have[name] < v-1e-9 || have[name] > v+1e-9 {
				t.Errorf("%s: %s is %v, want %v (%v)", file, name, have[name], v, err)
			}
		}
	}
}

// A test case is a check; two of one name are two, and its name fits into a waiver.
func TestJUnitChecks(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 300)
	got, err := read("junit", `<testsuite name="s"><testcase classname="a.b" name="t x"/><testcase classname="a.b" name="t x"><failure message="no&#10;  good"/></testcase>
		<testcase name="alone"><skipped message="later"/></testcase><testcase name="`+long+`"><error/><failure message="f"/></testcase></testsuite>`)
	want := []mlgate.Check{
		{Name: "tests/a.b/t_x", Status: mlgate.CheckPassed, File: "m.junit"},
		{Name: "tests/a.b/t_x_(2)", Status: mlgate.CheckFailed, Message: "no good", File: "m.junit"},
		{Name: "tests/s/alone", Status: mlgate.CheckSkipped, Message: "later", File: "m.junit"},
	}
	if d := cmp.Diff(want, got.Checks[:3]); err != nil || d != "" {
		t.Error(err, d)
	}
	if c := got.Checks[3]; c.Status != mlgate.CheckError || c.Message != "" || len(c.Name) > mlgate.MaxCheckText || !strings.Contains(c.Name, "~") {
		t.Errorf("the long one is %+v", c)
	}
}

func TestToolFilesThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200)
	for _, c := range []struct{ kind, text, why string }{
		{"gx", `{"success": true, "statistics": {"evaluated_expectations": 1}, "results": [`, "ends in the middle"},
		{"gx", `{"metrics": []}`, "no result of Great Expectations"},
		{"gx", `{"success": true, "results": [], "statistics": {}}`, "lists no expectation"},
		{"gx", `{"success": false, "results": [{"success": true, "expectation_config": {"type": "a"}}], "statistics": {}}`, "says that some expectations failed and lists 0"},
		{"gx", `{"success": true, "results": [{"success": true, "expectation_config": {"type": "a"}}], "statistics": {"unsuccessful_expectations": 2}}`, "says that 2 expectations failed and lists 0"},
		{"gx", `{"success": true, "results": [{"success": null, "expectation_config": {"type": "a"}}]}`, "neither true nor false"},
		{"gx", `{"success": true, "results": [{"success": true}]}`, "has no type"},
		{"gx", `{"results": ` + deep + `}`, "levels deep"},
		{"gx", `{"success": true, "success": true}`, "stands twice"},
		{"evidently", `{"tests": [{"name": "a", "status": "MAYBE"}]}`, `status "MAYBE"`},
		{"evidently", `{"tests": [], "summary": {"total_tests": 3}}`, "made 3 tests and lists 0"},
		{"evidently", `{"metrics": [{}]}`, "has no name"},
		{"evidently", `{"a": 1}`, "no report of Evidently"},
		{"evidently", `{"metrics": [`, "ends in the middle"},
		{"deepchecks", `{"results": []}`, "no suite's result"},
		{"deepchecks", `{"results": [{}]}`, "names no check"},
		{"deepchecks", `{"results": [{"check": {"name": "a"}, "conditions_results": [{"Status": "OK"}]}]}`, `status "OK"`},
		{"deepchecks", `{"results": [{"check": `, "ends in the middle"},
		{"pandera", `[]`, "no object"},
		{"pandera", `{"OTHER": {}}`, `key "OTHER"`},
		{"pandera", `{"DATA": {"X": [{}]}}`, "names no check"},
		{"sarif", `{"version": "2.0.0", "runs": []}`, `version "2.0.0"`},
		{"sarif", `{"version": "2.1.0", "runs": []}`, "holds no run"},
		{"sarif", `{"version": "2.1.0", "runs": [{}]}`, "names no tool"},
	} {
		if _, err := read(c.kind, c.text); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s %.60s: got %v, want an error with %q", c.kind, c.text, err, c.why)
		}
	}
}

func TestSARIFChecks(t *testing.T) {
	t.Parallel()
	got, err := read("sarif", `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "bandit", "rules": [{"id": "B1", "defaultConfiguration": {"level": "note"}}, {"id": "B9"}]}},
		"invocations": [{"executionSuccessful": false}], "results": [
		{"ruleId": "B1", "ruleIndex": 0, "message": {"text": "first"}}, {"ruleId": "B2", "level": "warning", "message": {"text": "w"}}, {"ruleId": "B2", "level": "error", "message": {"text": "worst"}},
		{"ruleId": "B3", "level": "error", "suppressions": [{"kind": "inSource"}]}, {"ruleId": "B4", "kind": "pass"}, {"ruleId": "B5", "suppressions": [{"kind": "external", "status": "rejected"}]}]}]}`)
	want := statuses{
		"sarif/bandit": mlgate.CheckError, "sarif/bandit/B1": mlgate.CheckPassed, "sarif/bandit/B2": mlgate.CheckFailed, "sarif/bandit/B3": mlgate.CheckSkipped,
		"sarif/bandit/B4": mlgate.CheckPassed, "sarif/bandit/B5": mlgate.CheckWarned,
	}
	if d := cmp.Diff(want, checks(got)); err != nil || d != "" {
		t.Error(err, d)
	}
	if n := counts(got); n["sarif.results.error"] != 1 || n["sarif.results.warning"] != 2 || n["sarif.results.note"] != 1 {
		t.Errorf("counts %v", n)
	}
}

// Many checks are read, NaN and names that stand twice too.
func TestManyChecks(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for range 100_000 {
		b.WriteString(`<testcase name="same"/>`)
	}
	got, err := read("junit", "<testsuite>"+b.String()+"</testsuite>")
	if err != nil || len(got.Checks) != 100_000 || len(checks(got)) != 100_000 {
		t.Errorf("%d checks, %d names, %v", len(got.Checks), len(checks(got)), err)
	}
	got, err = read("evidently", `{"metrics": [{"metric": "A", "result": {"x": NaN}}, {"metric": "A", "result": {"x": 1, "l": [1], "t": "NaN"}}]}`)
	if n := counts(got); err != nil || len(n) != 2 || n["evidently.A_(2).x"] != 1 || len(got.Dropped) != 2 {
		t.Errorf("%v %v %v", n, got.Dropped, err)
	}
	if got, err = read("pandera", `{}`); err != nil || fmt.Sprint(checks(got)) != "map[pandera/schema:pass]" {
		t.Errorf("a schema that held: %v %v", got, err)
	}
}

// docs/checks.md shows a file of every tool, and what is read of it.
func TestManualOfChecks(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "checks.md"))
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)\n## ([a-z]+)\n.*?\n```json\n(.*?)```\n+```text\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(examples) != 5 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, e := range examples {
		got, err := reader.Files{}.Metrics(mlgate.Source{Path: "m.json"}, []byte(e[2]))
		var lines []string
		for _, c := range got.Checks {
			lines = append(lines, strings.TrimSuffix(fmt.Sprintf("check %s: %s: %s", c.Name, c.Status, c.Message), ": "))
		}
		for _, m := range got.Metrics {
			lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s %g %s", m.Name, float64(m.Value), m.Unit), " "))
		}
		slices.Sort(lines)
		if d := cmp.Diff(e[3], strings.Join(lines, "\n")+"\n"); err != nil || d != "" {
			t.Errorf("%s: %v %s", e[1], err, d)
		}
	}
}

func fuzzChecks(f *testing.F, kind string, seeds ...string) {
	files, _ := filepath.Glob(filepath.Join("testdata", kind, "*"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read(kind, text)
		if err != nil {
			return
		}
		for _, c := range got.Checks {
			if len(c.Name) > mlgate.MaxCheckText || len(c.Message) > mlgate.MaxCheckText || strings.ContainsAny(c.Name, " \n\x00") || !strings.Contains(c.Name, "/") {
				t.Errorf("a check that cannot be named: %+v", c)
			}
		}
		if len(checks(got)) != len(got.Checks) || len(counts(got)) != len(got.Metrics) {
			t.Error("a name stands twice")
		}
	})
}

func FuzzGX(f *testing.F)        { fuzzChecks(f, "gx") }
func FuzzEvidently(f *testing.F) { fuzzChecks(f, "evidently") }
func FuzzDeepchecks(f *testing.F) {
	fuzzChecks(f, "deepchecks", `{"results": [{"check": {"name": "a"}, "exception": "b"}]}`)
}
func FuzzPandera(f *testing.F) { fuzzChecks(f, "pandera", `{}`) }
func FuzzSARIF(f *testing.F) {
	fuzzChecks(f, "sarif", `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x", "rules": [{"id": "a"}]}}, "results": [{"ruleId": "a", "ruleIndex": 0}]}]}`)
}
