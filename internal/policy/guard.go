package policy

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"
)

// heapObjects is what lives on the heap together with garbage that is not swept yet, in bytes.
const heapObjects = "/memory/classes/heap/objects:bytes"

// look is how often the heap is looked at: a rule makes some 100 MB in that time at the most.
const look = 20 * time.Millisecond

// guard ends the context when the heap of this process grows by more than limit bytes that are in use.
// Rego has no such limit of its own; between two expressions it asks whether its context ended. Stop
// ends the watch and returns when it has ended.
func guard(ctx context.Context, limit uint64) (limited context.Context, stop func()) {
	limited, cancel := context.WithCancelCause(ctx)
	done, ended := make(chan struct{}), make(chan struct{})
	before := heap()
	go func() {
		defer close(ended)
		tick := time.NewTicker(look)
		defer tick.Stop()
		next := before + limit
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			now := heap()
			if now <= next {
				continue
			}
			runtime.GC() // garbage is not what a rule holds on to
			if now = heap(); now > before+limit {
				cancel(fmt.Errorf("%w: more than %d MiB", errTooMuch, limit>>20))
				return
			}
			next = now + limit // collecting at every look would cost more than the policy
		}
	}()
	return limited, func() {
		close(done)
		<-ended
		cancel(nil)
	}
}

func heap() uint64 {
	s := []metrics.Sample{{Name: heapObjects}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
