package executor

import (
	"context"
	"io"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Choice runs each step where it belongs.
type Choice struct {
	Here   Local
	Images *Containers
}

var _ mlgate.Executor = Choice{}

// Run runs a step that names an image in a container, and any other here.
func (c Choice) Run(ctx context.Context, t mlgate.Task, log io.Writer) (mlgate.StepRun, error) {
	if t.Container != nil {
		return c.Images.Run(ctx, t, log)
	}
	return c.Here.Run(ctx, t, log)
}
