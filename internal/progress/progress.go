// Package progress shows on a terminal what runs right now: a line for each step with its time and
// its newest output, below everything else, rewritten in place and gone at the end.
//
// It neutralises nothing: whoever writes to it has done so.
package progress

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Board is the lines at the bottom of one terminal. Its writers may be used by several goroutines.
type Board struct {
	log   io.Writer // whole lines for good, above the board
	term  io.Writer // the same terminal, taking control sequences
	now   func() time.Time
	done  chan struct{}
	ended sync.WaitGroup

	mu    sync.Mutex
	steps []*step
	drawn int // lines on the terminal
}

type step struct {
	name  string
	begin time.Time
	last  string
}

// New draws the board on term at every tick, until Close.
func New(log, term io.Writer, now func() time.Time, ticks <-chan time.Time) *Board {
	b := &Board{log: log, term: term, now: now, done: make(chan struct{})}
	b.ended.Go(func() {
		for {
			select {
			case <-ticks:
				b.mu.Lock()
				b.draw()
				b.mu.Unlock()
			case <-b.done:
				return
			}
		}
	})
	return b
}

// Write passes whole lines on, above the board.
func (b *Board) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	return b.log.Write(p)
}

// Step adds a line, until its Close. What is written to it are whole lines; they are passed on.
func (b *Board) Step(name string) io.WriteCloser {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &step{name: name, begin: b.now()}
	b.steps = append(b.steps, s)
	return row{b, s}
}

type row struct {
	board *Board
	step  *step
}

func (r row) Write(p []byte) (int, error) {
	lines := bytes.Split(bytes.TrimRight(p, "\n"), []byte("\n"))
	r.board.mu.Lock()
	r.step.last = strings.TrimPrefix(string(lines[len(lines)-1]), r.step.name+" | ")
	r.board.mu.Unlock()
	return r.board.Write(p)
}

func (r row) Close() error {
	b := r.board
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	kept := b.steps[:0]
	for _, s := range b.steps {
		if s != r.step {
			kept = append(kept, s)
		}
	}
	b.steps = kept
	return nil
}

// Close takes the board off the terminal.
func (b *Board) Close() error {
	close(b.done)
	b.ended.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	return nil
}

// clear removes the lines drawn last; the cursor stands below them.
func (b *Board) clear() {
	if b.drawn > 0 {
		fmt.Fprintf(b.term, "\x1b[%dA\x1b[J", b.drawn)
		b.drawn = 0
	}
}

// draw writes all lines in one piece. A line too long for the terminal is cut by the terminal: it
// knows how wide its characters are.
func (b *Board) draw() {
	var out strings.Builder
	if b.drawn > 0 {
		fmt.Fprintf(&out, "\x1b[%dA\x1b[J", b.drawn)
	}
	out.WriteString("\x1b[?7l")
	for _, s := range b.steps {
		fmt.Fprintf(&out, "%s %d s  %s\n", s.name, int(b.now().Sub(s.begin).Seconds()), s.last)
	}
	out.WriteString("\x1b[?7h")
	if b.drawn = len(b.steps); b.drawn > 0 || out.Len() > len("\x1b[?7l\x1b[?7h") {
		_, _ = io.WriteString(b.term, out.String()) // a terminal that is gone stops nothing
	}
}
