package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/comment"
	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// pulse is how often people on the forge are told what runs: a write each.
const pulse = time.Minute

// follow makes a runner tell the forge what runs, once every pulse, until finish.
func (m *marker) follow(ctx context.Context, r *flow.Runner) {
	if m == nil || m.board == nil || m.trouble {
		return
	}
	log := r.StepLog
	r.StepLog = func(step string) io.WriteCloser {
		m.step(step, m.app.Now())
		return both{log(step), closing(func() { m.step(step, time.Time{}) })}
	}
	m.stop()
	ctx, cancel := context.WithCancel(ctx)
	ticker := time.NewTicker(pulse)
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.pulse(ctx, ticker.C)
	}()
	m.stop = func() {
		cancel()
		ticker.Stop()
		<-done
		m.stop = func() {}
	}
}

// working begins the line on top of a comment while steps run.
const working = "⏳"

// noted are the comments that such a line may stand on.
type noted struct {
	Number int          `json:"number,omitempty"` // of the pull request
	Run    mlgate.CIRun `json:"run,omitzero"`
	Keys   []string     `json:"keys,omitempty"`
}

// closing does something when it is closed.
type closing func()

func (c closing) Close() error {
	c()
	return nil
}

// step notes that a step runs since a moment; zero: no more.
func (m *marker) step(name string, since time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if since.IsZero() {
		delete(m.running, name)
		return
	}
	m.running[name] = since
}

// pulse tells, at every tick, what runs; it ends with ctx, or when the forge does not want to hear it.
func (m *marker) pulse(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		model, line := m.now()
		if line == "" {
			continue
		}
		told, err := m.board.Progress(ctx, model, line)
		if err == nil && !told {
			told, err = m.say(ctx, model, line)
		}
		if err != nil && ctx.Err() == nil {
			m.note(fmt.Errorf("telling how far the steps are: %w", err))
		}
		if err != nil || !told {
			return
		}
	}
}

// now says what runs: "train: 3 min".
func (m *marker) now() (model, line string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.running {
		names = append(names, name)
	}
	slices.Sort(names)
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s: %d min", inert.Line(inert.Clip(name, 60)), int(m.app.Now().Sub(m.running[name]).Minutes())))
	}
	return m.model, inert.Clip(strings.Join(parts, ", "), 200)
}

// onTop lets progress stand on top of a model's comment, where no check run can say it. Only a comment
// that is kept up to date has a top to stand on: others are the reports of earlier pushes.
func (m *marker) onTop(c mlgate.Change, model, how string, split bool) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.comment = nil
	hub, err := m.app.github(c.Repo)
	if err != nil || hub == nil || c.Event != mlgate.PullRequest || c.Number == 0 || (how != comment.Update && how != comment.OnChange) {
		return
	}
	if m.board == nil || m.board.Has(model) {
		return
	}
	key := reportKey
	if split {
		key = modelKey(model)
	}
	if !slices.Contains(m.noted.Keys, key) {
		m.noted = noted{Number: c.Number, Run: c.Run, Keys: append(m.noted.Keys, key)}
	}
	m.app.keepOpen(m.board, m.noted)
	m.comment = func(ctx context.Context, line string) error {
		thread, err := comment.Open(ctx, hub, hub, c.Number)
		if err == nil {
			_, err = thread.Note(ctx, key, line, m.app.stamp(c), how == comment.Update)
		}
		return err
	}
}

// say tells it on top of the comment, where no check run can.
func (m *marker) say(ctx context.Context, model, line string) (bool, error) {
	m.mu.Lock()
	tell := m.comment
	m.mu.Unlock()
	if tell == nil {
		return false, nil
	}
	err := tell(ctx, fmt.Sprintf(working+" %s: %s", inert.Markdown(model), inert.Markdown(line)))
	return err == nil, err
}
