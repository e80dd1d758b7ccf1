package main

import (
	"os"
	"strings"
	"testing"
)

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/truth.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The committed tables are what the program writes: small sizes here, all of them with `make simulate`.
func TestPageIsWhatTheProgramWrites(t *testing.T) {
	t.Parallel()
	text := page(t)
	small := sizes[:2]
	for row := range strings.Lines(answersTable(small) + levelTable(small, accuracies) + pairedTable(pairSizes[:1]) + unequalTable(sides[:1])) {
		if !strings.Contains(text, row) {
			t.Errorf("docs/truth.md does not have this row; run make simulate:\n%s", row)
		}
	}
}

// Where a bound just holds, and where it is just broken, a gate with confidence is wrong no more often than
// it says.
func TestLevelIsKept(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 50, 100} {
		for _, margin := range []float64{0, allowed, 0.05} {
			fails, passes := levels(n, margin, accuracies)
			for what, w := range map[string]worst{"fails": fails, "passes": passes} {
				if w.share > 1-confidence {
					t.Errorf("n %d, margin %v: %s %.4f at %v", n, margin, what, w.share, w.at)
				}
				if w.share < 0.03 {
					t.Errorf("n %d, margin %v: %s %.4f at %v only: is this the bound?", n, margin, what, w.share, w.at)
				}
			}
		}
	}
}

func TestPut(t *testing.T) {
	t.Parallel()
	got, err := put("a\n<!-- simulate: x -->\nold\n<!-- end of x -->\nb", "x", "new\n")
	if want := "a\n<!-- simulate: x -->\nnew\n<!-- end of x -->\nb"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := put("a", "x", "new"); err == nil {
		t.Error("no place, and no error")
	}
}
