package pipeline

import (
	"path"
	"strings"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Match says which files a pattern of evidence stands for.
type Match struct {
	src   mlgate.Source
	want  glob.Pattern
	but   []glob.Pattern
	named map[string]bool
}

// Matching makes the pattern of src ready; a file that the evidence names is left to its name.
func Matching(src mlgate.Source, evidence []mlgate.Source) Match {
	m := Match{src: src, want: glob.Compile(src.Path), but: glob.CompileAll(src.Exclude), named: map[string]bool{}}
	for _, e := range evidence {
		m.named[e.Path] = true
	}
	return m
}

// Pattern is what the files match.
func (m Match) Pattern() string { return m.src.Path }

// Takes reports whether a file, by its path from the model's folder, is one of them.
func (m Match) Takes(file string) bool {
	return m.want.Match(file) && !m.named[file] && !glob.MatchAny(m.but, file)
}

// Source is the evidence of one file that is taken.
func (m Match) Source(file string) mlgate.Source {
	src := m.src
	below := strings.TrimPrefix(file, glob.Base(src.Path)+"/")
	src.Prefix = strings.ReplaceAll(src.Prefix, mlgate.PathInPrefix, strings.TrimSuffix(below, path.Ext(below)))
	src.Path, src.Exclude, src.Latest = file, nil, false
	return src
}
