package governance

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// CodeOwnersFiles are the places where GitHub looks for CODEOWNERS, in its order: the first that is
// there counts.
var CodeOwnersFiles = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// MaxCodeOwners is the largest CODEOWNERS that GitHub uses, in bytes; a larger one is not loaded.
const MaxCodeOwners = 3 << 20

// CodeOwners says whose a path is, as GitHub reads CODEOWNERS: the last pattern that matches counts
// (https://docs.github.com/articles/about-code-owners).
type CodeOwners struct {
	File string    // where it was found; empty: there is none
	Bad  []BadLine // lines that were skipped, in their order
	// Broken says why the whole file cannot be used; empty: it can.
	Broken string
	rules  []codeRule
}

// BadLine is a line that is skipped, as GitHub does.
type BadLine struct {
	Line int
	Why  string
}

type codeRule struct {
	pattern []string // segments; "**" is any number of them
	deep    bool     // what is below a match belongs to it too
	owners  []string
}

// ParseCodeOwners reads a CODEOWNERS file. Any content gives a result.
func ParseCodeOwners(file string, src []byte) *CodeOwners {
	c := &CodeOwners{File: file}
	if len(src) > MaxCodeOwners {
		c.Broken = fmt.Sprintf("it has %d bytes, and GitHub loads at most %d", len(src), MaxCodeOwners)
		return c
	}
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	for i, line := range strings.Split(string(src), "\n") {
		line = strings.Trim(line, " \t\r")
		if line == "" || line[0] == '#' {
			continue
		}
		rule, why := parseRule(line)
		if why != "" {
			c.Bad = append(c.Bad, BadLine{i + 1, why})
			continue
		}
		c.rules = append(c.rules, rule)
	}
	return c
}

func parseRule(line string) (codeRule, string) {
	pattern, rest := cutPattern(line)
	switch {
	case pattern[0] == '!':
		return codeRule{}, "a pattern cannot be negated with !"
	case strings.ContainsAny(pattern, "[]"):
		return codeRule{}, "a pattern cannot have [ ]"
	case strings.Contains(pattern, "***"):
		return codeRule{}, "a pattern cannot have ***"
	case strings.Trim(pattern, "/") == "":
		return codeRule{}, "the pattern names nothing"
	}
	r := compileRule(pattern)
	for _, o := range strings.Fields(rest) {
		if o[0] == '#' {
			break
		}
		if !ownerName(o) {
			return codeRule{}, fmt.Sprintf("%q is no owner", o)
		}
		r.owners = append(r.owners, o)
	}
	return r, ""
}

// cutPattern splits at the first blank that no backslash escapes.
func cutPattern(line string) (pattern, rest string) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case ' ', '\t':
			return line[:i], line[i:]
		}
	}
	return line, ""
}

// compileRule: a pattern with a slash before its end starts at the top, any other matches anywhere.
// What names a folder names all in it; a last segment * names one level only.
func compileRule(pattern string) codeRule {
	body, folder := strings.CutSuffix(pattern, "/")
	rooted := strings.Contains(body, "/")
	segments := strings.Split(strings.TrimPrefix(body, "/"), "/")
	if !rooted && segments[0] != "**" {
		segments = append([]string{"**"}, segments...)
	}
	last := segments[len(segments)-1]
	if folder && last != "**" {
		segments = append(segments, "**")
	}
	return codeRule{pattern: segments, deep: !folder && last != "*" && last != "**"}
}

// ownerName: @login, @org/team, or an email address.
func ownerName(s string) bool {
	name, at := strings.CutPrefix(s, "@")
	if !at {
		user, host, ok := strings.Cut(s, "@")
		return ok && user != "" && strings.Contains(host, ".") && !strings.ContainsAny(host, "@/")
	}
	org, team, isTeam := strings.Cut(name, "/")
	return word(org) && (!isTeam || word(team))
}

func word(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}

// Of are the owners of a path of the repository. None with known: its last rule says nobody; none
// without: no rule names it. Paths are compared with case, as GitHub does; a path that only differs in
// case or Unicode form from what a rule names is nobody else's, so that rule counts for it.
func (c *CodeOwners) Of(file string) (owners []string, known bool) {
	for _, as := range []func(string) string{func(s string) string { return s }, fold} {
		parts := strings.Split(as(file), "/")
		for _, r := range slices.Backward(c.rules) {
			if matchSegments(r, parts, as) {
				return r.owners, true
			}
		}
	}
	return nil, false
}

// matchSegments fills a row of what each beginning of the pattern can reach; time is the product of
// both lengths.
func matchSegments(r codeRule, path []string, as func(string) string) bool {
	reach := make([]bool, len(path)+1) // the pattern so far matches path[:i]
	reach[0] = true
	for k, p := range r.pattern {
		next := make([]bool, len(path)+1)
		if p == "**" {
			seen := false
			for i := range next {
				// At the end ** is all that is below, not the folder itself.
				next[i] = seen || (reach[i] && k < len(r.pattern)-1)
				seen = seen || reach[i]
			}
		} else {
			p = as(p)
			for i, name := range path {
				next[i+1] = reach[i] && matchName(p, name)
			}
		}
		reach = next
	}
	return reach[len(path)] || (r.deep && slices.Contains(reach[1:], true))
}

// matchName: * is any characters, ? one, a backslash takes the next as it is. It goes back to the last
// star only, so it is never worse than the product of both lengths.
func matchName(p, s string) bool {
	i, j, star, mark := 0, 0, -1, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
			continue
		case i < len(p) && p[i] == '?':
			i++
			j += width(s[j:])
			continue
		case i+1 < len(p) && p[i] == '\\' && p[i+1] == s[j]:
			i, j = i+2, j+1
			continue
		case i < len(p) && p[i] != '\\' && p[i] == s[j]:
			i, j = i+1, j+1
			continue
		case star < 0:
			return false
		}
		mark++
		i, j = star+1, mark
	}
	return strings.Trim(p[i:], "*") == ""
}

func width(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}
