// Package comment keeps what mlgate says on a pull request: finds its comments, updates, replaces or
// folds them away, leaves them alone when they say the same, and never lets an older run overwrite a
// newer one.
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
	Silent    Result = "not made: there is nothing to say"
)

// The behaviours: what `report.comment` of mlops.yaml may be.
const (
	Update       = "update"
	New          = "new"
	HideAndNew   = "hide-and-new"
	DeleteAndNew = "delete-and-new"
	OnChange     = "on-change"
	None         = "none"
)

// Behaviours are all of them.
var Behaviours = []string{Update, New, HideAndNew, DeleteAndNew, OnChange, None}

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

// Lasting is what a report says apart from what differs from run to run when nothing else does.
func Lasting(body string) string {
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

// Post makes the comment with this key say body: Say with Update, for a text that is short.
func Post(ctx context.Context, c mlgate.Comments, number int, key, body string, stamp Stamp) (Result, error) {
	t, err := Open(ctx, c, nil, number)
	if err != nil {
		return "", err
	}
	return t.Say(ctx, Saying{Key: key, How: Update, Stamp: stamp, Body: func(int) string { return body }})
}

// Thread is one pull request's comments of ours, as they were when it was opened.
type Thread struct {
	c      mlgate.Comments
	tidier mlgate.CommentTidier
	number int
	self   string
	ours   []ours // oldest first
}

// ours is a comment of ours, taken apart.
type ours struct {
	id        int64
	node, key string
	stamp     Stamp
	body      string
}

// Open reads the thread. Without a tidier nothing is deleted or folded away.
func Open(ctx context.Context, c mlgate.Comments, tidier mlgate.CommentTidier, number int) (*Thread, error) {
	self, err := c.Self(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking who comments: %w", err)
	}
	t := &Thread{c: c, tidier: tidier, number: number, self: self}
	return t, t.read(ctx)
}

func (t *Thread) read(ctx context.Context) error {
	all, err := t.c.List(ctx, t.number)
	if err != nil {
		return fmt.Errorf("reading the comments of #%d: %w", t.number, err)
	}
	t.ours = nil
	for _, k := range all {
		if key, stamp, body, ok := parse(k.Body); ok && k.Author == t.self {
			t.ours = append(t.ours, ours{k.ID, k.Node, key, stamp, body})
		}
	}
	return nil
}

// of are those with a key.
func (t *Thread) of(key string) []ours {
	var out []ours
	for _, o := range t.ours {
		if o.key == key {
			out = append(out, o)
		}
	}
	return out
}

// newest is the one that the latest run wrote; of the same run the one that was made last.
func newest(all []ours) ours {
	last := all[0]
	for _, o := range all[1:] {
		if !newer(last.stamp, o.stamp) {
			last = o
		}
	}
	return last
}

// sizes are tried in turn, in UTF-16 code units, when the forge says that a text is too long. The first
// is GitHub's limit less the marker and a note.
var sizes = []int{65536 - 1024, 30000, 10000, 3000}

// fitting writes the longest text that is taken.
func fitting(write func(limit int) error) error {
	var err error
	for _, limit := range sizes {
		if err = write(limit); !errors.Is(err, mlgate.ErrTooLong) {
			return err
		}
	}
	return err
}
