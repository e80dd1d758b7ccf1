package reader

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksSARIF recognises the Static Analysis Results Interchange Format.
func looksSARIF(s shape) bool {
	return s.has(`version"`, "runs[") && s.at("runs", "tool").has("driver{")
}

// readSARIF turns each rule that a tool has results of into a check, which ends as the worst of them:
// error is a failure, warning a warning, note and none pass. What is suppressed in the file is skipped. A
// tool lists a rule only when it found something, so a rule's absence says nothing; beside them stands a
// check for each run, which failed where the tool says that it did not work.
func readSARIF(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top := node{v}
	if version := top.at("version").text(); version != "2.1.0" {
		return fmt.Errorf("version %q is none that this mlgate reads; it reads SARIF 2.1.0", version)
	}
	s.src.Prefix = cmp.Or(s.src.Prefix, "sarif")
	runs := top.at("runs").list()
	if len(runs) == 0 {
		return errors.New("it holds no run: nothing was analysed")
	}
	levels := map[string]int{}
	for i, r := range runs {
		tool := r.at("tool", "driver", "name").text()
		if tool == "" {
			return fmt.Errorf("runs[%d] names no tool", i)
		}
		s.sarifRun(tool, r, levels)
	}
	for _, level := range []string{"error", "warning", "note", "none"} {
		if err := s.add("results."+level, float64(levels[level])); err != nil {
			return err
		}
	}
	return s.counts()
}

// sarifRule is what one rule found.
type sarifRule struct {
	id     string
	status mlgate.CheckStatus
	count  int
	first  string
}

func (s *sheet) sarifRun(tool string, run node, levels map[string]int) {
	var rules []*sarifRule
	at, described := map[string]*sarifRule{}, sarifRules(run)
	for _, r := range run.at("results").list() {
		id := cmp.Or(r.at("ruleId").text(), r.at("rule", "id").text(), described.of(r).at("id").text())
		status, level := sarifStatus(described, r)
		if level != "" {
			levels[level]++
		}
		rule := at[id]
		if rule == nil {
			rule = &sarifRule{id: id, status: status}
			at[id], rules = rule, append(rules, rule)
		}
		if worse(status, rule.status) || rule.count == 0 {
			rule.status, rule.first = status, r.at("message", "text").text()
		}
		rule.count++
	}
	for _, r := range rules {
		message := fmt.Sprintf("%d results; %s", r.count, r.first)
		s.putCheck(mlgate.Check{Name: s.checkName(tool + "/" + cmp.Or(r.id, "unnamed")), Status: r.status, Message: message, Bad: true})
	}
	status := mlgate.CheckPassed
	for _, i := range run.at("invocations").list() {
		if ok, known := i.at("executionSuccessful").truth(); known && !ok {
			status = mlgate.CheckError
		}
	}
	s.check(tool, status, "")
}

func worse(a, b mlgate.CheckStatus) bool {
	return slices.Index(mlgate.CheckStatuses, a) < slices.Index(mlgate.CheckStatuses, b)
}

// sarifStatus reads kind, level and suppressions (SARIF 2.1.0, 3.27.9, 3.27.10, 3.35). Level is empty for
// what found nothing.
func sarifStatus(rules described, r node) (mlgate.CheckStatus, string) {
	switch kind := r.at("kind").text(); {
	case sarifSuppressed(r), kind == "notApplicable":
		return mlgate.CheckSkipped, ""
	case kind == "pass":
		return mlgate.CheckPassed, ""
	case kind == "open", kind == "review":
		return mlgate.CheckWarned, ""
	case kind == "informational":
		return mlgate.CheckPassed, "none"
	}
	level := cmp.Or(r.at("level").text(), rules.of(r).at("defaultConfiguration", "level").text(), "warning")
	switch level {
	case "note", "none":
		return mlgate.CheckPassed, level
	case "warning":
		return mlgate.CheckWarned, level
	}
	return mlgate.CheckFailed, "error"
}

func sarifSuppressed(r node) bool {
	all := r.at("suppressions").list()
	for _, s := range all {
		if status := s.at("status").text(); status == "underReview" || status == "rejected" {
			return false
		}
	}
	return len(all) > 0
}

// described are the rules as the tool describes them: some by id, all by number.
type described struct {
	list []node
	byID map[string]node
}

func sarifRules(run node) described {
	d := described{run.at("tool", "driver", "rules").list(), map[string]node{}}
	for _, rule := range d.list {
		d.byID[rule.at("id").text()] = rule
	}
	return d
}

// of is the rule that a result is about.
func (d described) of(r node) node {
	if i, ok := count(r.at("ruleIndex").v); ok && i < int64(len(d.list)) {
		return d.list[i]
	}
	return d.byID[r.at("ruleId").text()]
}
