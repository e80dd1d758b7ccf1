package stamp_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/stamp"
)

func TestSeries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ older, newer, key string }{
		{"results/m/results_2026-11-28T09-59-59.999999.json", "results/m/results_2026-11-29T00-00-00.000001.json", "results/m/results_*.json"},
		{"logs/fit/20261128-235959/train", "logs/fit/20261129-000000/train", "logs/fit/*/train"},
		{"lightning_logs/version_9/metrics.csv", "lightning_logs/version_10/metrics.csv", "lightning_logs/version_*/metrics.csv"},
		{"out/checkpoint-500/trainer_state.json", "out/checkpoint-1500/trainer_state.json", "out/checkpoint-*/trainer_state.json"},
		{"v/suite/__none__/20261128T101010.123456Z/a.json", "v/suite/__none__/20261128T101011.000000Z/a.json", "v/suite/__none__/*/a.json"},
		{"wandb/offline-run-20261128_101010-abc/x", "wandb/offline-run-20261128_101110-abc/x", "wandb/offline-run-*-abc/x"},
	} {
		old, before := stamp.Series(c.older)
		now, after := stamp.Series(c.newer)
		if old != c.key || now != c.key || before >= after {
			t.Errorf("%s, %s: %q %q %q %q", c.older, c.newer, old, before, now, after)
		}
	}
	for _, plain := range []string{"metrics.json", "fold_1/metrics.json", "a/20261128.json", "version_x/m.json", "my_version_1/m.json", "1234567890/m.json"} {
		if key, _ := stamp.Series(plain); key != "" || stamp.Is(plain) {
			t.Errorf("%s: %q", plain, key)
		}
	}
	if !stamp.Is("Nov29_11-33-12_vm") || stamp.Is("Nov29") {
		t.Error("the names that PyTorch gives")
	}
}

func TestLatest(t *testing.T) {
	t.Parallel()
	names := []string{"a/version_10/m.csv", "a/version_9/m.csv", "b/version_2/m.csv", "plain.csv", "r/results_2026-11-09T00-00-00.json", "r/results_2026-11-10T00-00-00.json"}
	got := strings.Join(stamp.Latest(names), " ")
	if want := "a/version_10/m.csv b/version_2/m.csv plain.csv r/results_2026-11-10T00-00-00.json"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What cannot be a time would be later than all that are, for ever.
func TestNoTime(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"results_9999-99-99T99-99-99.json", "20261301-000000", "20260230-000000", "results_2026-11-29T24-00-00.json", "results_2026-11-29T11-60-00.json"} {
		if key, order := stamp.Series(name); key != "" {
			t.Errorf("%s is of the series %s, at %s", name, key, order)
		}
	}
}
