package inert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Markdown makes a text that means nothing in GitHub's or GitLab's Markdown, also inside a table
// cell: no mention, link, image, HTML, emphasis, table border, issue reference, comment marker.
// Characters that would mean something become numeric character references, which both render as
// the character itself.
func Markdown(s string) string {
	s = Line(s)
	if word(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i, r := range s {
		if meaning(s, i, r) {
			b.WriteString("&#")
			b.WriteString(decimal(r))
			b.WriteByte(';')
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// word reports whether a text is of letters, digits and blanks alone: then nothing in it means anything.
func word(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != ' ' {
			return false
		}
	}
	return true
}

// meaning reports whether the character at i could start or end something. Letters, digits and the
// characters of ordinary names are left alone, so that a report stays readable as source.
func meaning(s string, i int, r rune) bool {
	switch r {
	case '&', '<', '>', '|', '`', '*', '[', ']', '\\', '~', '#', '!', '$', '{', '}', '^':
		return true
	case '@': // branch@commit is how this project names a place: no mention, no address
		return !placeAt(s, i)
	case '_': // emphasis only at the edge of a word
		return !inWord(s, i)
	case ':': // a scheme (https://…) or an emoji (:tada:); "rule: why" stays readable
		return i+1 < len(s) && s[i+1] != ' '
	case '.': // www. and bare domains are linked only after www
		return i >= 3 && strings.EqualFold(s[i-3:i], "www")
	case '-', '+', '=': // a list, a rule, a heading's underline: at the start only, and not before a number
		return issueAt(s, i) || i == 0 && (len(s) == 1 || s[1] < '0' || s[1] > '9')
	case '/': // paths like owner/repo#1 are cut by the '#'
		return false
	}
	return false
}

// placeAt reports whether the @ at i stands between a word and a short commit id.
func placeAt(s string, i int) bool {
	end := i + 1
	for end < len(s) && strings.IndexByte("0123456789abcdef", s[end]) >= 0 {
		end++
	}
	return i > 0 && wordByte(s[i-1]) && s[i-1] < 0x80 && end-i-1 == 7 && (end == len(s) || strings.IndexByte(" ,;)", s[end]) >= 0)
}

// inWord reports whether letters or digits stand on both sides. An underscore beside another does not
// count: once one of the two is a reference, the other stands beside punctuation.
func inWord(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	return (unicode.IsLetter(before) || unicode.IsDigit(before)) && (unicode.IsLetter(after) || unicode.IsDigit(after))
}

// issueAt reports whether the "-" at i is that of GH-12, which GitHub links as it does #12.
func issueAt(s string, i int) bool {
	return i >= 2 && i+1 < len(s) && strings.EqualFold(s[i-2:i], "gh") && s[i+1] >= '0' && s[i+1] <= '9'
}

func wordByte(c byte) bool {
	return c == '_' || c == '.' || unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || c >= 0x80
}

func decimal(r rune) string {
	var buf [8]byte
	i := len(buf)
	for n := uint32(r); ; n /= 10 {
		i--
		buf[i] = byte('0' + n%10)
		if n < 10 {
			return string(buf[i:])
		}
	}
}

// Code makes inline code that cannot be broken out of: the fence is longer than any run of
// backticks inside, and a table border is kept out. Inside code nothing is mentioned or linked.
func Code(s string) string {
	s = strings.ReplaceAll(Line(s), "|", "∣")
	longest, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", longest+1)
	if s == "" {
		return "``"
	}
	if longest > 0 || strings.TrimSpace(s) != s {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}
