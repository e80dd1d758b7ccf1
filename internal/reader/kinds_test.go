package reader_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// A source's limit is its format's; where no name says a format, any may be meant.
func TestLimit(t *testing.T) {
	t.Parallel()
	for _, src := range []mlgate.Source{{Path: "m.json"}, {Path: "x", Kind: "csv"}, {Path: "m.yml"}} {
		if got := (reader.Files{}).Limit(src); got != 16<<20 {
			t.Errorf("%v: %d", src, got)
		}
		_, err := reader.Files{}.Metrics(src, []byte(strings.Repeat(" ", 16<<20+1)))
		if err == nil || !strings.Contains(err.Error(), "at most 16777216 are read") {
			t.Errorf("%v: %v", src, err)
		}
	}
	for _, kind := range reader.Kinds() {
		if got := (reader.Files{}).Limit(mlgate.Source{Kind: kind}); got < 16<<20 || got > 256<<20 {
			t.Errorf("of %s %d bytes would be read", kind, got)
		}
	}
	if got := (reader.Files{}).Limit(mlgate.Source{Path: "unknown"}); got < 16<<20 {
		t.Errorf("of no format: %d", got)
	}
}
