// Package comment keeps one comment per key on a pull request: finds it, updates it, leaves it alone
// when it says the same, and never lets an older run overwrite a newer one.
//
// It never writes what the comment says.
package comment

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// Result is what was done.
type Result string

// The results.
const (
	Created   Result = "created"
	Updated   Result = "updated"
	Unchanged Result = "unchanged"
	Older     Result = "left alone: a newer run wrote it"
)

// Stamp says which run writes.
type Stamp struct {
	Run     string // the CI system's number, growing from run to run
	Attempt int
	At      time.Time
}

// marker is the hidden first line by which our comment is known. Anybody can write it: the author is
// compared too.
var marker = pattern.Lazy(`^<!-- mlgate key=([a-z0-9-]{1,64}) run=([0-9]{0,20})\.([0-9]{1,6}) -->\n`)

func mark(key string, s Stamp) string {
	run := s.Run
	if _, err := strconv.ParseUint(run, 10, 64); err != nil {
		run = ""
	}
	return fmt.Sprintf("<!-- mlgate key=%s run=%s.%d -->\n", key, run, max(0, s.Attempt))
}

// parse reads our own marker off a body.
func parse(body string) (key string, s Stamp, rest string, ok bool) {
	body = strings.ReplaceAll(body, "\r\n", "\n")
	m := marker().FindStringSubmatch(body)
	if m == nil {
		return "", Stamp{}, "", false
	}
	attempt, _ := strconv.Atoi(m[3]) // at most six digits
	return m[1], Stamp{Run: m[2], Attempt: attempt}, body[len(m[0]):], true
}

// passing are the parts of a report that differ from run to run when nothing else does: when it was
// made, how old the baseline is by now, the link to the run.
var passing = pattern.Lazy(` · 20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC| · \[run\]\([^)\s]*\)|just made|[0-9]+ (minute|hour|day)s? old`)

// lasting is what a report says apart from those.
func lasting(body string) string {
	return strings.TrimSpace(passing().ReplaceAllString(body, ""))
}

// newer reports whether a was written by a later run than b.
func newer(a, b Stamp) bool {
	x, errX := strconv.ParseUint(a.Run, 10, 64)
	y, errY := strconv.ParseUint(b.Run, 10, 64)
	if errX != nil || errY != nil {
		return false
	}
	if x != y {
		return x > y
	}
	return a.Attempt > b.Attempt
}

// Post makes the comment with this key say body. The newest of several of ours is used. A comment
// that is deleted while we update it is made again.
func Post(ctx context.Context, c mlgate.Comments, number int, key, body string, stamp Stamp) (Result, error) {
	self, err := c.Self(ctx)
	if err != nil {
		return "", fmt.Errorf("asking who comments: %w", err)
	}
	all, err := c.List(ctx, number)
	if err != nil {
		return "", fmt.Errorf("reading the comments of #%d: %w", number, err)
	}
	var ours *mlgate.Comment
	for i, k := range all {
		if got, _, _, ok := parse(k.Body); ok && got == key && k.Author == self {
			ours = &all[i]
		}
	}
	full := mark(key, stamp) + body
	if ours == nil {
		return Created, create(ctx, c, number, full)
	}
	_, at, said, _ := parse(ours.Body)
	switch {
	case newer(at, stamp):
		return Older, nil
	case lasting(said) == lasting(body):
		return Unchanged, nil
	}
	err = c.Update(ctx, ours.ID, full)
	if errors.Is(err, mlgate.ErrNotFound) {
		return Created, create(ctx, c, number, full)
	}
	if err != nil {
		return "", fmt.Errorf("updating the comment of #%d: %w", number, err)
	}
	return Updated, nil
}

func create(ctx context.Context, c mlgate.Comments, number int, body string) error {
	if err := c.Create(ctx, number, body); err != nil {
		return fmt.Errorf("commenting on #%d: %w", number, err)
	}
	return nil
}
