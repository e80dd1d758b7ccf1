package docker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Copy takes the two streams of a container apart and writes both to w, in the order in which they come.
// A frame is a byte for the stream (0 to 2), three zeros, and the length of what follows in four bytes,
// the highest first. A stream that ends inside a frame is io.ErrUnexpectedEOF.
func Copy(w io.Writer, r io.Reader) error {
	var head [8]byte
	for {
		if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading the container's output: %w", err)
		}
		if head[0] > 2 || head[1] != 0 || head[2] != 0 || head[3] != 0 {
			return fmt.Errorf("reading the container's output: %x is no frame of Docker's", head)
		}
		n := int64(binary.BigEndian.Uint32(head[4:]))
		if _, err := io.CopyN(w, r, n); errors.Is(err, io.EOF) {
			return fmt.Errorf("reading the container's output: %w", io.ErrUnexpectedEOF)
		} else if err != nil {
			return fmt.Errorf("reading the container's output: %w", err)
		}
	}
}

// watch gives up a stream that is silent for too long.
type watch struct {
	timer *time.Timer
	limit time.Duration
}

func newWatch(limit time.Duration, cancel context.CancelCauseFunc) watch {
	return watch{time.AfterFunc(limit, func() { cancel(errSilent) }), limit}
}

func (w watch) reset() { w.timer.Reset(w.limit) }
func (w watch) stop()  { w.timer.Stop() }
