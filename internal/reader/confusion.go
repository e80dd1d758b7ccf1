package reader

import (
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

var (
	confusionKeys   = []string{"tp", "fp", "fn", "tn"}
	besideConfusion = []string{"name", "slice", "confusion"}
)

// confusion reads the counts of a classifier of two classes: each share that is made of them is a metric
// with its examples and hits. A share of no example is left out.
func (s *sheet) confusion(m map[string]any) error {
	if err := known("a metric with confusion", m, besideConfusion); err != nil {
		return err
	}
	name, ok := m["name"].(string)
	if m["name"] != nil && !ok {
		return errors.New("its name is no text")
	}
	if name != "" {
		name += "."
	}
	counts, ok := m["confusion"].(map[string]any)
	if !ok {
		return errors.New("confusion is no object: write {\"tp\": …, \"fp\": …, \"fn\": …, \"tn\": …}")
	}
	if err := known("confusion", counts, confusionKeys); err != nil {
		return err
	}
	n := map[string]int64{}
	for _, k := range confusionKeys {
		if n[k], ok = count(counts[k]); !ok {
			return fmt.Errorf("confusion: %s is no whole number of examples", k)
		}
	}
	all := n["tp"] + n["fp"] + n["fn"] + n["tn"]
	if all > 1<<53 {
		return errors.New("confusion counts more than 2^53 examples")
	}
	for _, share := range []struct {
		name    string
		hits, n int64
	}{
		{"tpr", n["tp"], n["tp"] + n["fn"]}, {"fpr", n["fp"], n["fp"] + n["tn"]}, {"precision", n["tp"], n["tp"] + n["fp"]},
		{"selection_rate", n["tp"] + n["fp"], all}, {"accuracy", n["tp"] + n["tn"], all},
	} {
		if err := s.share(name+share.name, m["slice"], share.hits, share.n); err != nil {
			return err
		}
	}
	return nil
}

// share puts hits of n.
func (s *sheet) share(name string, slice any, hits, n int64) error {
	key, sliced, err := sliced(name, slice)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if n == 0 {
		s.drop(key, "measured on no example")
		return nil
	}
	return s.put(mlgate.Metric{Name: s.name(key), Slice: sliced, Value: number(float64(hits) / float64(n)), N: n, Hits: &hits})
}
