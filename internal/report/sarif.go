package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Automation  sarifAutomation   `json:"automationDetails"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
	Properties  sarifFacts        `json:"properties"`
}

type sarifAutomation struct {
	ID string `json:"id"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifInvocation struct {
	Successful bool   `json:"executionSuccessful"`
	End        string `json:"endTimeUtc"`
}

type sarifRule struct {
	ID     string         `json:"id"`
	Short  sarifText      `json:"shortDescription"`
	Full   sarifText      `json:"fullDescription"`
	Help   sarifHelp      `json:"help"`
	Config sarifLevel     `json:"defaultConfiguration"`
	Props  sarifRuleProps `json:"properties"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifHelp struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifRuleProps struct {
	Tags     []string `json:"tags"`
	Severity string   `json:"problem.severity"`
}

type sarifResult struct {
	Rule         string             `json:"ruleId"`
	Index        int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Properties   *sarifNumbers      `json:"properties,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId"`
}

type sarifRegion struct {
	Line int `json:"startLine"`
	Col  int `json:"startColumn,omitempty"`
}

type sarifNumbers struct {
	Metric string         `json:"metric"`
	Base   *mlgate.Number `json:"base,omitempty"`
	Head   *mlgate.Number `json:"head,omitempty"`
	Limits []mlgate.Limit `json:"limits,omitempty"`
}

type sarifFacts struct {
	Verdict string `json:"verdict"`
	Commit  string `json:"commit"`
	Rules   string `json:"rulesFrom"`
}

// SARIF is the report as static analysis results, version 2.1.0, so that code scanning shows what was
// said beside the line of mlops.yaml that asked for it. A run for each model; every rule that judged
// is listed, and every result but a pass. What does not count is suppressed, never an error.
func SARIF(outs []mlgate.Outcome) ([]byte, error) {
	log := sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{}}
	for _, o := range outs {
		log.Runs = append(log.Runs, sarifRunOf(o))
	}
	data, err := json.MarshalIndent(log, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing SARIF: %w", err)
	}
	return append(unmarked(data, jsonHash), '\n'), nil
}

func sarifRunOf(o mlgate.Outcome) sarifRun {
	r := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	r.Tool.Driver = sarifDriver{Name: "mlgate", Version: cmp.Or(o.Version, "unknown"), InformationURI: "https://github.com/mlgate/mlgate", Rules: []sarifRule{}}
	r.Automation.ID = "mlgate/" + inert.Line(o.Model) + "/"
	decided := o.Verdict.Word != mlgate.CouldNotDecide && o.Verdict.Word != mlgate.WaitingFor && o.Verdict.Word != mlgate.Misconfigured
	r.Invocations = []sarifInvocation{{Successful: decided, End: stamp(o.Judged)}}
	r.Properties = sarifFacts{Verdict: heading(o), Commit: inert.Line(o.Commit), Rules: inert.Line(o.DemandsFrom)}
	index := map[string]int{}
	for _, s := range sayings(o) {
		id := inert.Clip(inert.Line(s.Rule), 255)
		i, known := index[id]
		if !known {
			i = len(r.Tool.Driver.Rules)
			index[id] = i
			r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, sarifRuleOf(id, s))
		}
		if s.weight != fine {
			r.Results = append(r.Results, sarifResultOf(o, s, id, i))
		}
	}
	return r
}

func sarifRuleOf(id string, s said) sarifRule {
	short, full := about(s)
	help := full + " `mlgate why " + strings.TrimPrefix(id, "gate/") + "` shows the newest verdicts on it, with the arithmetic."
	return sarifRule{
		ID: id, Short: sarifText{inert.Line(short)}, Full: sarifText{inert.Line(full)},
		Help:   sarifHelp{Text: inert.Line(help), Markdown: inert.Markdown(full) + " " + code("mlgate why "+strings.TrimPrefix(s.Rule, "gate/")) + " shows the newest verdicts on it, with the arithmetic."},
		Config: sarifLevel{map[bool]string{true: "warning", false: "error"}[s.Status == mlgate.Warn]},
		Props:  sarifRuleProps{Tags: []string{inert.Line(s.kind())}, Severity: map[bool]string{true: "warning", false: "error"}[s.Status == mlgate.Warn]},
	}
}

// about tells what a rule is for, by its kind.
func about(s said) (short, full string) {
	name := inert.Clip(s.subject(), 120)
	switch s.kind() {
	case "gate":
		return "Gate on " + name, fmt.Sprintf("The metric %s must stay within the limits that stand under gates in mlops.yaml. They are taken from the base branch, not from the change.", name)
	case "check":
		return "Check " + name, fmt.Sprintf("The check %s stands in a file that mlops.yaml names under evidence. on_failed_check says what it means when it fails, or when the baseline made it and this change did not.", name)
	case "policy":
		return "Policy " + name, fmt.Sprintf("The policy %s, named under policies in mlops.yaml of the base branch, judges the whole case.", name)
	case "governance":
		return "Governance: " + name, "A change of what judges a model, or of how its numbers are made, is shown to people. It is judged by the rules before it."
	case "step":
		return "Step " + name, fmt.Sprintf("The step %s of mlops.yaml must end with exit code 0: without it there is no evidence to judge.", name)
	}
	return s.Rule, "What mlgate needs to reach a verdict, and to write it down."
}

func sarifResultOf(o mlgate.Outcome, s said, id string, index int) sarifResult {
	r := sarifResult{Rule: id, Index: index, Level: sarifLevelOf(s), Message: sarifText{plainText(s.text())}}
	file := cmp.Or(s.Pos.File, o.Path, mlgate.ConfigName)
	r.Locations = []sarifLocation{{sarifPhysical{
		Artifact: sarifArtifact{uriPath(file), "%SRCROOT%"},
		Region:   sarifRegion{Line: max(1, s.Pos.Line), Col: s.Pos.Col},
	}}}
	key := o.Model + "\x00" + s.Rule + "\x00" + file
	if s.gate != nil {
		r.Properties = &sarifNumbers{Metric: inert.Line(s.gate.Metric), Base: s.gate.Base, Head: s.gate.Head, Limits: s.gate.Limits}
	} else {
		key += "\x00" + s.Message
	}
	r.Fingerprints = map[string]string{"mlgateRule/v1": string(mlgate.DigestOf([]byte(key)))}
	if s.Waived != nil || (s.weight == remarks && s.Status < mlgate.Inconclusive) {
		r.Suppressions = []sarifSuppression{{"external", inert.Line(cmp.Or(excuse(s.Finding), "it does not count in the verdict: nothing is enforced"))}}
	}
	return r
}

func sarifLevelOf(s said) string {
	switch s.weight {
	case doubts:
		return "note"
	case remarks, fine:
		return "warning"
	}
	return "error"
}

// plainText keeps a viewer from reading links into a message.
func plainText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
}

// uriPath writes a path of the repository as a relative reference.
func uriPath(p string) string {
	var b strings.Builder
	for i := range len(p) {
		switch c := p[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
