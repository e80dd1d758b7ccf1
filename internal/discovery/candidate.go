package discovery

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Candidate is one file worth reading.
type Candidate struct {
	Path   string
	Kind   string               // of reader: json, yaml, csv
	Look   bool                 // Kind is what the name says: the content may say more
	Prefix string               // of the names in it; mlops.yaml may give one
	Keys   []string             // of a param file: these alone; nil: all
	By     string               // the file that names it; empty: its own name does
	Cached bool                 // DVC keeps it in its cache and out of git
	Run    string               // of a store with many runs: the one that is named; empty: the latest
	Series string               // what series has in common with the files of other runs; empty: it is in none
	Table  *mlgate.ExampleTable // of a table of examples: what mlops.yaml says of it
}

// withKind gives a file of metrics its kind. DVC reads every name that it does not know as YAML.
func (c Candidate) withKind() (_ Candidate, why string) {
	c.Look = true
	switch ext := strings.ToLower(path.Ext(c.Path)); ext {
	case ".json":
		c.Kind = "json"
	case ".csv":
		c.Kind = "csv"
	case ".toml", ".py", ".tsv":
		return c, fmt.Sprintf("there is no reader for %s", ext)
	default:
		c.Kind = "yaml"
	}
	return c, ""
}

// Below makes candidates of the files of a folder of metrics that DVC keeps.
func (c Candidate) Below(files []Pointer) []Candidate {
	var out []Candidate
	for _, f := range files {
		k := Candidate{Path: f.Path, By: c.By, Cached: true}
		if k, why := k.withKind(); why == "" {
			out = append(out, k)
		}
	}
	return out
}

// Merge makes one list of two, by path. Of one path the candidate that a file names counts; among
// those, one that DVC does not cache.
func Merge(a, b []Candidate) []Candidate {
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, func(x, y Candidate) int {
		return cmp.Or(strings.Compare(x.Path, y.Path), strings.Compare(x.Prefix, y.Prefix), rank(x)-rank(y))
	})
	return slices.CompactFunc(all, func(x, y Candidate) bool { return x.Path == y.Path && x.Prefix == y.Prefix })
}

func rank(c Candidate) int {
	switch {
	case c.By == "":
		return 2
	case c.Cached:
		return 1
	}
	return 0
}
