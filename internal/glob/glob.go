// Package glob matches the patterns of mlops.yaml: paths, and names of metrics. Matching takes time
// linear in pattern times text, whatever the pattern.
//
// It never touches a file.
package glob

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Path reports whether a slash-separated path matches: `*` and `?` stay within a name, `**` as a
// whole name crosses any number of folders, none included. Everything else stands for itself.
func Path(pattern, name string) bool {
	return segments(strings.Split(pattern, "/"), strings.Split(name, "/"))
}

// Pattern is a path pattern made ready, for those who ask about many paths.
type Pattern struct {
	parts []string
	fixed string // what every match begins with
	exact bool   // there is nothing but fixed
	below bool   // fixed is a folder: it and all below it match
}

// Compile makes a path pattern ready.
func Compile(pattern string) Pattern {
	p := Pattern{parts: strings.Split(pattern, "/")}
	if folder, ok := strings.CutSuffix(pattern, "/**"); ok && Plain(folder) {
		p.fixed, p.below = folder, true
		return p
	}
	p.exact = Plain(pattern)
	p.fixed = pattern
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		p.fixed = strings.TrimSuffix(pattern[:i], "/") // `a/**/b` matches a/b
	}
	return p
}

// CompileAll makes many ready.
func CompileAll(patterns []string) []Pattern {
	out := make([]Pattern, len(patterns))
	for i, p := range patterns {
		out[i] = Compile(p)
	}
	return out
}

// Match is Path with this pattern.
func (p Pattern) Match(name string) bool {
	rest, ok := strings.CutPrefix(name, p.fixed)
	switch {
	case !ok:
		return false
	case p.exact:
		return rest == ""
	case p.below:
		return rest == "" || rest[0] == '/'
	}
	return segments(p.parts, strings.Split(name, "/"))
}

// MatchAny reports whether any of the patterns matches.
func MatchAny(patterns []Pattern, name string) bool {
	for i := range patterns {
		if patterns[i].Match(name) {
			return true
		}
	}
	return false
}

// segments is the two-row table of "these patterns match these names": row j of the pattern is
// reached at i names.
func segments(pattern, names []string) bool {
	reach := make([]bool, len(names)+1)
	reach[0] = true
	for _, p := range pattern {
		next := make([]bool, len(names)+1)
		if p == "**" {
			on := false
			for i := range reach {
				on = on || reach[i]
				next[i] = on
			}
		} else {
			for i, name := range names {
				next[i+1] = reach[i] && within(p, name, true)
			}
		}
		reach = next
	}
	return reach[len(names)]
}

// Name reports whether a metric's name matches: `*` is any characters, dots and slashes included.
// Everything else stands for itself, so that a pattern matches its own text.
func Name(pattern, name string) bool { return within(pattern, name, false) }

// within matches one segment with the usual greedy walk: only the last star is ever gone back to,
// which keeps it quadratic at worst.
func within(pattern, name string, question bool) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && question && pattern[p] == '?':
			_, size := utf8.DecodeRuneInString(name[n:])
			p, n = p+1, n+size
		case p < len(pattern) && pattern[p] == name[n]:
			p, n = p+1, n+1
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// Base is the folder that every path lies in that a pattern matches; "." where that is the top.
func Base(pattern string) string {
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		pattern = pattern[:i] + "x"
	}
	return path.Dir(pattern)
}

// Deep reports whether what a pattern matches may lie in more folders than the pattern names.
func Deep(pattern string) bool { return slices.Contains(strings.Split(pattern, "/"), "**") }

// Plain reports whether a path holds no pattern characters.
func Plain(pattern string) bool { return !strings.ContainsAny(pattern, "*?") }

// Valid says what is wrong with a path pattern: it must be relative, clean and stay inside.
func Valid(pattern string) error {
	switch {
	case pattern == "":
		return errors.New("an empty path")
	case strings.Contains(pattern, `\`):
		return errors.New("paths use forward slashes")
	case strings.HasPrefix(pattern, "/"):
		return errors.New("an absolute path: paths are relative to the folder of mlops.yaml")
	case !utf8.ValidString(pattern) || strings.ContainsFunc(pattern, unicode.IsControl):
		return errors.New("control characters in a path")
	case strings.HasSuffix(pattern, "/"):
		return fmt.Errorf("a path that ends in a slash: for everything below write %s**", pattern)
	}
	for name := range strings.SplitSeq(pattern, "/") {
		switch {
		case name == "..":
			return errors.New("a path that leads out of the folder of mlops.yaml")
		case strings.EqualFold(name, ".git"):
			return errors.New("a path into .git")
		case name != "**" && strings.Contains(name, "**"):
			return errors.New("`**` stands alone between slashes")
		}
	}
	if path.Clean(pattern) != pattern || pattern == "." {
		return fmt.Errorf("an unclean path: write %s", path.Clean(pattern))
	}
	return nil
}
