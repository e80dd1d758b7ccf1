package bundle_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/bundle"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// A change that states what no test can work with would be asked nothing: a bundle with it is refused.
func TestImpossibleCertainty(t *testing.T) {
	t.Parallel()
	number := func(x float64) *mlgate.Number { n := mlgate.Number(x); return &n }
	count := func(n int64) *int64 { return &n }
	for name, c := range map[string]struct {
		metric mlgate.Metric
		taken  bool
	}{
		"nothing":                           {mlgate.Metric{}, true},
		"a number that is none, well known": {mlgate.Metric{Value: mlgate.Number(math.NaN()), N: 10, Stderr: number(0)}, true},
		"hits":                              {mlgate.Metric{Value: 0.75, N: 4, Hits: count(3)}, true},
		"an error of NaN":                   {mlgate.Metric{Stderr: number(math.NaN())}, false},
		"an endless error":                  {mlgate.Metric{Stderr: number(math.Inf(1))}, false},
		"an error below 0":                  {mlgate.Metric{Stderr: number(-1)}, false},
		"examples below 0":                  {mlgate.Metric{N: -1}, false},
		"too many examples":                 {mlgate.Metric{N: 1<<53 + 1}, false},
		"more hits than n":                  {mlgate.Metric{Value: 1.25, N: 4, Hits: count(5)}, false},
		"a file":                            {mlgate.Metric{File: "build/metrics.json"}, true},
		"a file above":                      {mlgate.Metric{File: "../metrics.json"}, false},
		"a file anywhere":                   {mlgate.Metric{File: "/etc/passwd"}, false},
		"a file's long name":                {mlgate.Metric{File: strings.Repeat("x", 1<<20)}, false},
		"hits that disagree":                {mlgate.Metric{Value: 0.5, N: 4, Hits: count(3)}, false},
	} {
		b := sample(t)
		c.metric.Name = "a"
		e := mlgate.Evidence{Format: 1, Model: b.Model, Recipe: b.Recipe, Commit: b.Commit, Tree: b.Tree, Steps: b.Steps, Metrics: []mlgate.Metric{c.metric}}
		s, err := mlgate.Seal(mlgate.KindEvidence, e, mlgate.Envelope{Key: string(b.Recipe)})
		if err != nil {
			t.Fatal(err)
		}
		b.Evidence = &s
		if _, err := bundle.Unpack(bytes.NewReader(pack(t, b))); (err == nil) != c.taken {
			t.Errorf("%s: %v", name, err)
		}
	}
}
