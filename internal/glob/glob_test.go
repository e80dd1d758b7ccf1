package glob_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/glob"
)

func TestPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"train.py", "train.py", true},
		{"train.py", "src/train.py", false},
		{"*.py", "train.py", true},
		{"*.py", "src/train.py", false},
		{"**/*.py", "train.py", true},
		{"**/*.py", "a/b/train.py", true},
		{"src/**", "src/a/b", true},
		{"src/**", "src", true},
		{"src/**", "srcs/a", false},
		{"src/**/x", "src/x", true},
		{"src/**/x", "src/a/b/x", true},
		{"data/?.csv", "data/é.csv", true},
		{"data/?.csv", "data/ab.csv", false},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "aXbY", false},
		{"**", "anything/at/all", true},
		{"*", ".hidden", true},
		{"a**b", "ab", true}, // refused by Valid; harmless here
	} {
		if got := glob.Path(c.pattern, c.name); got != c.want {
			t.Errorf("Path(%q, %q) = %v, want %v", c.pattern, c.name, got, c.want)
		}
		if got := glob.Compile(c.pattern).Match(c.name); got != c.want {
			t.Errorf("Compile(%q).Match(%q) = %v, want %v", c.pattern, c.name, got, c.want)
		}
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{"*.json": ".", "**/*.json": ".", "a/b/*.json": "a/b", "a/b*/c.json": "a", "a/**": "a", "a/b?.json": "a", "a/b.json": "a"} {
		if got := glob.Base(pattern); got != want {
			t.Errorf("Base(%q) = %q, want %q", pattern, got, want)
		}
	}
	if !glob.Deep("a/**/b") || glob.Deep("a/*/b") {
		t.Error("whether folders are crossed")
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"accuracy", "accuracy", true},
		{"slice.*.recall", "slice.a.b/c.recall", true},
		{"slice.*.recall", "slice.recall", false},
		{"*", "", true},
		{"?", "a", false},
		{"?", "?", true},
	} {
		if got := glob.Name(c.pattern, c.name); got != c.want {
			t.Errorf("Name(%q, %q) = %v, want %v", c.pattern, c.name, got, c.want)
		}
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"a", "a/b", "**", "src/**", "data/*.csv", ".github/x"} {
		if err := glob.Valid(ok); err != nil {
			t.Errorf("Valid(%q) = %v", ok, err)
		}
	}
	for _, bad := range []string{"", "/a", "../a", "a/../../b", "a\\b", "a/", "a//b", "./a", ".", "a\nb", "a/**b", ".git/config", ".GIT/x", "\xff"} {
		if glob.Valid(bad) == nil {
			t.Errorf("Valid(%q) accepts it", bad)
		}
	}
}

// A pattern of many stars against a text that almost matches must not take for ever.
func TestHostilePattern(t *testing.T) {
	t.Parallel()
	pattern := strings.Repeat("*a", 1000) + "b"
	if glob.Name(pattern, strings.Repeat("a", 20000)) {
		t.Error("matched")
	}
	if glob.Path(strings.Repeat("**/", 200)+"x", strings.Repeat("y/", 2000)+"z") {
		t.Error("matched")
	}
}

// reference is the same rule, told by recursion.
func reference(p, n string) bool {
	if p == "" {
		return n == ""
	}
	if p[0] == '*' {
		return reference(p[1:], n) || (n != "" && reference(p, n[1:]))
	}
	return n != "" && p[0] == n[0] && reference(p[1:], n[1:])
}

// A pattern that was made ready says what it says otherwise.
func FuzzCompile(f *testing.F) {
	for _, seed := range [][2]string{{"a/**", "a"}, {"a/**", "ab"}, {"a/**/b", "a/b"}, {"a*/b", "a/b"}, {"/**", "x"}, {"**", ""}, {"a?", "aé"}, {"a/", "a"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if got, want := glob.Compile(pattern).Match(name), glob.Path(pattern, name); got != want {
			t.Errorf("Compile(%q).Match(%q) = %v, want %v", pattern, name, got, want)
		}
	})
}

func FuzzName(f *testing.F) {
	f.Add("a*b", "acb")
	f.Add("**", "x")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern) > 12 || len(name) > 12 {
			t.Skip()
		}
		if got, want := glob.Name(pattern, name), reference(pattern, name); got != want {
			t.Errorf("Name(%q, %q) = %v, want %v", pattern, name, got, want)
		}
		if !glob.Name(pattern, pattern) {
			t.Errorf("%q does not match itself", pattern)
		}
	})
}
