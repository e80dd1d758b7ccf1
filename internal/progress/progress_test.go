package progress_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/progress"
)

// screen is a terminal that knows the sequences that the board uses.
type screen struct {
	mu    sync.Mutex
	lines []string
	drawn chan struct{} // one for each time that lines were wrapped off: a drawing
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := string(p)
	var up int
	if n, _ := fmt.Sscanf(text, "\x1b[%dA\x1b[J", &up); n == 1 {
		s.lines = s.lines[:len(s.lines)-up]
		_, text, _ = strings.Cut(text, "\x1b[J")
	}
	drawing := strings.HasPrefix(text, "\x1b[?7l")
	text = strings.NewReplacer("\x1b[?7l", "", "\x1b[?7h", "").Replace(text)
	for line := range strings.Lines(text) {
		s.lines = append(s.lines, strings.TrimSuffix(line, "\n"))
	}
	if drawing && s.drawn != nil {
		s.drawn <- struct{}{}
	}
	return len(p), nil
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

func TestBoard(t *testing.T) {
	t.Parallel()
	s := &screen{drawn: make(chan struct{}, 1)}
	ticks := make(chan time.Time)
	var mu sync.Mutex
	now := time.Unix(0, 0)
	board := progress.New(s, s, func() time.Time { mu.Lock(); defer mu.Unlock(); return now }, ticks)
	tick := func(d time.Duration) {
		mu.Lock()
		now = now.Add(d)
		mu.Unlock()
		ticks <- now
		<-s.drawn
	}
	expect := func(want ...string) {
		t.Helper()
		if got := s.String(); got != strings.Join(want, "\n") {
			t.Errorf("the terminal shows\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	}
	fmt.Fprintln(board, "starting")
	train, test := board.Step("train"), board.Step("test")
	tick(3 * time.Second)
	expect("starting", "train 3 s  ", "test 3 s  ")
	_, _ = io.WriteString(train, "train | epoch 1\n")
	tick(time.Second)
	expect("starting", "train | epoch 1", "train 4 s  epoch 1", "test 4 s  ")
	_ = train.Close()
	fmt.Fprintln(board, "train: done")
	tick(time.Second)
	expect("starting", "train | epoch 1", "train: done", "test 5 s  ")
	_ = test.Close()
	_ = board.Close()
	expect("starting", "train | epoch 1", "train: done")
}

// Several steps at once: every line arrives whole, and nothing of the board is left.
func TestBoardManyAtOnce(t *testing.T) {
	t.Parallel()
	s := &screen{}
	ticks := make(chan time.Time)
	board := progress.New(s, s, time.Now, ticks)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			row := board.Step(fmt.Sprint("s", i))
			for range 50 {
				_, _ = io.WriteString(row, "line\n")
				ticks <- time.Time{}
			}
			_ = row.Close()
		})
	}
	all.Wait()
	_ = board.Close()
	if got := s.String(); got != strings.TrimSuffix(strings.Repeat("line\n", 200), "\n") {
		t.Errorf("got %d lines: %.200q", bytes.Count([]byte(got), []byte("\n"))+1, got)
	}
}
