package bundle_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/bundle"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Checks of a bundle are those that mlgate run writes: in order, each once, with a known end, no longer
// and no more than it keeps.
func TestHostileChecks(t *testing.T) {
	t.Parallel()
	var many []mlgate.Check
	for i := range mlgate.MaxChecks + 1 {
		many = append(many, mlgate.Check{Name: fmt.Sprintf("t/%06d", i), Status: mlgate.CheckPassed})
	}
	long := strings.Repeat("x", mlgate.MaxCheckText+1)
	for name, c := range map[string]struct {
		checks []mlgate.Check
		more   int
		taken  bool
	}{
		"none":               {nil, 0, true},
		"two":                {[]mlgate.Check{{Name: "t/a", Status: mlgate.CheckFailed}, {Name: "t/b", Status: mlgate.CheckPassed, Message: long[1:]}}, 0, true},
		"as many as kept":    {many[1:], 5, true},
		"one too many":       {many, 0, false},
		"more, and few":      {many[:3], 5, false},
		"fewer than nothing": {many[1:], -1, false},
		"twice":              {[]mlgate.Check{{Name: "t/a", Status: mlgate.CheckFailed}, {Name: "t/a", Status: mlgate.CheckPassed}}, 0, false},
		"not in order":       {[]mlgate.Check{{Name: "t/b", Status: mlgate.CheckPassed}, {Name: "t/a", Status: mlgate.CheckPassed}}, 0, false},
		"an end of its own":  {[]mlgate.Check{{Name: "t/a", Status: "passed"}}, 0, false},
		"no end":             {[]mlgate.Check{{Name: "t/a"}}, 0, false},
		"a long name":        {[]mlgate.Check{{Name: long, Status: mlgate.CheckPassed}}, 0, false},
		"a long message":     {[]mlgate.Check{{Name: "t/a", Status: mlgate.CheckPassed, Message: long}}, 0, false},
	} {
		b := sample(t)
		e := mlgate.Evidence{Format: 1, Model: b.Model, Recipe: b.Recipe, Commit: b.Commit, Tree: b.Tree, Steps: b.Steps, Checks: c.checks, ChecksMore: c.more}
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
