package reader

import (
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksMTEB recognises a result file of MTEB: one task, and its scores by split.
func looksMTEB(s shape) bool { return s.has("task_name\"", "mteb_version\"", "scores{") }

// readMTEB reads a task result of MTEB (1.11 and later): scores.SPLIT is a list with an entry for each
// subset, in the task's own scale. A metric is called TASK.SPLIT.SCORE; a subset is a slice, unless the
// task has none ("default"); scores_per_experiment are the repeats of the number that is their mean.
func readMTEB(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top := object(v)
	task, splits := text(top["task_name"]), object(top["scores"])
	if task == "" || splits == nil {
		return errors.New("it is no result of an MTEB task: it has no \"task_name\" and no \"scores\" by split; MTEB writes them from 1.11")
	}
	for _, split := range sortedKeys(splits) {
		entries, isList := splits[split].([]any)
		if !isList {
			return fmt.Errorf("scores.%s is no list of subsets", split)
		}
		for i, entry := range entries {
			if object(entry) == nil {
				return fmt.Errorf("scores.%s[%d] is no object", split, i)
			}
			if err := s.subset(join(task, split), object(entry)); err != nil {
				return err
			}
		}
	}
	s.beside(top, "task_name", "scores")
	return nil
}

// subset reads the scores of one subset.
func (s *sheet) subset(name string, scores map[string]any) error {
	var slice map[string]string
	if subset := text(scores["hf_subset"]); subset != "" && subset != "default" {
		slice = map[string]string{"subset": subset}
	}
	experiments := list(scores["scores_per_experiment"])
	for _, key := range sortedKeys(scores) {
		switch key {
		case "hf_subset", "languages", "scores_per_experiment", "mteb_version":
			continue
		}
		f, isNumber := ownNumber(scores[key])
		if !isNumber {
			s.drop(named(join(name, key), slice), what(scores[key]))
			continue
		}
		m := mlgate.Metric{Name: join(name, key), Value: mlgate.Number(f), Slice: slice}
		m.Repeats = repeatsOf(experiments, key)
		if err := s.figure(m); err != nil {
			return err
		}
	}
	return nil
}

// repeatsOf are the numbers of one score in every experiment; none, where one of them lacks it.
func repeatsOf(experiments []any, key string) []mlgate.Number {
	var out []mlgate.Number
	for _, e := range experiments {
		f, ok := ownNumber(object(e)[key])
		if !ok {
			return nil
		}
		out = append(out, number(f))
	}
	return out
}
