package diff

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// comparison is a difference on its way.
type comparison struct {
	reader mlgate.Reader
	ask    Ask
	gates  []mlgate.GateRule
	out    mlgate.Diff
}

// content is what one side of a pair says: numbers, and text of what is no number.
type content struct {
	numbers map[string]mlgate.Number
	texts   map[string]string
	checks  map[string]mlgate.CheckStatus
	dropped bool
	plain   bool // a tree of keys, in which what is no number can be compared as text
	err     error
}

// metrics compares the numbers of a metric file, and beside them what is no number.
func (c *comparison) metrics(p pair) {
	a, b, ok := c.both(p)
	if !ok {
		return
	}
	old, now := c.numbers(c.ask.Old, p, p.old, a), c.numbers(c.ask.New, p, p.now, b)
	if c.broken(p, old, now) {
		return
	}
	if p.By == "" && len(old.numbers)+len(now.numbers) == 0 {
		c.skip(p.file(), "", mlgate.ErrNoNumber.Error())
		return
	}
	c.out.Files++
	for _, name := range union(old.numbers, now.numbers) {
		d := mlgate.MetricDiff{File: p.file(), Name: name, Better: c.better(name)}
		if v, ok := old.numbers[name]; ok {
			d.Old = &v
		}
		if v, ok := now.numbers[name]; ok {
			d.New = &v
		}
		if c.same(d) {
			c.out.Unchanged++
			if !c.ask.All {
				continue
			}
		}
		if d.Old != nil && d.New != nil && d.Old.Finite() && d.New.Finite() {
			change := *d.New - *d.Old
			d.Change = &change
		}
		c.out.Metrics = append(c.out.Metrics, d)
	}
	c.checks(p, old.checks, now.checks)
	if old.dropped && old.plain || now.dropped && now.plain {
		c.out.Values = c.values(c.out.Values, p, c.texts(p, a, old), c.texts(p, b, now))
	}
}

// checks compares how what a tool tests ended.
func (c *comparison) checks(p pair, old, now map[string]mlgate.CheckStatus) {
	for _, name := range union(old, now) {
		d := mlgate.CheckDiff{File: p.file(), Name: name, Old: old[name], New: now[name]}
		if d.Old == d.New {
			c.out.Unchanged++
			if !c.ask.All {
				continue
			}
		}
		c.out.Checks = append(c.out.Checks, d)
	}
}

// same compares two numbers; NaN is the same as NaN.
func (c *comparison) same(d mlgate.MetricDiff) bool {
	if d.Old == nil || d.New == nil {
		return false
	}
	return *d.Old == *d.New || (*d.Old != *d.Old && *d.New != *d.New)
}

// params compares the values of a param file as text.
func (c *comparison) params(p pair) {
	a, b, ok := c.both(p)
	if !ok {
		return
	}
	old, now := c.paramsOf(p, p.old, a), c.paramsOf(p, p.now, b)
	if c.broken(p, old, now) {
		return
	}
	c.out.Files++
	c.out.Params = c.values(c.out.Params, p, old.texts, now.texts)
}

func (c *comparison) values(list []mlgate.ValueDiff, p pair, old, now map[string]string) []mlgate.ValueDiff {
	for _, name := range union(old, now) {
		d := mlgate.ValueDiff{File: p.file(), Name: name}
		a, hasOld := old[name]
		b, hasNew := now[name]
		if hasOld {
			d.Old = &a
		}
		if hasNew {
			d.New = &b
		}
		if hasOld && hasNew && a == b {
			c.out.Unchanged++
			if !c.ask.All {
				continue
			}
		}
		list = append(list, d)
	}
	return list
}

// both reads the two sides of a pair; false: nothing is to be compared.
func (c *comparison) both(p pair) (a, b []byte, ok bool) {
	if p.old != nil && p.now != nil && p.old.ID == p.now.ID && p.old.ID != "" && !c.ask.All {
		c.out.Files, c.out.Same = c.out.Files+1, c.out.Same+1
		return nil, nil, false
	}
	a, aok := c.read(c.ask.Old, p.old)
	b, bok := c.read(c.ask.New, p.now)
	if !aok || !bok {
		return nil, nil, false
	}
	if p.old != nil && p.now != nil && a != nil && bytes.Equal(a, b) && !c.ask.All {
		c.out.Files, c.out.Same = c.out.Files+1, c.out.Same+1
		return nil, nil, false
	}
	return a, b, true
}

func (c *comparison) read(s Source, f *mlgate.TreeFile) ([]byte, bool) {
	if f == nil || f.Mode == folderMode {
		return nil, true
	}
	data, err := s.content(*f)
	switch {
	case err != nil && byMD5(*f), errors.Is(err, mlgate.ErrTooLarge):
		c.skip(f.Path, s.Side.Name, err.Error())
	case err != nil:
		c.unreadable(f.Path, s, missing(s, err))
	}
	return data, err == nil
}

func (c *comparison) unreadable(file string, s Source, why string) {
	c.out.Unreadable = append(c.out.Unreadable, mlgate.DiffSkip{File: file, Side: s.Side.Name, Why: why})
}

// numbers reads the metrics of one side. A file that is one bare number gives it its own name.
func (c *comparison) numbers(s Source, p pair, f *mlgate.TreeFile, data []byte) content {
	var out content
	if f == nil {
		return out
	}
	got, err := c.reading(s, p, f, data)
	if errors.Is(err, mlgate.ErrNoNumber) {
		out.dropped, err = true, nil
	}
	out.plain = got.Kind == "json" || got.Kind == "yaml"
	out.dropped, out.err = out.dropped || len(got.Dropped) > 0, err
	out.numbers = make(map[string]mlgate.Number, len(got.Metrics))
	for _, m := range got.Metrics {
		out.numbers[m.Name] = m.Value
	}
	out.checks = make(map[string]mlgate.CheckStatus, len(got.Checks))
	for _, k := range got.Checks {
		out.checks[k.Name] = k.Status
	}
	return out
}

// reading reads one side of a pair: a file, or a store of runs.
func (c *comparison) reading(s Source, p pair, f *mlgate.TreeFile, data []byte) (mlgate.Reading, error) {
	src := mlgate.Source{Kind: p.Kind, Look: p.Look, Path: f.Path, Prefix: p.Prefix, Run: p.Run, Table: p.Table}
	if f.Mode == folderMode {
		return c.runs(s, src)
	}
	if err := c.whole(s, src); err != nil {
		return mlgate.Reading{}, err
	}
	src.Prefix = c.prefix(p, data)
	return c.reader.Metrics(src, data)
}

func (c *comparison) prefix(p pair, data []byte) string {
	if p.Prefix != "" || p.Kind == "csv" {
		return p.Prefix
	}
	if _, err := strconv.ParseFloat(string(bytes.TrimSpace(data[:min(len(data), 400)])), 64); err == nil {
		return strings.TrimSuffix(path.Base(p.file()), path.Ext(p.file()))
	}
	return ""
}

// texts are the values of a metric file that are no numbers.
func (c *comparison) texts(p pair, data []byte, numbers content) map[string]string {
	if data == nil {
		return nil
	}
	params, err := c.reader.Params(mlgate.ParamFile{Path: p.file()}, data)
	if err != nil {
		return nil // its numbers could be read; the rest is said to be no number
	}
	out := map[string]string{}
	for _, v := range params {
		name := v.Name
		if p.Prefix != "" {
			name = p.Prefix + "." + name
		}
		if _, is := numbers.numbers[name]; !is && (name != "" || len(numbers.numbers) == 0) {
			out[name] = v.Value
		}
	}
	return out
}

// paramsOf reads the params of one side; of keys that are asked for, those that are there.
func (c *comparison) paramsOf(p pair, f *mlgate.TreeFile, data []byte) content {
	if f == nil {
		return content{}
	}
	params, err := c.reader.Params(mlgate.ParamFile{Path: f.Path}, data)
	out := content{texts: map[string]string{}, err: err}
	for _, v := range params {
		asked := p.Keys == nil
		for _, k := range p.Keys {
			asked = asked || v.Name == k || strings.HasPrefix(v.Name, k+".")
		}
		if asked {
			out.texts[v.Name] = v.Value
		}
	}
	return out
}

// broken says what could not be understood. A file that nobody named and that no side understands is
// something else under a usual name.
func (c *comparison) broken(p pair, old, now content) bool {
	if old.err == nil && now.err == nil {
		return false
	}
	guess := p.By == "" && (old.err != nil || p.old == nil) && (now.err != nil || p.now == nil)
	for i, side := range []content{old, now} {
		s := []Source{c.ask.Old, c.ask.New}[i]
		switch {
		case side.err == nil:
		case guess:
			c.skip(p.file(), s.Side.Name, side.err.Error())
		default:
			c.unreadable(p.file(), s, side.err.Error())
		}
	}
	return true
}

// better is the direction that a gate gives a metric; an exact name beats a pattern.
func (c *comparison) better(name string) mlgate.Direction {
	var found mlgate.Direction
	for _, g := range c.gates {
		if g.Pattern == name && g.Better != "" {
			return g.Better
		}
		if found == "" && glob.Name(g.Pattern, name) {
			found = g.Better
		}
	}
	return found
}

func union[V any](a, b map[string]V) []string {
	names := make([]string, 0, len(a)+len(b))
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
