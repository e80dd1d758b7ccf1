package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// page is a Markdown file as its test sees it: fenced blocks and orders to the test, in order.
//
// Orders stand in comments that a reader does not see:
//
//	<!-- docs: file NAME -->          the next block is a file; it is written
//	<!-- docs: not run: WHY -->       the next block is not played
//	<!-- docs: run … -->              commands that must end well; they may be several lines
//	<!-- docs: needs gto -->          the page is played where that virtual environment is
//	<!-- docs: github OWNER/NAME -->  https://github.com/OWNER/NAME.git is there, and is empty
//	<!-- docs: event … -->            from here on, commands run in a job of that event
//	<!-- docs: laptop -->             and from here on, they do not any more
type page struct {
	name   string
	pieces []piece
	prose  string // all that is outside of blocks
}

// piece is a block, with its language, or an order.
type piece struct {
	line  int
	order string
	lang  string
	text  string
	why   string // it is not played
	file  string // where it is written
}

var (
	fenceLine = regexp.MustCompile("^( *)(```+|~~~+) *([a-z]*) *$")
	orderLine = regexp.MustCompile(`^ *<!-- docs: (.*)$`)
	codeSpan  = regexp.MustCompile("`[^`]*`")
	linkTo    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading   = regexp.MustCompile(`^#{1,6} +(.*?) *$`)
)

func readPage(t *testing.T, name string) page {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	p := page{name: name}
	lines := strings.Split(string(data), "\n")
	var next piece
	for i := 0; i < len(lines); i++ {
		start := i + 1
		if m := orderLine.FindStringSubmatch(lines[i]); m != nil {
			order := m[1]
			for !strings.Contains(order, "-->") && i+1 < len(lines) {
				i++
				order += "\n" + lines[i]
			}
			p.order(&next, start, strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(order), "-->")))
			continue
		}
		m := fenceLine.FindStringSubmatch(lines[i])
		if m == nil {
			p.prose += lines[i] + "\n"
			continue
		}
		var body strings.Builder
		for i++; i < len(lines) && strings.TrimSpace(lines[i]) != m[2]; i++ {
			body.WriteString(strings.TrimPrefix(lines[i], m[1]) + "\n")
		}
		next.line, next.lang, next.text = start, m[3], body.String()
		p.pieces = append(p.pieces, next)
		next = piece{}
	}
	if next != (piece{}) {
		t.Errorf("%s ends with an order that no block follows", name)
	}
	return p
}

func (p *page) order(next *piece, line int, order string) {
	if why, ok := strings.CutPrefix(order, "not run: "); ok {
		next.why = why
	} else if file, ok := strings.CutPrefix(order, "file "); ok {
		next.file = file
	} else {
		p.pieces = append(p.pieces, piece{line: line, order: order})
	}
}

// checkLinks follows the links to files of the repository and to headings in them.
func (p page) checkLinks(t *testing.T) {
	t.Helper()
	for _, m := range linkTo.FindAllStringSubmatch(codeSpan.ReplaceAllString(p.prose, ""), -1) {
		to, anchor, hasAnchor := strings.Cut(m[1], "#")
		if strings.Contains(to, ":") {
			continue
		}
		file := p.name
		if to != "" {
			file = path.Join(path.Dir(p.name), to)
		}
		if _, err := os.Stat(filepath.Join(top, filepath.FromSlash(file))); err != nil {
			t.Errorf("%s: the link %s leads nowhere", p.name, m[1])
		} else if hasAnchor && !readPage(t, file).anchors()[anchor] {
			t.Errorf("%s: the link %s leads to no heading of %s", p.name, m[1], file)
		}
	}
}

// anchors are the headings' names as GitHub makes them.
func (p page) anchors() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(p.prose) {
		m := heading.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			continue
		}
		all[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])] = true
	}
	return all
}
