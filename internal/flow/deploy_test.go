package flow

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// silent is a forge that never answers.
type silent struct{ mlgate.Deployments }

func (silent) Deploy(ctx context.Context, _ mlgate.Deployment) (mlgate.Deployment, error) {
	<-ctx.Done()
	return mlgate.Deployment{}, context.Cause(ctx)
}

// A move that is written down is taken for a crash after a while: a forge that takes long must not use that
// up, and is no reason not to move.
func TestAnnounceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := Desk{Notes: io.Discard, Showcase: Showcase{Deployments: silent{}, Anew: true}}
		begin := time.Now()
		if err := d.announce(t.Context(), mlgate.Move{Stage: "staging", Version: "v1.0.0"}); err != nil {
			t.Errorf("a forge that does not answer stops the move: %v", err)
		}
		if took := time.Since(begin); took > patience/2 {
			t.Errorf("it took %v of the %v that others wait", took, patience)
		}
	})
}
