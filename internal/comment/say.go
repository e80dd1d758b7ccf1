package comment

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// Saying is what one comment is to say.
type Saying struct {
	Key   string
	How   string // a behaviour; None says nothing
	Stamp Stamp
	Body  func(limit int) string // at most so many UTF-16 code units
	Quiet bool                   // no reason for a first comment, where there is one only on a change
}

// key of the comments that stand one below the other is another than that of the one kept up to date,
// so that changing the behaviour takes nothing away.
func (s Saying) key() string {
	switch s.How {
	case New, HideAndNew, DeleteAndNew:
		return s.Key + "-each"
	}
	return s.Key
}

// Say says it, in the way asked for. A text that is too long is said shorter. A comment that is deleted
// while we update it is made again.
func (t *Thread) Say(ctx context.Context, s Saying) (Result, error) {
	if s.How == None {
		return Silent, nil
	}
	before := t.of(s.key())
	if len(before) > 0 {
		switch last := newest(before); {
		case newer(last.stamp, s.Stamp):
			return Older, nil
		case Lasting(last.body) == Lasting(s.Body(sizes[0])):
			if s.How == HideAndNew { // asking which are folded away costs a request
				return Unchanged, nil
			}
			return Unchanged, t.tidy(ctx, s, before, last)
		}
	}
	if s.key() == s.Key && len(before) > 0 {
		return t.update(ctx, s, before)
	}
	if len(before) == 0 && s.How == OnChange && s.Quiet {
		return Silent, nil
	}
	return t.create(ctx, s)
}

func (t *Thread) update(ctx context.Context, s Saying, before []ours) (Result, error) {
	last := newest(before)
	if late, err := t.late(ctx, last.id, s.Stamp); late || errors.Is(err, mlgate.ErrNotFound) {
		if late {
			return Older, nil
		}
		return t.create(ctx, s)
	}
	err := fitting(func(limit int) error { return t.c.Update(ctx, last.id, mark(s.key(), s.Stamp)+s.Body(limit)) })
	if errors.Is(err, mlgate.ErrNotFound) {
		return t.create(ctx, s)
	}
	if err != nil {
		return "", fmt.Errorf("updating the comment of #%d: %w", t.number, err)
	}
	return Updated, t.tidy(ctx, s, before, last)
}

// late looks at a comment again just before it is overwritten: a newer run may have been here since the
// thread was read. What cannot be read is not late.
func (t *Thread) late(ctx context.Context, id int64, at Stamp) (bool, error) {
	if t.tidier == nil {
		return false, nil
	}
	now, err := t.tidier.Read(ctx, id)
	if err != nil {
		return false, err
	}
	_, stamp, _, ok := parse(now.Body)
	return ok && newer(stamp, at), nil
}

// create makes a comment, and then looks whether another run made one in the same moment: of those the
// newest run's stays.
func (t *Thread) create(ctx context.Context, s Saying) (Result, error) {
	err := fitting(func(limit int) error { return t.c.Create(ctx, t.number, mark(s.key(), s.Stamp)+s.Body(limit)) })
	if err != nil {
		return "", fmt.Errorf("commenting on #%d: %w", t.number, err)
	}
	if s.How == New || t.tidier == nil {
		return Created, nil
	}
	if err := t.read(ctx); err != nil {
		return Created, err
	}
	if all := t.of(s.key()); len(all) > 1 {
		return Created, t.tidy(ctx, s, all, newest(all))
	}
	return Created, nil
}

// tidy takes away what stands beside the last comment, in the way asked for.
func (t *Thread) tidy(ctx context.Context, s Saying, all []ours, last ours) error {
	if s.How == New || t.tidier == nil {
		return nil
	}
	var nodes []string
	for _, o := range all {
		switch {
		case o.id == last.id:
		case s.How == HideAndNew:
			nodes = append(nodes, o.node)
		default:
			if err := t.tidier.Delete(ctx, o.id); err != nil {
				return fmt.Errorf("deleting an older comment of #%d: %w", t.number, err)
			}
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	if err := t.tidier.Hide(ctx, nodes); err != nil {
		return fmt.Errorf("folding away older comments of #%d: %w", t.number, err)
	}
	return nil
}

// noted is the line that Note puts on top.
var noted = pattern.Lazy(`^` + noteMark + `[^\n]*\n\n`)

const noteMark = "<!-- mlgate note -->"

// Note puts a line on top of the newest comment with one of the keys, in the place of the line that is
// there; what the comment says below stays. Where there is none it makes one, if asked to. The line is
// Markdown.
func (t *Thread) Note(ctx context.Context, key, line string, stamp Stamp, make bool) (Result, error) {
	line = noteMark + strings.ReplaceAll(line, "\n", " ") + "\n\n"
	all := t.either(key)
	if len(all) == 0 && !make {
		return Silent, nil
	}
	if len(all) == 0 {
		return t.create(ctx, Saying{Key: key, How: Update, Stamp: stamp, Body: func(int) string { return line }})
	}
	last := newest(all)
	if newer(last.stamp, stamp) {
		return Older, nil
	}
	body := line + noted().ReplaceAllString(last.body, "")
	if body == last.body {
		return Unchanged, nil
	}
	if err := t.c.Update(ctx, last.id, mark(last.key, stamp)+body); err != nil {
		return "", fmt.Errorf("updating the comment of #%d: %w", t.number, err)
	}
	return Updated, nil
}

// Renote is Note where a line that begins so stands on top; else nothing is done.
func (t *Thread) Renote(ctx context.Context, key, begin, line string, stamp Stamp) (Result, error) {
	if all := t.either(key); len(all) == 0 || !strings.HasPrefix(newest(all).body, noteMark+begin) {
		return Silent, nil
	}
	return t.Note(ctx, key, line, stamp, false)
}

// either are the comments with a key, however they were made.
func (t *Thread) either(key string) []ours { return append(t.of(key), t.of(key+"-each")...) }

// Drop takes away what was said under keys that nothing is said under any more.
func (t *Thread) Drop(ctx context.Context, keys []string) error {
	for _, key := range keys {
		for _, o := range t.of(key) {
			if err := t.tidier.Delete(ctx, o.id); err != nil {
				return fmt.Errorf("deleting an older comment of #%d: %w", t.number, err)
			}
		}
	}
	return nil
}
