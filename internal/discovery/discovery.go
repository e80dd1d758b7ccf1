// Package discovery knows where repositories keep numbers: in files of the usual names, and in those
// that a dvc.yaml names. It turns a list of files into the metric and param files worth comparing.
//
// It is pure: it reads through the function that it is given, opens nothing, and does not look into
// metric files.
package discovery

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/glob"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Limits of one side.
const (
	maxPipelines  = 1000   // dvc.yaml files that are read
	maxCandidates = 20_000 // files that are compared
)

// Found is what there is to compare on one side, sorted by path, each path once a list.
type Found struct {
	Metrics []Candidate
	Params  []Candidate
	Skipped []mlgate.DiffSkip // what was named and cannot be compared
}

// Side is one commit or work tree: its files, sorted by path, and a way to read one.
type Side struct {
	Files []mlgate.TreeFile
	Read  func(path string) ([]byte, error)
}

// The usual names, as path patterns.
var (
	usualMetrics = []string{
		"**/metrics.json", "**/metrics.yaml", "**/metrics.yml", "**/metrics.csv",
		"**/*_metrics.json", "**/*-metrics.json", "**/metrics/*.json",
		"**/scores.json", "**/evaluation.json", "**/all_results.json", "**/eval_results.json", "**/test_results.json",
		"**/classification_report.json",
	}
	usualParams = []string{"**/params.yaml", "**/params.yml", "**/params.json", "**/hparams.yaml"}
	// foreign folders hold other people's files.
	foreign = []string{"node_modules", "vendor", "venv", "site-packages", "__pycache__", "testdata"}
	// offlineRuns are hidden folders into which trackers write by themselves.
	offlineRuns = []string{".neptune", ".cometml-runs"}
)

// Usual lists the names that count without anybody naming them, as patterns for paths.
func Usual() (metrics, params []string) { return slices.Clone(usualMetrics), slices.Clone(usualParams) }

// Foreign reports whether nothing below a folder counts by its name: hidden folders, but those of trackers, and
// those that package managers fill.
func Foreign(dir string) bool {
	base := path.Base(dir)
	return (strings.HasPrefix(base, ".") && base != "." && !slices.Contains(offlineRuns, base)) || slices.Contains(foreign, base)
}

// Find lists what a side has to compare: files of the usual names, and what its dvc.yaml files name.
// A dvc.yaml that cannot be read is skipped and said.
func Find(s Side) Found {
	f := finder{side: s, cached: map[string]bool{}}
	outside := ""
	for _, file := range s.Files {
		if outside != "" && strings.HasPrefix(file.Path, outside) {
			continue
		}
		if outside = foreignPart(file.Path); outside != "" {
			continue
		}
		f.look(file)
	}
	return f.sorted()
}

// foreignPart is the first folder of a path that is foreign, with a slash at the end.
func foreignPart(name string) string {
	for i := range len(name) {
		if name[i] == '/' && Foreign(name[:i]) {
			return name[:i+1]
		}
	}
	return ""
}

// finder collects what one side has.
type finder struct {
	side      Side
	found     Found
	pipelines int
	cached    map[string]bool // files and folders that stages write into DVC's cache
}

func (f *finder) look(file mlgate.TreeFile) {
	base := path.Base(file.Path)
	f.store(file)
	switch {
	case base == "dvc.yaml":
		f.pipeline(file)
	case !usualEnding(base):
	case matches(usualMetrics, file.Path):
		f.metric(Candidate{Path: file.Path})
	case matches(usualParams, file.Path):
		f.param(Candidate{Path: file.Path})
	}
}

// usualEnding is a quick look before the patterns.
func usualEnding(base string) bool {
	switch path.Ext(base) {
	case ".json", ".yaml", ".yml", ".csv":
		return true
	}
	return false
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return glob.Path(p, name) })
}

func (f *finder) pipeline(file mlgate.TreeFile) {
	if f.pipelines++; f.pipelines > maxPipelines {
		f.skip(file.Path, fmt.Sprintf("only %d dvc.yaml files are read", maxPipelines))
		return
	}
	if !Regular(file) {
		f.skip(file.Path, Unfit(file))
		return
	}
	data, err := f.side.Read(file.Path)
	if err != nil {
		f.skip(file.Path, err.Error())
		return
	}
	p, err := ParseDVC(data)
	if err != nil {
		f.skip(file.Path, err.Error())
		return
	}
	dir := path.Dir(file.Path)
	for _, o := range p.Outs {
		if o.Cached {
			f.cached[path.Join(dir, o.Path)] = true
		}
	}
	for _, m := range p.Metrics {
		f.named(file.Path, dir, m, f.metric)
	}
	for _, m := range p.Params {
		f.named(file.Path, dir, m, f.param)
	}
	for _, t := range p.Templates {
		f.skip(file.Path, fmt.Sprintf("the name %q is a template, and templates are not resolved", t))
	}
}

// named adds a file, or all files of a folder, that a dvc.yaml names.
func (f *finder) named(by, dir string, o Output, add func(Candidate)) {
	name := path.Join(dir, o.Path)
	if path.IsAbs(o.Path) || strings.HasPrefix(name, "../") || name == ".." {
		f.skip(by, fmt.Sprintf("%q lies outside of the repository", o.Path))
		return
	}
	below := f.below(name)
	if len(below) == 0 {
		add(Candidate{Path: name, By: by, Cached: o.Cached})
	}
	for _, file := range below {
		add(Candidate{Path: file.Path, By: by, Cached: o.Cached})
	}
}

// below lists the files of a folder.
func (f *finder) below(dir string) []mlgate.TreeFile {
	files := f.side.Files
	from, _ := slices.BinarySearchFunc(files, dir+"/", byPath)
	to := from
	for to < len(files) && strings.HasPrefix(files[to].Path, dir+"/") {
		to++
	}
	return files[from:to]
}

func byPath(f mlgate.TreeFile, name string) int { return strings.Compare(f.Path, name) }

func (f *finder) metric(c Candidate) {
	k, why := c.withKind()
	if why != "" {
		f.skip(c.Path, why)
		return
	}
	f.found.Metrics = append(f.found.Metrics, k)
}

func (f *finder) param(c Candidate) {
	switch ext := strings.ToLower(path.Ext(c.Path)); ext {
	case ".toml", ".py":
		f.skip(c.Path, fmt.Sprintf("there is no reader for %s", ext))
		return
	}
	c.Kind = "yaml" // JSON is YAML
	f.found.Params = append(f.found.Params, c)
}

func (f *finder) skip(file, why string) {
	f.found.Skipped = append(f.found.Skipped, mlgate.DiffSkip{File: file, Why: why})
}

func (f *finder) sorted() Found {
	for i, c := range f.found.Metrics {
		for at := c.Path; at != "." && at != "/"; at = path.Dir(at) {
			f.found.Metrics[i].Cached = f.found.Metrics[i].Cached || f.cached[at]
		}
	}
	f.found.Metrics = Merge(f.found.Metrics, nil)
	for _, list := range []*[]Candidate{&f.found.Metrics, &f.found.Params} {
		*list = f.found.latest(Merge(*list, nil))
		if n := len(*list) - maxCandidates; n > 0 {
			f.skip((*list)[maxCandidates].Path, fmt.Sprintf("this and %d files after it: only %d are compared", n-1, maxCandidates))
			*list = (*list)[:maxCandidates]
		}
	}
	return f.found
}

// Regular reports whether an entry is a file with content of its own.
func Regular(f mlgate.TreeFile) bool { return f.Mode == "100644" || f.Mode == "100755" }

// Unfit says what an entry is that is no regular file.
func Unfit(f mlgate.TreeFile) string {
	switch f.Mode {
	case "120000":
		return "a symlink, and none is followed"
	case "160000":
		return "a submodule"
	}
	return "not a regular file"
}

// Hidden reports whether a file lies in a foreign folder.
func Hidden(name string) bool { return foreignPart(name) != "" }
