package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxFile is the largest mlops.yaml, in bytes; maxDepth the deepest.
const (
	maxFile  = 1 << 20
	maxDepth = 20
)

// Problem is one complaint, with the line it is about.
type Problem struct {
	Pos     mlgate.Pos
	Width   int // of the token, in characters
	Message string
	Fix     string
	Source  string
	beyond  bool // a schema cannot say it
}

// Problems are all complaints about one file, in the order of the file.
type Problems struct{ List []Problem }

// Error prints each as file:line:col, the source line, and a marker under the token.
func (p *Problems) Error() string {
	var b strings.Builder
	for i, x := range p.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s", x.Pos.File, x.Pos.Line, x.Pos.Col, x.Message)
		if x.Fix != "" {
			b.WriteString(": " + x.Fix)
		}
		if x.Source != "" {
			fmt.Fprintf(&b, "\n  %s\n  %s^%s", x.Source, strings.Repeat(" ", max(0, x.Pos.Col-1)), strings.Repeat("~", max(0, x.Width-1)))
		}
	}
	return b.String()
}

// source is a file being read, with the complaints so far.
type source struct {
	file  string
	lines []string
	node  *yaml.Node
	list  []Problem
	bad   map[*yaml.Node]bool // complained of
}

func newSource(file string, src []byte) *source {
	s := &source{file: file, bad: map[*yaml.Node]bool{}}
	switch {
	case len(src) > maxFile:
		s.at(1, 1, 1, fmt.Sprintf("the file has %d bytes", len(src)), "at most 1 MiB is read")
		return s
	case !utf8.Valid(src):
		s.at(1, 1, 1, "the file is not UTF-8", "save it as UTF-8")
		return s
	case bytes.HasPrefix(src, []byte("\xef\xbb\xbf")):
		s.at(1, 1, 1, "the file starts with a byte order mark", "save it as UTF-8 without one")
		return s
	}
	s.lines = strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	s.decode(src)
	return s
}

// decode parses the one document. The library's own message is kept, its line number used.
func (s *source) decode(src []byte) {
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		s.syntax(err)
		return
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		s.at(1, 1, 1, "the file is empty", "start with `version: 1`")
		return
	}
	if err := dec.Decode(&second); err == nil {
		s.at(max(1, second.Line), 1, 3, "a second document starts here", "one file describes one model")
	}
	s.node = doc.Content[0]
	s.strict(s.node, 0)
}

func (s *source) syntax(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if n, e := fmt.Sscanf(text, "line %d:", &line); n == 1 && e == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	fix := ""
	switch {
	case text == "EOF":
		text, fix = "the file is empty", "start with `version: 1`"
	case strings.Contains(text, "cannot start any token"):
		fix = "indent with spaces, not tabs, and quote text that starts with a special character"
	}
	line = min(max(1, line), max(1, len(s.lines)))
	s.at(line, 1, 1, "not YAML: "+inert.Line(text), fix)
}

// strict refuses what YAML allows and a governance file must not use: aliases, anchors, tags, merge
// keys, keys twice, keys that are no text, and depth without end.
func (s *source) strict(n *yaml.Node, depth int) {
	switch {
	case depth > maxDepth:
		s.problem(n, "the file is nested deeper than anything in it can be", "")
		return
	case n.Kind == yaml.AliasNode:
		s.problem(n, "an alias: the same text must stand where it counts", "write the value out")
		return
	case n.Anchor != "":
		s.problem(n, "an anchor: aliases are not used here", "take &"+n.Anchor+" out")
	case n.Style&yaml.TaggedStyle != 0:
		s.problem(n, "a tag: "+n.Tag, "take it out")
	}
	if n.Kind == yaml.MappingNode {
		s.keysOnce(n)
	}
	for _, c := range n.Content {
		s.strict(c, depth+1)
	}
}

func (s *source) keysOnce(n *yaml.Node) {
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if first := seen[k.Value]; first != nil && k.Kind == yaml.ScalarNode {
			s.problem(k, fmt.Sprintf("the key %q stands here a second time", k.Value), fmt.Sprintf("the first is in line %d", first.Line))
		}
		seen[k.Value] = k
	}
}

// root is the mapping of the file, or nil with a complaint made.
func (s *source) root() *yaml.Node {
	if s.node == nil {
		return nil
	}
	if s.node.Kind != yaml.MappingNode {
		s.misfit(s.node, "the file is not a mapping", "start with `version: 1`")
		return nil
	}
	return s.node
}

func (s *source) pos(n *yaml.Node) mlgate.Pos {
	return mlgate.Pos{File: s.file, Line: n.Line, Col: n.Column}
}

// misfit is a complaint that the schema makes too.
func (s *source) misfit(n *yaml.Node, message, fix string) { s.about(n, message, fix, false) }

// problem is a complaint that a schema cannot make: about how a thing is written, or about two things
// together.
func (s *source) problem(n *yaml.Node, message, fix string) { s.about(n, message, fix, true) }

func (s *source) about(n *yaml.Node, message, fix string, beyond bool) {
	s.bad[n] = true
	width := 1
	if n.Kind == yaml.ScalarNode && !strings.Contains(n.Value, "\n") {
		width = max(1, utf8.RuneCountInString(n.Value))
		if quoted(n) {
			width += 2
		}
	}
	s.add(Problem{Pos: s.pos(n), Width: width, Message: message, Fix: fix, beyond: beyond})
}

// at is a complaint about a place that is no node.
func (s *source) at(line, col, width int, message, fix string) {
	s.add(Problem{Pos: mlgate.Pos{File: s.file, Line: line, Col: col}, Width: width, Message: message, Fix: fix, beyond: true})
}

func (s *source) add(p Problem) {
	p.Pos.Line = min(p.Pos.Line, max(1, len(s.lines))) // YAML counts a lone carriage return as a line end, people do not
	if line := p.Pos.Line; line >= 1 && line <= len(s.lines) {
		p.Source = inert.Clip(inert.Line(s.lines[line-1]), 160)
	}
	if !slices.ContainsFunc(s.list, func(q Problem) bool { return q.Pos == p.Pos && q.Message == p.Message }) {
		s.list = append(s.list, p)
	}
}

// problems is nil, or a Mistake with everything.
func (s *source) problems() error {
	if len(s.list) == 0 {
		return nil
	}
	list := slices.Clone(s.list)
	slices.SortStableFunc(list, func(a, b Problem) int {
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Col - b.Pos.Col
	})
	return &mlgate.Mistake{Err: &Problems{List: list}}
}
