//go:build !linux

package executor

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxrssUnit is what getrusage counts in, in bytes.
const maxrssUnit = 1

func canSupervise() bool { return false }

func (Local) supervise(context.Context, mlgate.Task, io.Writer) (ending, error) {
	return ending{}, errors.ErrUnsupported
}

// Supervise is for Linux only.
func Supervise(context.Context, *os.File, *os.File) error { return errors.ErrUnsupported }

// Conceal is for Linux only: elsewhere it does nothing.
func Conceal() error { return nil }
