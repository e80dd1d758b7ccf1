package reader

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksEvidently recognises what Evidently writes: reports and test suites of 0.4 to 0.6, and reports of
// 0.7, which hold both.
func looksEvidently(s shape) bool {
	first := s.at("metrics")
	switch {
	case s.has("tests[", "summary{"):
		return s.at("summary").has("all_passedt")
	case s.has("metrics[", "tests["):
		return first.has(`id"`) && (first.has(`metric_name"`) || first.has(`metric_id"`))
	}
	return s.has("metrics[") && first.has(`metric"`, "result{")
}

var evidentlyStatus = map[string]mlgate.CheckStatus{
	"SUCCESS": mlgate.CheckPassed, "FAIL": mlgate.CheckFailed, "WARNING": mlgate.CheckWarned, "ERROR": mlgate.CheckError, "SKIPPED": mlgate.CheckSkipped,
}

// readEvidently turns tests into checks, and what was measured into metrics. Shares stay fractions, as
// Evidently writes them; distributions, which are lists, are left out.
func readEvidently(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top := node{v}
	if !top.has("metrics") && !top.has("tests") {
		return errors.New("it is no report of Evidently: it has neither metrics nor tests")
	}
	s.src.Prefix = cmp.Or(s.src.Prefix, "evidently")
	names := map[string]string{} // of metrics, by id
	for i, m := range top.at("metrics").list() {
		name, value := evidentlyMetric(m)
		if name == "" {
			return fmt.Errorf("metrics[%d] has no name: was it written by Evidently?", i)
		}
		names[m.at("id").text()] = name
		if err := s.numbers(s.free(visible(name)), value); err != nil {
			return err
		}
	}
	tests := top.at("tests").list()
	for i, t := range tests {
		status, known := evidentlyStatus[t.at("status").text()]
		if !known {
			return fmt.Errorf("tests[%d] has the status %q, which Evidently does not know", i, t.at("status").show())
		}
		s.check(evidentlyTest(t, names), status, t.at("description").text())
	}
	said, _ := top.at("summary", "total_tests").number()
	if int(said) > len(tests) {
		return fmt.Errorf("it says that it made %d tests and lists %d", int(said), len(tests))
	}
	if len(tests) > 0 {
		return s.counts()
	}
	return nil
}

// evidentlyMetric is a metric's name, with the column that tells it from others of its kind.
func evidentlyMetric(m node) (string, node) {
	if kind := m.at("metric").text(); kind != "" {
		if column := m.at("result", "column_name").text(); column != "" {
			kind += "(" + column + ")"
		}
		return kind, m.at("result")
	}
	return cmp.Or(m.at("metric_name").text(), m.at("metric_id").text()), m.at("value")
}

// evidentlyTest is a test's name: of 0.7 what is measured and the id of the test, since the test's own
// name holds the limit; before 0.7 the column that it is about stands in its parameters, or in the
// description alone.
func evidentlyTest(t node, names map[string]string) string {
	if metric := names[t.at("metric_config", "metric_id").text()]; metric != "" {
		return metric + "/" + cmp.Or(t.at("id").text(), "test")
	}
	name := cmp.Or(t.at("name").text(), t.at("id").text())
	_, bold, _ := strings.Cut(t.at("description").text(), "column **")
	bold, _, _ = strings.Cut(bold, "**")
	if column := cmp.Or(t.at("parameters", "column_name").text(), bold); column != "" {
		name += "(" + column + ")"
	}
	return name
}

// free is a key under which nothing stands yet: the same metric may be asked for twice.
func (s *sheet) free(key string) string {
	if s.taken == nil {
		s.taken = map[string]int{}
	}
	name := key
	for n := s.taken[key]; s.taken[name] > 0; s.taken[key] = n {
		n++
		name = fmt.Sprintf("%s_(%d)", key, n)
	}
	s.taken[name] = max(1, s.taken[name])
	return name
}

// numbers adds every number below a value, keys joined by dots; the rest is left out by name.
func (s *sheet) numbers(key string, n node) error {
	switch n.v.(type) {
	case map[string]any:
		for _, k := range n.keys() {
			if err := s.numbers(join(key, k), n.at(k)); err != nil {
				return err
			}
		}
		return nil
	case json.Number, string:
		if f, ok := n.number(); ok {
			return s.add(key, f)
		}
	}
	s.drop(key, what(n.v))
	return nil
}
