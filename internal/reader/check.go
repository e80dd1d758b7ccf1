package reader

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Limits of what is kept of one check, in bytes.
const (
	maxCheckName    = 240
	maxCheckMessage = mlgate.MaxCheckText - len("…")
)

// check writes down one check. Its name begins with the prefix; a second one of the same name gets a
// number, so that none is lost.
// It returns the name that it got.
func (s *sheet) check(name string, status mlgate.CheckStatus, message string) string {
	return s.putCheck(mlgate.Check{Name: s.checkName(name), Status: status, Message: message})
}

func (s *sheet) putCheck(c mlgate.Check) string {
	if s.named == nil {
		s.named = map[string]int{}
	}
	first := c.Name
	for n := s.named[first]; s.named[c.Name] > 0; s.named[first] = n {
		n++
		c.Name = shorten(fmt.Sprintf("%s_(%d)", first, n), maxCheckName)
	}
	s.named[c.Name] = max(1, s.named[c.Name])
	c.Message, c.File = cutText(strings.Join(strings.Fields(c.Message), " "), maxCheckMessage), s.src.Path
	s.checks = append(s.checks, c)
	return c.Name
}

// checkName is how a check is called everywhere: visible characters without spaces, so that a waiver and a
// comment can name it.
func (s *sheet) checkName(name string) string {
	return shorten(visible(s.src.Prefix)+"/"+visible(name), maxCheckName)
}

func visible(s string) string {
	if s = inert.Line(strings.Join(strings.Fields(s), "_")); s == "" {
		return "unnamed"
	}
	return s
}

// shorten cuts a long name; the digest of the whole keeps two of them apart.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return cutAt(s, limit-13) + "~" + mlgate.DigestOf([]byte(s)).Short()
}

func cutText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return cutAt(s, limit) + "…"
}

func cutAt(s string, end int) string {
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// counts turns the checks into metrics: how many there are, and how many of each kind.
func (s *sheet) counts() error {
	n := map[mlgate.CheckStatus]int{}
	for _, c := range s.checks {
		n[c.Status]++
	}
	for _, m := range []struct {
		name  string
		count int
	}{
		{"total", len(s.checks)}, {"passed", n[mlgate.CheckPassed]}, {"failed", n[mlgate.CheckFailed]}, {"warned", n[mlgate.CheckWarned]},
		{"errors", n[mlgate.CheckError]}, {"skipped", n[mlgate.CheckSkipped]},
	} {
		if err := s.add(m.name, float64(m.count)); err != nil {
			return err
		}
	}
	return nil
}
