// Package mlgate holds the words of the field as types, and the ports through which the stories in
// flow reach the outside world. Every type here crosses at least two packages.
//
// It never does I/O, never judges, and imports the standard library only.
package mlgate

import (
	"errors"
	"fmt"
)

// ConfigName is the file that describes a model.
const ConfigName = "mlops.yaml"

// What an adapter says when the outside world said no. Callers test with errors.Is; the wrapped
// text tells what was being done and on what.
var (
	// ErrNotFound: the thing asked for does not exist (404, no such ref, no such record).
	ErrNotFound = errors.New("not found")
	// ErrConflict: somebody else wrote first; read again, decide again.
	ErrConflict = errors.New("changed by somebody else meanwhile")
	// ErrForbidden: the credentials do not reach (401, 403, a hook or a protected ref refused).
	ErrForbidden = errors.New("not allowed")
	// ErrNoNumber: a Reader understood the file and found no number in it.
	ErrNoNumber = errors.New("it holds no number")
	// ErrTooLarge: there is more of it than is read into memory.
	ErrTooLarge = errors.New("too large")
)

// Mistake is an error that its user can mend: a wrong configuration, a wrong flag, a dirty input.
// Everything else that goes wrong is "could not find out". Fix says what to do; it may be empty.
type Mistake struct {
	Err error
	Fix string
}

func (m *Mistake) Error() string {
	if m.Fix == "" {
		return m.Err.Error()
	}
	return m.Err.Error() + "\n  " + m.Fix
}

func (m *Mistake) Unwrap() error { return m.Err }

// Waiting is an error for "not yet": the bundle is absent or of another recipe, the merge
// conflicts, a stage is held and was asked for by hand.
type Waiting struct{ Reason string }

func (w *Waiting) Error() string { return w.Reason }

// Counted says how many there are of something: "1 file", "2 files".
func Counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
