package flow

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// A run takes as many numbers of all its files together as the judge takes of a bundle, and says so itself.
func TestBeyond(t *testing.T) {
	t.Parallel()
	full := &mlgate.Evidence{Metrics: make([]mlgate.Metric, mlgate.MaxMetrics-1)}
	if why := beyond(full, mlgate.Reading{Metrics: make([]mlgate.Metric, 1)}); why != "" {
		t.Errorf("as many as may be: %s", why)
	}
	if why := beyond(full, mlgate.Reading{Metrics: make([]mlgate.Metric, 2)}); !strings.Contains(why, "there are 100001 numbers, and one judgment takes 100000") {
		t.Errorf("one too many: %q", why)
	}
}
