package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	Source  string // the line, harmless and at most 160 characters; Indent of them stand before the token
	Indent  int
	beyond  bool // a schema cannot say it
}

// Problems are all complaints about one file, in the order of the file.
type Problems struct {
	List []Problem
	More int // that are not listed
}

// maxProblems is how many complaints are listed: nobody reads more.
const maxProblems = 100

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
			fmt.Fprintf(&b, "\n  %s\n  %s^%s", x.Source, strings.Repeat(" ", x.Indent), strings.Repeat("~", max(0, x.Width-1)))
		}
	}
	if p.More > 0 {
		fmt.Fprintf(&b, "\n%s: %d more", p.List[0].Pos.File, p.More)
	}
	return b.String()
}

// source is a file being read, with the complaints so far.
type source struct {
	file  string
	lines []string
	node  *yaml.Node
	list  []Problem
	more  int                 // complaints beyond maxProblems
	bad   map[*yaml.Node]bool // complained of
}

func newSource(file string, src []byte) *source {
	s := &source{file: file, bad: map[*yaml.Node]bool{}}
	if len(src) > maxFile {
		s.at(1, 1, 1, fmt.Sprintf("the file has %d bytes", len(src)), "at most 1 MiB is read")
		return s
	}
	s.lines = strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	switch {
	case bytes.HasPrefix(src, []byte("\xff\xfe")), bytes.HasPrefix(src, []byte("\xfe\xff")):
		s.at(1, 1, 1, "the file is UTF-16", "save it as UTF-8; PowerShell's > writes UTF-16")
		return s
	case !utf8.Valid(src):
		s.notUTF8(src)
		return s
	case bytes.HasPrefix(src, []byte("\xef\xbb\xbf")):
		s.at(1, 1, 1, "the file starts with a byte order mark", "save it as UTF-8 without one")
		return s
	}
	s.decode(src)
	return s
}

// notUTF8 points at the first byte that is none.
func (s *source) notUTF8(src []byte) {
	text := strings.ToValidUTF8(string(src), "\x00")
	at := strings.IndexByte(text, 0)
	before := string(src[:at])
	line := strings.Count(before, "\n") + 1
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	s.at(line, col, 1, fmt.Sprintf("the byte \\x%02x is not UTF-8", src[at]), "save the file as UTF-8")
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
	switch err := dec.Decode(&second); {
	case err == nil:
		s.at(max(1, second.Line), 1, 3, "a second document starts here", "one file describes one model")
	case !errors.Is(err, io.EOF):
		s.at(s.secondMark(), 1, 3, "a second document starts here", "one file describes one model")
	}
	s.node = doc.Content[0]
	s.strict(s.node, 0)
}

// secondMark is the line in which a second document starts that is no YAML itself.
func (s *source) secondMark() int {
	begun := false
	for i, line := range s.lines {
		if begun && (strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")) {
			return i + 1
		}
		begun = begun || strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "%")
	}
	return len(s.lines)
}

// strict refuses what YAML allows and a governance file must not use: aliases, anchors, tags, merge
// keys, keys twice, keys that are no text, and depth without end.
func (s *source) strict(n *yaml.Node, depth int) {
	switch {
	case depth > maxDepth:
		s.problem(n, "the file is nested deeper than anything in it can be", "")
		return
	case n.Kind == yaml.AliasNode:
		s.problem(n, "an alias: the same text must stand where it counts", "write the value out; a text that starts with * stands in quotes")
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

// full reports whether further complaints are counted only.
func (s *source) full() bool { return len(s.list) >= maxProblems }

func (s *source) add(p Problem) {
	if s.full() {
		s.more++
		return
	}
	p.Message, p.Fix, p.Width = inert.Clip(p.Message, 500), inert.Clip(p.Fix, 500), min(p.Width, widest)
	p.Pos.Line = min(p.Pos.Line, max(1, len(s.lines))) // YAML counts a lone carriage return as a line end, people do not
	if line := p.Pos.Line; line >= 1 && line <= len(s.lines) {
		p.Source, p.Indent = excerpt(s.lines[line-1], p.Pos.Col)
	}
	if !slices.ContainsFunc(s.list, func(q Problem) bool { return q.Pos == p.Pos && q.Message == p.Message }) {
		s.list = append(s.list, p)
	}
}

// widest is the longest excerpt, in characters.
const widest = 160

// excerpt is what is shown of a line, and how many characters of it stand before the column. Of a
// long line it is the part around the column.
func excerpt(line string, col int) (text string, indent int) {
	const before = 100
	runes := []rune(line)
	col = min(max(1, col), len(runes)+1)
	text = inert.Line(line)
	indent = utf8.RuneCountInString(inert.Line(string(runes[:col-1])))
	if utf8.RuneCountInString(text) > widest && indent > before {
		text = "…" + string([]rune(text)[indent-before+1:])
		indent = before
	}
	return inert.Clip(text, widest), indent
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
	return &mlgate.Mistake{Err: &Problems{List: list, More: s.more}}
}
