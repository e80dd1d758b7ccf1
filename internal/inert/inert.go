// Package inert makes foreign text harmless before it reaches a terminal, a CI log or Markdown.
// Everything that comes from a pull request, a file or a server goes through it.
//
// It never decides whether a text is wanted, and it never loses one silently.
package inert

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes one line of text for a terminal or a log: line ends, control, bidirectional and
// invisible characters, and bytes that are no UTF-8, are shown as visible escapes.
func Line(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString("␤")
		case r == '\t':
			b.WriteString("    ")
		case hidden(r):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// hidden are characters that act on a terminal or a reader without being seen: controls, format
// characters (bidirectional marks, zero-width ones, tags), separators of lines, private use,
// variation selectors and the other invisible fillers.
func hidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r),
		unicode.Is(unicode.Co, r), unicode.Is(unicode.Variation_Selector, r):
		return true
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x3164, r == 0xffa0, r == 0x2800:
		return true
	}
	return r != ' ' && (unicode.Is(unicode.Zs, r) || !unicode.IsGraphic(r)) // unassigned ones too
}

// Clip keeps at most n characters, the last of them "…" when some were cut.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	runes := []rune(s)
	return string(runes[:n-1]) + "…"
}
