package reader_test

import (
	"fmt"
	"strings"
	"testing"
)

// What is hostile by its many columns, or by long keys around many values, takes no longer to read than its
// size says: each of these took hours.
func TestReadingEnds(t *testing.T) {
	t.Parallel()
	var header, prompts, texts strings.Builder
	for i := range 1_500_000 {
		fmt.Fprintf(&header, "%d,", i)
	}
	for i := range 150_000 {
		fmt.Fprintf(&prompts, `{"provider":"%d"},`, i)
	}
	for i := range 400_000 {
		fmt.Fprintf(&texts, `"%d":"",`, i)
	}
	long := `{"` + strings.Repeat("k", 6<<20) + `":`
	for _, c := range []struct{ kind, text, why string }{
		{"ragas", header.String() + "z\n", "no row"},
		{"promptfoo", `{"results":{"version":3,"results":[{"success":true}],"prompts":[` + prompts.String() + `{}]}}`, ""},
		{"gx", long + "[" + strings.Repeat("1,", 400_000) + "1]}", "no result of Great Expectations"},
		{"json", long + "{" + texts.String() + `"z":""}}`, "holds no number"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			got, err := read(c.kind, c.text)
			if c.why == "" && (err != nil || len(got.Metrics) == 0) || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
				t.Errorf("%d metrics, %.200v; want %q", len(got.Metrics), err, c.why)
			}
		})
	}
}
