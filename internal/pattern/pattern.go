// Package pattern holds regular expressions that cost nothing until they are asked. A program that
// compiles all of its own at its start pays for them in every command.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns what compiles an expression at the first call and returns it at each. The expression
// is part of the program: one that does not compile panics, as regexp.MustCompile does.
func Lazy(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
