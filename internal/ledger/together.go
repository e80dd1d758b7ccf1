package ledger

import (
	"context"
	"fmt"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Together joins writes into one push.
func (l gitLedger) Together(writes ...mlgate.Write) mlgate.Write {
	all := l.repo.NewPush()
	for _, w := range writes {
		p, ok := w.(*git.Push)
		if !ok {
			return broken{fmt.Errorf("joining writes: %T is none of this ledger", w)}
		}
		if err := all.Join(p); err != nil {
			return broken{err}
		}
	}
	return all
}

// broken is a write that cannot be made.
type broken struct{ err error }

func (b broken) Commit(context.Context) error { return b.err }
