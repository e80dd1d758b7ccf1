package bundle

import (
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func TestRepeatsAgreeWithThemselves(t *testing.T) {
	t.Parallel()
	metric := func(runs string, n int) []mlgate.Metric {
		return []mlgate.Metric{{Name: "a", Runs: runs, Repeats: make([]mlgate.Number, n)}}
	}
	fixed := func(n int) *mlgate.Repeats {
		return &mlgate.Repeats{Runs: mlgate.RunsFixed, Steps: []string{"train"}, Seconds: make([]float64, n)}
	}
	for name, c := range map[string]struct {
		e    mlgate.Evidence
		fits bool
	}{
		"none":                {mlgate.Evidence{Metrics: metric("", 5)}, true},
		"as many as runs":     {mlgate.Evidence{Repeats: fixed(3), Metrics: metric(mlgate.RunsFixed, 3)}, true},
		"a file's own beside": {mlgate.Evidence{Repeats: fixed(3), Metrics: metric("", 7)}, true},
		"runs without a word": {mlgate.Evidence{Metrics: metric(mlgate.RunsFixed, 3)}, false},
		"more than runs":      {mlgate.Evidence{Repeats: fixed(3), Metrics: metric(mlgate.RunsFixed, 4)}, false},
		"another word":        {mlgate.Evidence{Repeats: fixed(3), Metrics: metric("lucky", 3)}, false},
		"no run":              {mlgate.Evidence{Repeats: fixed(0)}, false},
		"too many runs":       {mlgate.Evidence{Repeats: fixed(mlgate.MaxRuns + 1)}, false},
		"less than no time":   {mlgate.Evidence{Repeats: &mlgate.Repeats{Runs: mlgate.RunsFixed, Steps: []string{"train"}, Seconds: []float64{1, -1}}}, false},
		"for ever":            {mlgate.Evidence{Repeats: &mlgate.Repeats{Runs: mlgate.RunsFixed, Steps: []string{"train"}, Seconds: []float64{1e308}}}, false},
		"a step's odd name":   {mlgate.Evidence{Repeats: &mlgate.Repeats{Runs: mlgate.RunsFixed, Steps: []string{"a\x1b"}, Seconds: []float64{1}}}, false},
	} {
		if got := repeatsFit(c.e); got != c.fits {
			t.Errorf("%s: fits is %v", name, got)
		}
	}
}
