package reader

import (
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksDeepEval recognises a test run of DeepEval.
func looksDeepEval(s shape) bool {
	return s.at("testCases").has("metricsData[", "successt") || s.at("conversationalTestCases").has("metricsData[", "successt")
}

// judged is what one metric of DeepEval says over all test cases.
type judged struct {
	score, pass average
	errors      int
}

// readDeepEval reads a test run of DeepEval: of every metric the mean of its scores, and the rate of
// passing its threshold. A metric that ended in an error has no score, and has not passed, as DeepEval
// itself counts; how many did is told.
func readDeepEval(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top := object(v)
	cases := append(list(top["testCases"]), list(top["conversationalTestCases"])...)
	if len(cases) == 0 {
		return errors.New("it lists no test case: it is no test run of DeepEval, or nothing was tested")
	}
	var pass average
	failed := 0
	all := map[string]*judged{}
	for i, c := range cases {
		success, ok := object(c)["success"].(bool)
		if !ok {
			return fmt.Errorf("test case %d does not say whether it passed: \"success\" is not true or false", i)
		}
		pass.yes(success)
		if !success {
			failed++
		}
		for _, m := range list(object(c)["metricsData"]) {
			if err := judge(all, object(m)); err != nil {
				return fmt.Errorf("test case %d: %w", i, err)
			}
		}
	}
	s.beside(top, "testCases", "conversationalTestCases")
	return s.judged(pass, failed, all)
}

func judge(all map[string]*judged, m map[string]any) error {
	name := text(m["name"])
	if name == "" {
		return errors.New("a metric without a name")
	}
	j := all[name]
	if j == nil {
		j = &judged{}
		all[name] = j
	}
	score, scored := ownNumber(m["score"])
	success, _ := m["success"].(bool)
	if text(m["error"]) != "" || !scored {
		j.errors++
		j.pass.yes(false)
		return nil
	}
	j.score.add(score)
	j.pass.yes(success)
	return nil
}

func (s *sheet) judged(pass average, failed int, all map[string]*judged) error {
	out := []mlgate.Metric{pass.metric("pass_rate", nil), {Name: "tests", Value: mlgate.Number(pass.n)}, {Name: "failed", Value: mlgate.Number(failed)}}
	for _, name := range sortedKeys(all) {
		j := all[name]
		if j.score.n > 0 {
			out = append(out, j.score.metric(name, nil))
		}
		out = append(out, j.pass.metric(name+".pass_rate", nil), mlgate.Metric{Name: name + ".errors", Value: mlgate.Number(j.errors)})
	}
	for _, m := range out {
		if err := s.figure(m); err != nil {
			return err
		}
	}
	return nil
}
