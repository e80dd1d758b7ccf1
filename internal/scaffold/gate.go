package scaffold

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// Words in names of metrics, the most telling first. What is in neither list gets no gate.
var (
	higher = []string{"accuracy", "auc", "f1", "roc_auc", "r2", "balanced_accuracy", "recall", "precision", "acc", "map", "ndcg", "iou", "dice", "bleu", "rouge", "mcc", "kappa", "sensitivity", "specificity", "auprc", "ap", "score"}
	lower  = []string{"loss", "log_loss", "logloss", "rmse", "mae", "mse", "mape", "error", "err", "wer", "cer", "perplexity", "brier", "latency", "fpr", "fnr"}
)

// most gates: more would not be read before they are set.
const maxGates = 3

var gateName = pattern.Lazy(`^[A-Za-z_][A-Za-z0-9_./@ -]{0,60}$`)

// gatesFor guesses gates from the numbers of a file: `name: {…}` each.
func gatesFor(metrics []mlgate.Metric) []string {
	type guess struct {
		rank int
		text string
	}
	var all []guess
	for _, m := range metrics {
		rank, limit := limitFor(m)
		if limit != "" && gateName().MatchString(m.Name) {
			all = append(all, guess{rank, fmt.Sprintf("%s: {%s}", scalar(m.Name), limit)})
		}
	}
	slices.SortStableFunc(all, func(a, b guess) int { return a.rank - b.rank })
	var out []string
	for _, g := range all[:min(len(all), maxGates)] {
		out = append(out, g.text)
	}
	return out
}

var notLetter = pattern.Lazy(`[^a-z0-9]+`)

// limitFor guesses from a metric's name which way it gets better, and from its size what change of it
// is one. Numbers of the training itself say nothing about the model.
func limitFor(m mlgate.Metric) (rank int, limit string) {
	v := float64(m.Value)
	name := "_" + strings.Trim(notLetter().ReplaceAllString(strings.ToLower(m.Name), "_"), "_") + "_"
	if strings.Contains(name, "_train_") || strings.Contains(name, "_training_") || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, ""
	}
	up, down := word(name, higher), word(name, lower)
	switch {
	case up >= 0 && down < 0:
		return up, "max_drop: " + room(v)
	case down >= 0 && up < 0 && strings.Contains(name, "_latency_"):
		return down + 1, "max_rise: 20% of baseline"
	case down >= 0 && up < 0 && (strings.Contains(name, "loss_") || v > 1 && v <= 100):
		return down + 1, "max_rise: 10% of baseline"
	case down >= 0 && up < 0:
		return down + 1, "max_rise: " + room(v)
	}
	return 0, ""
}

func word(name string, words []string) int {
	return slices.IndexFunc(words, func(w string) bool { return strings.Contains(name, "_"+w+"_") })
}

// room is how much worse a number may get: a hundredth of a share, a point of a percentage, and of
// anything else a part of it.
func room(v float64) string {
	switch {
	case v >= 0 && v <= 1:
		return "0.01"
	case v > 1 && v <= 100:
		return "1"
	}
	return "5% of baseline"
}
