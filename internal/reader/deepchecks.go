package reader

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksDeepchecks recognises a suite's result of Deepchecks.
func looksDeepchecks(s shape) bool {
	return s.has(`name"`, `type"`, "results[") && s.at("results").has("check{", `type"`)
}

var deepchecksStatus = map[string]mlgate.CheckStatus{
	"PASS": mlgate.CheckPassed, "FAIL": mlgate.CheckFailed, "WARN": mlgate.CheckWarned, "ERROR": mlgate.CheckError,
}

// readDeepchecks turns each condition into a check, and what was measured into metrics, in the tool's own
// scale: what Deepchecks calls a percent is often a fraction.
func readDeepchecks(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	results := node{v}.at("results").list()
	if len(results) == 0 {
		return errors.New("it is no suite's result of Deepchecks, or an empty one: it has no results")
	}
	s.src.Prefix = cmp.Or(s.src.Prefix, "deepchecks")
	for i, r := range results {
		name := r.at("check", "name").text()
		if name == "" {
			return fmt.Errorf("results[%d] names no check", i)
		}
		if err := s.deepcheck(s.free(visible(name)), r); err != nil {
			return fmt.Errorf("results[%d]: %w", i, err)
		}
	}
	return s.counts()
}

func (s *sheet) deepcheck(name string, r node) error {
	if r.has("exception") {
		s.check(name, mlgate.CheckSkipped, r.at("exception").text())
		return nil
	}
	for i, c := range r.at("conditions_results").list() {
		status, known := deepchecksStatus[c.at("Status").text()]
		if !known {
			return fmt.Errorf("condition %d of %q has the status %q, which Deepchecks does not know", i+1, name, c.at("Status").show())
		}
		s.check(fmt.Sprintf("%s/condition_%d", name, i+1), status, c.at("Condition").text())
	}
	return s.numbers(name, r.at("value"))
}
