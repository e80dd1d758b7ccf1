package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

var places = mlgate.Pos{File: "models/churn/mlops.yaml", Line: 12, Col: 3}

// judged are outcomes as the formats for programs must tell them.
func judged() map[string]mlgate.Outcome {
	all := outcomes()
	cheat := all["blocked"]
	cheat.Path = places.File
	cheat.Gates = append([]mlgate.GateResult{}, cheat.Gates...)
	for i := range cheat.Gates {
		cheat.Gates[i].Pos = places
		cheat.Gates[i].Pos.Line += i
	}
	second := cheat.Gates[1]
	second.Limits = []mlgate.Limit{{Op: ">=", Value: 0.9, From: "min"}}
	second.Message += " (rules of main@8d1e9b2)"
	cheat.Gates = append(cheat.Gates, second)
	cheat.DemandChanges = []mlgate.ValueChange{{Name: "gates.recall.max_drop", Old: "0.008"}, {Name: "gates.roc_auc.min", Old: "0.9", New: "0.5"}, {Name: "policies", New: "./policies"}}
	cheat.Preview = "passed with warnings: f1_rare"
	cheat.DemandsDigest = []mlgate.Digest{"3f9a17c2d0aa4411"}
	cheat.Findings = []mlgate.Finding{
		{Rule: "governance/demands", Status: mlgate.Warn, Message: "this change edits what is demanded of it (gates.recall.max_drop, gates.roc_auc.min, policies); it is judged by the demands before it", Fix: "let somebody else look at the table of changed rules", Pos: mlgate.Pos{File: places.File}},
		{Rule: "policy/mlgate/metric-removed", Status: mlgate.Fail, Message: "the metric f2 is gone [see](https://example.com)", Pos: mlgate.Pos{File: places.File, Line: 20, Col: 11}},
	}
	uncounted := all["moved"] // a failing finding in a verdict that passed: it does not count
	uncounted.Findings = []mlgate.Finding{{Rule: "policy/size", Status: mlgate.Fail, Message: "the model is too large", Pos: places}}
	waiting := report.Undecided(mlgate.Outcome{Model: "churn", Change: all["blocked"].Change, Judged: all["blocked"].Judged, Version: "1.4.0"}, mlgate.WaitingFor,
		[]mlgate.Finding{{Rule: "mlgate", Message: "the bundle was measured at recipe 5be100000000, and merging 8d1e9b2 now gives recipe 77aa00000000: the base moved on; run again on the newest merge"}})
	wrong := report.Undecided(mlgate.Outcome{Judged: all["blocked"].Judged, Version: "1.4.0"}, mlgate.Misconfigured, []mlgate.Finding{
		{Rule: "mlops.yaml", Message: "unknown key gate", Fix: "did you mean gates?", Pos: places}, {Rule: "mlops.yaml", Message: "min is above max", Pos: mlgate.Pos{File: places.File, Line: 14, Col: 20}}})
	doubt := all["first"]
	doubt.Verdict = mlgate.Verdict{Word: mlgate.Blocked, Status: mlgate.Inconclusive, Cause: "no baseline yet, and on_inconclusive is fail"}
	doubt.Gates = []mlgate.GateResult{gate("recall", mlgate.Inconclusive, nil, num(0.8), ">=", 0.7, mlgate.Higher)}
	silent := all["blocked"]
	silent.Gates, silent.Findings, silent.Evidence, silent.BaseEvidence, silent.Plan = nil, nil, nil, nil, nil
	silent.Verdict = mlgate.Verdict{Word: mlgate.NotAffected, Status: mlgate.Pass}
	return map[string]mlgate.Outcome{
		"passed": all["moved"], "cheat": cheat, "waiting": waiting, "hostile": all["hostile"], "uncounted": uncounted, "waived": all["waived"], "wrong": wrong, "doubt": doubt, "warn": all["warn"], "failed": all["failed"], "silent": silent,
	}
}

func render(t *testing.T, f func([]mlgate.Outcome) ([]byte, error), outs ...mlgate.Outcome) string {
	t.Helper()
	data, err := f(outs)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFormatsGolden(t *testing.T) {
	t.Parallel()
	for name, o := range judged() {
		compare(t, name+".xml", render(t, report.JUnit, o))
		compare(t, name+".sarif", render(t, report.SARIF, o))
		if name == "passed" || name == "cheat" || name == "waived" || name == "wrong" || name == "waiting" || name == "hostile" {
			compare(t, name+".html", render(t, report.HTML, o))
		}
	}
}

// What a program that reads JUnit takes for a failure is what blocks, and nothing else.
func TestJUnitCounts(t *testing.T) {
	t.Parallel()
	all := judged()
	for name, want := range map[string][4]int{ // cases, failures, errors, skipped
		"passed": {1, 0, 0, 0}, "cheat": {8, 3, 0, 1}, "waiting": {1, 0, 0, 1}, "uncounted": {2, 0, 0, 0}, "waived": {6, 0, 0, 1}, "wrong": {2, 2, 0, 0}, "doubt": {1, 1, 0, 0}, "warn": {5, 0, 0, 0}, "failed": {1, 1, 0, 0}, "silent": {1, 0, 0, 1},
	} {
		var got struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Skipped  int `xml:"skipped,attr"`
			Suites   []struct {
				Cases []struct {
					Name, Class string
					Failure     *struct{} `xml:"failure"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal([]byte(render(t, report.JUnit, all[name])), &got); err != nil {
			t.Fatal(err)
		}
		failures := 0
		for _, c := range got.Suites[0].Cases {
			if c.Failure != nil {
				failures++
			}
		}
		if have := [4]int{got.Tests, got.Failures, got.Errors, got.Skipped}; have != want || failures != want[1] || len(got.Suites[0].Cases) != want[0] {
			t.Errorf("%s: %v with %d failures, want %v", name, have, failures, want)
		}
	}
}

// The published schema of SARIF 2.1.0 accepts what we write, and refuses it when it is broken.
func TestSARIFSchema(t *testing.T) {
	t.Parallel()
	schema, err := os.ReadFile("testdata/schema/sarif-2.1.0-rtm.5.json")
	if err != nil {
		t.Fatal(err)
	}
	q, err := rego.New(rego.Query("json.match_schema(input.log, input.schema)")).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	match := func(log any) (bool, any) {
		var s any
		if err := json.Unmarshal(schema, &s); err != nil {
			t.Fatal(err)
		}
		res, err := q.Eval(t.Context(), rego.EvalInput(map[string]any{"log": log, "schema": s}))
		if err != nil || len(res) == 0 {
			t.Fatal(err, res)
		}
		pair, _ := res[0].Expressions[0].Value.([]any)
		ok, _ := pair[0].(bool)
		return ok, pair[1]
	}
	for name, o := range judged() {
		var log map[string]any
		if err := json.Unmarshal([]byte(render(t, report.SARIF, o)), &log); err != nil {
			t.Fatal(err)
		}
		if ok, why := match(log); !ok {
			t.Errorf("%s: %v", name, why)
		}
		log["version"] = "2.0"
		if ok, _ := match(log); ok {
			t.Errorf("%s: the schema takes anything", name)
		}
	}
}

var (
	tag    = regexp.MustCompile(`<[a-zA-Z/!][^>]*>`)
	quoted = regexp.MustCompile(`"[^"]*"`)
)

// Foreign text is text on the page, in an attribute and in XML: it makes no element, and it loads
// nothing.
func TestHostileTextMakesNothing(t *testing.T) {
	t.Parallel()
	o := judged()["hostile"]
	evil := "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>\" onclick=\"x ]]> & \x00\u202e {{.}}"
	o.Model, o.Baseline.Label, o.Gates[2].Metric, o.Gates[2].Unit, o.Verdict.Cause, o.Commit = evil, evil, evil, evil, evil, evil
	o.DemandsDigest, o.Version, o.Plan = []mlgate.Digest{mlgate.Digest(evil)}, evil, []mlgate.Planned{{Stage: evil, Version: evil, Action: evil}}
	o.Findings = append(o.Findings, mlgate.Finding{Rule: evil, Message: evil, Fix: evil, Pos: mlgate.Pos{File: evil}})
	page := render(t, report.HTML, o)
	clean := render(t, report.HTML, judged()["cheat"])
	for _, found := range tag.FindAllString(page, -1) {
		bare := quoted.ReplaceAllString(found, `""`)
		for _, bad := range []string{"<script", "<img", "<link", "<iframe", " on", " src=", "{{"} {
			if strings.Contains(bare, bad) {
				t.Errorf("the page has %s", found)
			}
		}
	}
	if strings.Count(page, "<table") != strings.Count(clean, "<table") || strings.ContainsAny(page, "\x00\u202e") || !strings.Contains(page, "{{.}}") {
		t.Error("foreign text changed the page")
	}
	d := xml.NewDecoder(strings.NewReader(render(t, report.JUnit, o)))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && (e.Name.Local == "script" || e.Name.Local == "img") {
			t.Errorf("XML has <%s>", e.Name.Local)
		}
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
			}
		}
	}
	sarif := render(t, report.SARIF, o)
	if err := json.NewDecoder(bytes.NewReader([]byte(sarif))).Decode(&log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results {
		if strings.Contains(strings.ReplaceAll(r.Message.Text, `\[`, ""), "[l](") || strings.ContainsAny(r.Locations[0].PhysicalLocation.ArtifactLocation.URI, "<>\" \x00") {
			t.Errorf("SARIF has a link or a broken place: %+v", r)
		}
	}
}

// The address of the run comes from the environment: only https is a link, and it ends where its
// attribute ends.
func TestPageLinksHTTPSAlone(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://ci.example/run/7?a=1&b=2":        `<a href="https://ci.example/run/7?a=1&amp;b=2">run</a>`,
		"https://ci.example/?q=\"><script>\u202e": `<a href="https://ci.example/?q=&#34;&gt;&lt;script&gt;\u{202e}">run</a>`,
		"javascript:alert(1)":                     "", "https:alert(1)": "", "http://ci.example/": "", "": "",
	} {
		o := judged()["cheat"]
		o.Change.Run.URL = address
		page := render(t, report.HTML, o)
		if want == "" && strings.Contains(page, "href") || !strings.Contains(page, want) {
			t.Errorf("%q: no %s in the page", address, want)
		}
	}
}

// Reports are printed into CI logs: no foreign text in them may be a command there.
func TestReportsIssueNoCommands(t *testing.T) {
	t.Parallel()
	o := judged()["hostile"]
	o.Findings = []mlgate.Finding{{Rule: "policy/x", Status: mlgate.Fail, Message: "##[error]x\n::error::y\n##vso[task.complete]###[z", Fix: "::set-output name=a::b"}}
	for name, f := range map[string]func([]mlgate.Outcome) ([]byte, error){"junit": report.JUnit, "sarif": report.SARIF, "html": report.HTML, "json": report.JSON} {
		text := render(t, f, o)
		for line := range strings.SplitSeq(text, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.Contains(line, "##vso") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
	var back struct{ Outcomes []mlgate.Outcome }
	if err := json.Unmarshal([]byte(render(t, report.JSON, o)), &back); err != nil || !strings.HasPrefix(back.Outcomes[0].Findings[0].Message, "##[error]x") {
		t.Errorf("JSON does not read back: %v", err)
	}
}

// Everything that the comment says, the page says.
func TestPageTellsWhatTheCommentTells(t *testing.T) {
	t.Parallel()
	page := render(t, report.HTML, judged()["cheat"])
	for _, want := range []string{
		"This change edits its own rules", "gates.recall.max_drop", "removed", "With this change’s own rules: passed with warnings: f1_rare", "main@4f0c21a", "merge base", "production v1.3.0 skipped: other test data",
		"staging stays as it is (now v1.3.2); once green: v1.4.0", "let somebody else look", "measured by run 8123", "train.csv", "−0.015 (−1.8 %) worse", "≥ 0.804", "8d1e9b2", "2026-11-23 14:32 UTC",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
