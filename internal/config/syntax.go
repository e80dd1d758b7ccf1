package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/inert"
)

// slip is what people do when the YAML library says a certain thing.
type slip struct {
	says string      // in the library's message
	is   string      // in our words; empty: the library's
	fix  string      // what to do
	at   *expression // the first group is the place in the line; nil: the line's first character
	open bool        // something was opened and not closed: the place is where it opens
}

var slips = []slip{
	{says: "tab character", is: "a tab in the indentation", fix: "YAML indents with spaces", at: rx("^ *(\t)")},
	{says: "mapping values are not allowed", is: "a second colon, or a line that is indented too far", fix: "put text that holds `: ` in quotes, and indent this line like its neighbours", at: rx(`:\s.*?[^\s](: )`)},
	{says: "did not find expected '-' indicator", is: "a line that belongs to no element of the list above", fix: "indent it like the keys of that element, or start it with a dash"},
	{says: "block sequence entries are not allowed", is: "a list that starts in the middle of a line", fix: "write [a, b], or put each `- a` on a line of its own", at: rx(`:\s+(-)`)},
	{says: "expected ',' or ']'", is: "a list that is not closed", fix: "close [ with ], and put text that holds ? or , in quotes", at: rx(`^[^\[]*(\[)`), open: true},
	{says: "expected ',' or '}'", is: "a mapping that is not closed", fix: "close { with }", at: rx(`^[^{]*(\{)`), open: true},
	{says: "unexpected end of stream", is: "quotes that are not closed", fix: "close them", at: rx(`^[^'"]*(['"])`), open: true},
	{says: "unknown escape character", is: "a backslash in double quotes", fix: "write forward slashes, or use single quotes", at: rx(`^[^\\]*(\\)`)},
	{says: "could not find expected ':'", is: "a line without a colon", fix: "write KEY: VALUE"},
	{says: "alphabetic or numeric character", is: "a * that YAML takes for an alias", fix: `put the text in quotes: "*.recall"`, at: rx(`(?:^|[\s:,\[{-])(\*)`)},
	{says: "unknown anchor", is: "a * that YAML takes for an alias", fix: `put the text in quotes: "*.recall"`, at: rx(`(?:^|[\s:,\[{-])(\*)`)},
	{says: "cannot start any token", is: "a character that no text can start with", fix: "put the text in quotes", at: rx("(?:^|[\\s:,\\[{-])([@`%\t])")},
	{says: "control characters", is: "a control character", fix: "take it out", at: rx(`^[^[:cntrl:]]*([[:cntrl:]])`)},
	{says: "did not find expected key", is: "something that is neither a key nor a value", fix: "indent this line like its neighbours; look for a closing quote or bracket too many"},
}

// syntax explains why the file is no YAML. The library's line is that of the block around the trouble;
// the place is looked for.
func (s *source) syntax(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if n, e := fmt.Sscanf(text, "line %d:", &line); n == 1 && e == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	if text == "EOF" {
		s.at(1, 1, 1, "the file is empty", "start with `version: 1`")
		return
	}
	what := slip{is: inert.Line(text)}
	for _, x := range slips {
		if strings.Contains(text, x.says) {
			what = x
			break
		}
	}
	if i := s.firstTab(); i > 0 && strings.Contains(text, "token") {
		what, line = slips[0], i
	} else {
		line = s.trouble(text, what.open, line)
	}
	line = min(max(1, line), len(s.lines))
	s.at(line, column(s.lines[line-1], what.at), 1, "not YAML: "+what.is, what.fix)
}

// firstTab is the first line that is indented with a tab, or 0.
func (s *source) firstTab() int {
	for i, line := range s.lines {
		if slips[0].at.MatchString(line) {
			return i + 1
		}
	}
	return 0
}

// Looking for the place parses the file once a line: only of files of a usual size.
const usualLines, usualBytes = 300, 8 << 10

// trouble is the line from which on the text is no YAML: the first with which the library says the
// same, or, of something left open, the one after the last that ends well.
func (s *source) trouble(text string, open bool, fallback int) int {
	whole := strings.Join(s.lines, "\n")
	if len(s.lines) > usualLines || len(whole) > usualBytes {
		return fallback
	}
	good, end := 0, 0
	for i, line := range s.lines {
		end += len(line) + 1
		var n yaml.Node
		err := yaml.Unmarshal([]byte(whole[:min(end, len(whole))]), &n)
		switch {
		case err == nil:
			good = i + 1
		case !open && strings.HasSuffix(err.Error(), text):
			return i + 1
		}
	}
	if open {
		return good + 1
	}
	return fallback
}

// column is where an expression's first group stands in a line, else the first character that is no
// space.
func column(line string, at *expression) int {
	i := len(line) - len(strings.TrimLeft(line, " "))
	if at != nil {
		if m := at.firstGroup(line); m != nil {
			i = m[2]
		}
	}
	return utf8.RuneCountInString(line[:i]) + 1
}
