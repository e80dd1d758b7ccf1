package reader

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// readModelCard reads the evaluation results in the front matter of a Hugging Face model card (README.md,
// model-index). A metric is called by its type; on what it was measured is its slice: the dataset (its id),
// its config, split and revision, and the task. Values are in whatever scale the card has them.
func readModelCard(s *sheet, data []byte) error {
	front, err := frontMatter(string(data))
	if err != nil {
		return err
	}
	tree, err := decodeYAML([]byte(front))
	if err != nil {
		return err
	}
	models := list(object(tree)["model-index"])
	if len(models) == 0 {
		return errors.New("its front matter has no model-index: a card without results of an evaluation")
	}
	for _, model := range models {
		for i, r := range list(object(model)["results"]) {
			at := map[string]string{}
			if len(models) > 1 {
				at["model"] = text(object(model)["name"])
			}
			if err := s.cardResult(object(r), at); err != nil {
				return fmt.Errorf("result %d of the model-index: %w", i+1, err)
			}
		}
	}
	s.beside(object(tree), "model-index")
	return nil
}

// frontMatter is the YAML between the two lines "---" that a card begins with.
func frontMatter(card string) (string, error) {
	card = strings.ReplaceAll(card, "\r\n", "\n")
	rest, ok := strings.CutPrefix(card, "---\n")
	if !ok {
		return "", errors.New("it does not begin with the line \"---\": it has no front matter, and so no model-index")
	}
	front, _, ok := strings.Cut("\n"+rest, "\n---\n")
	if !ok {
		front, ok = strings.CutSuffix("\n"+rest, "\n---")
	}
	if !ok {
		return "", errors.New("its front matter does not end: the second line \"---\" is missing")
	}
	return front + "\n", nil
}

func (s *sheet) cardResult(result map[string]any, at map[string]string) error {
	data := object(result["dataset"])
	for key, v := range map[string]any{"config": data["config"], "split": data["split"], "revision": data["revision"], "task": object(result["task"])["type"]} {
		at[key], _ = scalar(v)
	}
	if at["dataset"] = text(data["type"]); at["dataset"] == "" {
		at["dataset"] = text(data["name"])
	}
	for _, m := range list(result["metrics"]) {
		row := object(m)
		name := text(row["type"])
		if name == "" {
			return errors.New("a metric without a type")
		}
		slice := map[string]string{}
		for k, v := range at {
			if v != "" {
				slice[k] = v
			}
		}
		f, isNumber := ownNumber(row["value"])
		if !isNumber {
			s.drop(named(name, slice), what(row["value"]))
			continue
		}
		if err := s.figure(mlgate.Metric{Name: name, Value: mlgate.Number(f), Slice: slice}); err != nil {
			return err
		}
	}
	return nil
}
