package reader

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksLMEval recognises a results_*.json of lm-evaluation-harness.
func looksLMEval(s shape) bool { return s.has("results{", "configs{", "versions{", "config{") }

// harness is what the file says beside its results, to find out on how many samples they rest.
type harness struct {
	samples  map[string]any // n-samples
	subtasks map[string]any // group_subtasks
	visits   int
}

// readLMEval reads results of lm-evaluation-harness: results.TASK holds "metric,filter" (before 0.4
// "metric"), beside it "metric_stderr,filter". A metric is called TASK.metric,filter, without the filter
// "none". What a group says of its tasks counts as a task; that it stands in "groups" again is nothing new.
func readLMEval(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top := object(v)
	results := object(top["results"])
	if results == nil {
		return errors.New("it is no result of lm-evaluation-harness: it has no \"results\"")
	}
	h := &harness{samples: object(top["n-samples"]), subtasks: object(top["group_subtasks"])}
	for _, task := range sortedKeys(results) {
		if err := s.task(h, task, object(results[task])); err != nil {
			return err
		}
	}
	groups := object(top["groups"])
	for _, group := range sortedKeys(groups) {
		if _, told := results[group]; told {
			continue
		}
		if err := s.task(h, group, object(groups[group])); err != nil {
			return err
		}
	}
	s.beside(top, "results", "groups", "n-samples", "group_subtasks")
	return nil
}

func (s *sheet) task(h *harness, task string, row map[string]any) error {
	if row == nil {
		return fmt.Errorf("the results of %q are no object", task)
	}
	for _, key := range sortedKeys(row) {
		name, filter, _ := strings.Cut(key, ",")
		switch {
		case key == "alias" || key == "name" || key == "sample_len" || key == "sample_count":
			continue
		case strings.HasSuffix(name, "_stderr"):
			if _, of := row[strings.TrimSuffix(name, "_stderr")+strings.TrimPrefix(key, name)]; of {
				continue
			}
		}
		short := join(task, key)
		if filter == "none" {
			short = join(task, name)
		}
		f, isNumber := ownNumber(row[key])
		if !isNumber {
			s.drop(short, what(row[key]))
			continue
		}
		m := mlgate.Metric{Name: short, Value: mlgate.Number(f)}
		if s.certainty(&m, short, h.count(task, key, row), row[name+"_stderr"+strings.TrimPrefix(key, name)]) {
			if err := s.figure(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// count is on how many samples a number rests: as its row says, as n-samples says, and of a group what its
// tasks have together. Nil: nobody says.
func (h *harness) count(task, key string, row map[string]any) any {
	if n, ok := object(row["sample_count"])[key]; ok {
		return n
	}
	if n, ok := object(h.samples[task])["effective"]; ok {
		return n
	}
	if n, ok := row["sample_len"]; ok {
		return n
	}
	if n, ok := h.together(task, map[string]bool{}); ok && n > 0 {
		return jsonCount(n)
	}
	return nil
}

// together sums the samples of a group's tasks, which may be groups; each task counts once.
func (h *harness) together(task string, seen map[string]bool) (int64, bool) {
	if h.visits++; seen[task] || h.visits > maxValues {
		return 0, h.visits <= maxValues
	}
	seen[task] = true
	if n, ok := count(object(h.samples[task])["effective"]); ok {
		return n, true
	}
	below := list(h.subtasks[task])
	sum := int64(0)
	for _, t := range below {
		n, ok := h.together(text(t), seen)
		if !ok {
			return 0, false
		}
		sum += n
	}
	return sum, len(below) > 0
}
