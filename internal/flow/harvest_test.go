package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// What many files of one pattern leave out is said once where it is the same, and kept within limits.
func TestHarvest(t *testing.T) {
	t.Parallel()
	h := newHarvest()
	kept := 0
	for i := range 300 {
		file := fmt.Sprintf("r/%03d.json", i)
		got := mlgate.Reading{
			Metrics: []mlgate.Metric{{Name: file}},
			Dropped: []string{file + ": note is text", fmt.Sprintf("%s: own%d is a list", file, i)},
			LeftOut: []mlgate.LeftOut{{Name: "note"}, {Name: "own"}},
		}
		if err := h.take(source{Source: mlgate.Source{Path: file}, pattern: "r/*.json"}, &got); err != nil {
			t.Fatal(err)
		}
		kept += len(got.LeftOut)
	}
	said := h.sentences([]mlgate.Source{{Path: "a.json"}, {Path: "r/*.json"}, {Path: "r/*.json"}})
	if len(said) != 21 || said[0] != "r/000.json and 299 more that match r/*.json: note is text" || said[1] != "r/000.json: own0 is a list" || said[20] != "r/*.json: 281 more sentences on values left out" {
		t.Errorf("said %q", said)
	}
	if kept != mlgate.MaxLeftOut {
		t.Errorf("%d values are kept by name", kept)
	}
	plain := mlgate.Reading{Metrics: []mlgate.Metric{{Name: "r/007.json"}}, Dropped: []string{"x"}}
	if err := h.take(source{Source: mlgate.Source{Path: "b.json"}}, &plain); err == nil || !strings.HasSuffix(err.Error(), `stands in "r/007.json" and in "b.json": give one of them a prefix`) {
		t.Errorf("a name twice: %v", err)
	}
	plain.Metrics = nil
	if err := h.take(source{Source: mlgate.Source{Path: "b.json"}}, &plain); err != nil || !slices.Equal(plain.Dropped, []string{"x"}) {
		t.Errorf("what a file that is named left out became %q, %v", plain.Dropped, err)
	}
}
