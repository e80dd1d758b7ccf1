package reader

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksTrainer recognises a trainer_state.json of Hugging Face's Trainer.
func looksTrainer(s shape) bool { return s.has("log_history[", "global_step0") }

// readTrainer reads the state that Trainer of transformers saves: of every key of log_history the value
// that was logged last, and best_metric. What else the state holds are settings.
func readTrainer(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top := object(v)
	history, isList := top["log_history"].([]any)
	if !isList {
		return errors.New("it is no trainer_state.json: it has no list \"log_history\"")
	}
	last := map[string]any{}
	for i, entry := range history {
		if object(entry) == nil {
			return fmt.Errorf("log_history[%d] is no object", i)
		}
		for k, v := range object(entry) {
			last[k] = v
		}
	}
	for _, k := range []string{"best_metric", "epoch", "global_step"} {
		if top[k] != nil {
			last[k] = top[k]
		}
	}
	delete(last, "step")
	for _, k := range sortedKeys(last) {
		f, isNumber := ownNumber(last[k])
		if !isNumber {
			s.drop(k, what(last[k]))
			continue
		}
		if err := s.figure(mlgate.Metric{Name: k, Value: mlgate.Number(f)}); err != nil {
			return err
		}
	}
	s.beside(top, "log_history", "best_metric", "epoch", "global_step")
	return nil
}

// looksAllResults recognises all_results.json, eval_results.json and their like: flat, with the times that
// Trainer measures and on how many samples.
func looksAllResults(s shape) bool {
	for k, v := range s.keys {
		if prefix, ok := strings.CutSuffix(k, "_samples"); ok && v.number() && s.at(prefix+"_runtime").number() {
			return !s.nested()
		}
	}
	return false
}

func (s shape) nested() bool {
	for _, v := range s.keys {
		if v.is == '{' || v.is == '[' {
			return true
		}
	}
	return false
}

// readAllResults reads what the example scripts of transformers save of metrics: eval_samples is on how
// many examples what begins with eval_ was measured, times and speeds apart.
func readAllResults(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top := object(v)
	if top == nil {
		return errors.New("it is no object of metrics")
	}
	for _, k := range sortedKeys(top) {
		f, isNumber := ownNumber(top[k])
		if !isNumber {
			s.drop(k, what(top[k]))
			continue
		}
		m := mlgate.Metric{Name: k, Value: mlgate.Number(f)}
		prefix, rest, _ := strings.Cut(k, "_")
		switch {
		case rest == "samples" || rest == "runtime" || strings.HasSuffix(rest, "_per_second"):
		case !s.certainty(&m, k, top[prefix+"_samples"], nil):
			continue
		}
		if err := s.figure(m); err != nil {
			return err
		}
	}
	return nil
}
