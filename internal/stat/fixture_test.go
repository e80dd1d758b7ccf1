package stat

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// cases reads what other tools answered (test/stat/make.py): what is kept of it, or what `make afresh` just
// asked them.
func cases[T any](t *testing.T, name string) []T {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(cmp.Or(os.Getenv("MLGATE_STAT_CASES"), "testdata"), name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Cases []T }
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) < 100 {
		t.Fatalf("%s: %d cases, want at least 100", name, len(f.Cases))
	}
	return f.Cases
}

// near fails unless got is want to 1e-9, relative, or absolute below one.
func near(t *testing.T, c any, what string, got, want float64) {
	t.Helper()
	nearer(t, c, what, got, want, 1e-9)
}

func nearer(t *testing.T, c any, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s: got %v, want %v (off by %.2g), case %+v", what, got, want, got-want, c)
	}
}

func nearEnds(t *testing.T, c any, what string, got Interval, want []float64) {
	t.Helper()
	if len(want) == 2 {
		near(t, c, what+" low", got.Low, want[0])
		near(t, c, what+" high", got.High, want[1])
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
