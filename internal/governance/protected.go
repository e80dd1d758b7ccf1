package governance

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// alwaysProtected decide how numbers are made and judged, in every repository.
var alwaysProtected = []string{
	"**/mlops.yaml", ".github/workflows/**", ".github/actions/**", ".gitlab-ci.yml", "jenkinsfile", ".circleci/**",
	"codeowners", ".github/codeowners", ".gitlab/codeowners", "docs/codeowners", "**/.gitattributes", ".gitmodules",
}

// AlwaysProtected reports whether a change of this path may change how any model is judged.
func AlwaysProtected(file string) bool { return matchesAny(alwaysProtected, fold(path.Clean(file))) }

// Protected reports whether a path of the repository is protected by the patterns of a model in dir,
// or always. Names are compared without case and in one normal form, as some file systems do; a
// pointer that DVC keeps beside a protected file counts as that file.
func Protected(patterns []string, dir, file string) bool {
	file = fold(path.Clean(file))
	if matchesAny(alwaysProtected, file) {
		return true
	}
	for _, p := range patterns {
		whole := fold(path.Join(dir, p))
		if glob.Path(whole, file) || glob.Path(whole+"/**", file) || glob.Path(whole+".dvc", file) || above(whole, file) {
			return true
		}
	}
	return false
}

// above reports whether the path stands where a folder on the way to the pattern would: a file or a
// symlink there hides all that is below.
func above(pattern, file string) bool {
	parts := strings.Split(pattern, "/")
	for i := 1; i < len(parts) && parts[i-1] != "**"; i++ {
		if glob.Path(strings.Join(parts[:i], "/"), file) {
			return true
		}
	}
	return false
}

func matchesAny(patterns []string, folded string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return glob.Path(p, folded) })
}

// fold brings a path to one form for all spellings that some file system takes for the same.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			least = min(least, o)
		}
		return unicode.ToLower(least)
	}, norm.NFC.String(s))
}

// protected finds touched paths (each mlops.yaml has findings of its own) that decide what numbers mean, and patterns that protect nothing.
func (c *chair) protected() {
	f := c.facts
	var touched []string
	for _, change := range f.Files {
		if Protected(f.Protected, f.Dir, change.Path) && path.Base(change.Path) != mlgate.ConfigName {
			touched = append(touched, change.Path)
		}
	}
	if len(touched) > 0 {
		c.find("protected", "this change touches what is protected: "+few(touched), "let somebody else look at these files", touched...)
	}
	for _, p := range f.Protected {
		if f.BaseFiles == nil || slices.ContainsFunc(f.BaseFiles, func(name string) bool { return Protected([]string{p}, f.Dir, name) && !AlwaysProtected(name) }) {
			continue
		}
		c.out = append(c.out, mlgate.Finding{
			Rule: "governance/protects-nothing", Status: mlgate.Warn, Pos: mlgate.Pos{File: f.Path},
			Message: fmt.Sprintf("the pattern %q under `protected` matches no file of the base", p), Fix: "mend its spelling, or take it out",
		})
	}
}
