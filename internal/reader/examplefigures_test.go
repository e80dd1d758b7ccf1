package reader_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// computedCase is a table and what other tools compute from it (test/fixture/example_metrics.py).
type computedCase struct {
	Table struct {
		Label, Prediction                []int
		Probability, Price, Estimate, Ms []float64
		Group                            []string
	}
	Want map[string]float64
}

func (c computedCase) commas() string {
	var b strings.Builder
	b.WriteString("id,label,prediction,probability,price,estimate,ms,group\n")
	t := c.Table
	for i := range t.Label {
		fmt.Fprintf(&b, "%d,%d,%d,%v,%v,%v,%v,%s\n", i, t.Label[i], t.Prediction[i], t.Probability[i], t.Price[i], t.Estimate[i], t.Ms[i], t.Group[i])
	}
	return b.String()
}

// Metrics of a table are those that scikit-learn, NumPy, PyCalib and Fairlearn compute from it.
func TestExamplesAgreeWithOtherTools(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/example-metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Cases []computedCase }
	if err := json.Unmarshal(raw, &f); err != nil || len(f.Cases) < 100 {
		t.Fatalf("%d cases, %v", len(f.Cases), err)
	}
	label, price := []string{"label", "probability"}, []string{"price", "estimate"}
	table := &mlgate.ExampleTable{ID: "id", Slices: []string{"group"}, Metrics: []mlgate.ExampleMetric{
		{Name: "brier", How: mlgate.SquaredError, Columns: label}, {Name: "log_loss", How: mlgate.LogLoss, Columns: label},
		{Name: "auc", How: mlgate.AUC, Columns: label}, {Name: "ece", How: mlgate.ECE, Columns: label, Bins: 15}, {Name: "ece10", How: mlgate.ECE, Columns: label, Bins: 10},
		{Name: "mae", How: mlgate.AbsoluteError, Columns: price}, {Name: "mse", How: mlgate.SquaredError, Columns: price},
		{Name: "rmse", How: mlgate.RMSE, Columns: price}, {Name: "r2", How: mlgate.R2, Columns: price},
		{Name: "accuracy", How: mlgate.Equal, Columns: []string{"label", "prediction"}}, {Name: "selection_rate", How: mlgate.Share, Columns: []string{"prediction"}},
		{Name: "tpr", How: mlgate.TPR, Columns: []string{"label", "prediction"}}, {Name: "fpr", How: mlgate.FPR, Columns: []string{"label", "prediction"}},
		{Name: "p50", How: mlgate.P50, Columns: []string{"ms"}}, {Name: "p90", How: mlgate.P90, Columns: []string{"ms"}},
		{Name: "p95", How: mlgate.P95, Columns: []string{"ms"}}, {Name: "p99", How: mlgate.P99, Columns: []string{"ms"}},
	}}
	for i, c := range f.Cases {
		got, err := reader.Files{}.Metrics(mlgate.Source{Kind: "examples", Path: "p.csv", Table: table}, []byte(c.commas()))
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		values := map[string]float64{}
		for _, m := range got.Metrics {
			values[m.Name] = float64(m.Value)
		}
		for name, want := range c.Want {
			if v, ok := values[name]; !ok || !(math.Abs(v-want) <= 1e-9*math.Max(1, math.Abs(want))) {
				t.Errorf("case %d: %s is %v, want %v", i, name, v, want)
			}
		}
	}
}
