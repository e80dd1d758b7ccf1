package executor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mlgate/mlgate/internal/wire/docker"
)

// watched is a started container.
type watched struct {
	engine *docker.Client
	name   string
}

type exit struct {
	code int
	err  error
}

// toTheEnd copies a container's output until it has ended; when ctx ends before, or the output breaks off,
// it is ended: SIGTERM, and after grace SIGKILL, which takes all that it started along.
func (w watched) toTheEnd(ctx context.Context, output io.ReadCloser, log io.Writer) (contained, error) {
	safe, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	whole, broken := context.WithCancel(ctx)
	defer broken()
	waited, copied := make(chan exit, 1), make(chan error, 1)
	go func() {
		code, err := w.engine.Wait(safe, w.name)
		waited <- exit{code, err}
	}()
	go func() {
		err := docker.Copy(log, output)
		if copied <- err; err != nil {
			broken() // what nobody reads stands still
		}
	}()
	var got exit
	select {
	case got = <-waited:
	case <-whole.Done():
		got.err = w.end(safe, waited)
	}
	if got.err != nil {
		return contained{}, got.err
	}
	if err := w.drain(output, copied); err != nil || ctx.Err() != nil {
		return contained{}, ended(ctx, err)
	}
	return w.result(safe, got.code)
}

// end ends the container.
func (w watched) end(ctx context.Context, waited <-chan exit) error {
	ctx, cancel := context.WithTimeout(ctx, grace+settle)
	defer cancel()
	var errs []error
	for _, s := range []struct {
		signal string
		limit  time.Duration
	}{{"SIGTERM", grace}, {"SIGKILL", settle}} {
		err := w.engine.Kill(ctx, w.name, s.signal)
		if errs = append(errs, err); err != nil {
			continue
		}
		select {
		case got := <-waited:
			return got.err
		case <-time.After(s.limit):
		}
	}
	return errors.Join(append(errs, fmt.Errorf("ending the container %s: it did not end", w.name))...)
}

// drain waits for the last of the output: it follows a container's end at once.
func (w watched) drain(output io.Closer, copied <-chan error) error {
	select {
	case err := <-copied:
		return err
	case <-time.After(settle):
		_ = output.Close()
		return errors.New("reading the container's output: it goes on after the container's end")
	}
}

func (w watched) result(ctx context.Context, code int) (contained, error) {
	if code == 0 {
		return contained{}, nil
	}
	looked, err := w.engine.Inspect(ctx, w.name)
	return contained{code, looked.OOM && code == 137}, err
}
