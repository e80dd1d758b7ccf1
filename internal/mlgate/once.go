package mlgate

import (
	"context"
	"errors"
	"fmt"
)

// ErrUnsure: a write was sent and its answer was lost (a cut connection, a gateway in trouble). It
// may have taken effect.
var ErrUnsure = errors.New("the answer was lost: it may have taken effect")

// maxOnce is how often Once writes.
const maxOnce = 3

// Once makes a write that must not be made twice: a comment, a tag, a deployment. When do's answer
// was lost (ErrUnsure) it never simply repeats: look is asked first whether the write took effect,
// and gives what do would have given. Only when look is sure that it did not, do is called again. An
// error of look is returned together with do's: then nobody knows.
//
// do need not wait between tries: an adapter that answers ErrUnsure has waited.
func Once[T any](ctx context.Context, look func(context.Context) (T, bool, error), do func(context.Context) (T, error)) (T, error) {
	var none T
	for try := 1; ; try++ {
		made, err := do(ctx)
		if err == nil || !errors.Is(err, ErrUnsure) || ctx.Err() != nil {
			return made, err
		}
		found, there, lookErr := look(ctx)
		switch {
		case lookErr != nil:
			return none, errors.Join(err, fmt.Errorf("looking whether it took effect: %w", lookErr))
		case there:
			return found, nil
		case try == maxOnce:
			return none, err
		}
	}
}
