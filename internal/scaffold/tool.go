package scaffold

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
	"github.com/mlgate/mlgate/internal/reader"
)

// Limits of looking into what no name tells.
const (
	maxLooked   = 500
	maxToolFile = 16 << 20 // bytes
	maxToolRead = 64 << 20 // of all
)

// tool is what a tool left: a file, a folder of runs, or one of those that it writes anew for each run.
type tool struct {
	path, kind string
	text       string // as an entry of evidence
	many       bool   // a folder or a pattern: no step writes one file of it
	metrics    []mlgate.Metric
	checks     bool
}

// tableName is what people call a table of what a model said of each example.
var tableName = pattern.Lazy(`(?i)(scor|result|predict|eval|metric|example)`)

// toolName is a path that can stand in YAML as it is; trackers have hidden folders.
var toolName = pattern.Lazy(`^\.?[A-Za-z0-9_][A-Za-z0-9_./-]*$`)

// findTools looks for what tools left, where `mlgate diff` finds it. What git ignores is not there for others.
func (s *sight) findTools(tree fs.FS) {
	side := discovery.Side{Files: s.listing(tree), Read: func(name string) ([]byte, error) { return small(tree, name) }}
	found := discovery.Find(side)
	all := append(found.Metrics, s.recognised(tree, found.Unnamed(side))...)
	for _, c := range discovery.Merge(all, nil) {
		if named := slices.ContainsFunc(s.metrics, func(m metricFile) bool { return m.path == c.Path }); !named {
			s.readTool(tree, c)
		}
	}
	slices.SortStableFunc(s.tools, func(a, b tool) int {
		return cmp.Or(a.rank()-b.rank(), strings.Count(a.path, "/")-strings.Count(b.path, "/"))
	})
}

// rank is smaller the more telling a tool's numbers are: those of its runs, then files, then what people read.
func (t tool) rank() int {
	switch {
	case t.many:
		return 0
	case t.kind == "model-card":
		return 2
	}
	return 1
}

func (s *sight) listing(tree fs.FS) []mlgate.TreeFile {
	var files []mlgate.TreeFile
	entries := 0
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return skipUnread(name, e, err)
		}
		if entries++; entries > maxEntries {
			s.more = true
			return fs.SkipAll
		}
		switch {
		case e.IsDir() && discovery.Foreign(name):
			return fs.SkipDir
		case e.Type().IsRegular():
			files = append(files, mlgate.TreeFile{Path: name, Mode: "100644"})
		}
		return nil
	})
	if err != nil {
		return nil
	}
	slices.SortFunc(files, func(a, b mlgate.TreeFile) int { return strings.Compare(a.Path, b.Path) })
	return files
}

// recognised are the files whose content says which tool wrote them.
func (s *sight) recognised(tree fs.FS, unnamed map[string]mlgate.TreeFile) []discovery.Candidate {
	var out []discovery.Candidate
	for i, key := range slices.Sorted(maps.Keys(unnamed)) {
		if i == maxLooked || s.looked > maxToolRead {
			s.more = true
			break
		}
		name := unnamed[key].Path
		data, err := upTo(tree, name, maxToolFile)
		s.looked += len(data)
		if err == nil {
			s.readTable(name, data)
		}
		k := discovery.Candidate{Path: name, Kind: reader.Files{}.Recognise(name, data)}
		if err != nil || k.Kind == "" {
			continue
		}
		if key != name {
			k.Series = key
		}
		if dir := discovery.Around(k.Kind, name); dir != "" {
			k.Path, k.Series = dir, ""
		}
		out = append(out, k)
	}
	return out
}

// readTool keeps what the reader takes and what holds numbers.
func (s *sight) readTool(tree fs.FS, c discovery.Candidate) {
	if !toolName().MatchString(c.Path) || s.ignores(c.Path) {
		return
	}
	if s.read++; s.read > maxRead {
		s.more = true
		return
	}
	src := mlgate.Source{Path: c.Path, Kind: c.Kind, Look: c.Look}
	got, bare, err := readingOf(tree, src)
	if err != nil || len(got.Metrics) == 0 {
		if data, err := upTo(tree, c.Path, maxToolFile); err == nil {
			s.readTable(c.Path, data)
		}
		return
	}
	t := tool{path: c.Path, kind: got.Kind, metrics: got.Metrics, checks: len(got.Checks) > 0, many: c.Series != "" || src.IsFolder()}
	t.text = entry(cmp.Or(c.Series, c.Path), got.Kind, bare, c.Series != "")
	if t.kind == "mteb" { // a file for each task: results/MODEL/REVISION/TASK.json
		if top := path.Dir(path.Dir(path.Dir(c.Path))); top != "." {
			t.many, t.text = true, fmt.Sprintf(`{path: "%s/**/*.json", exclude: "**/model_meta.json"}`, top)
		}
	}
	s.tools = append(s.tools, t)
}

// readingOf reads a file or folder; bare: its kind need not be said.
func readingOf(tree fs.FS, src mlgate.Source) (got mlgate.Reading, bare bool, err error) {
	if info, err := fs.Stat(tree, src.Path); err != nil || info.IsDir() {
		folder, other := fs.Sub(tree, src.Path)
		if err = cmp.Or(err, other); err != nil {
			return got, false, err
		}
		got, err = reader.Files{}.Folder(src, folder)
		return got, false, err
	}
	data, err := upTo(tree, src.Path, min(reader.Files{}.Limit(src), maxToolRead))
	if err != nil {
		return got, false, err
	}
	if got, err = (reader.Files{}).Metrics(src, data); err != nil || src.IsFolder() || got.Kind == "pandera" { // which writes {} where all is well
		return got, false, err
	}
	alone, other := reader.Files{}.Metrics(mlgate.Source{Path: src.Path}, data)
	return got, other == nil && alone.Kind == got.Kind, nil
}

// entry is one of evidence, as short as it can be.
func entry(name, kind string, bare, latest bool) string {
	var parts []string
	if !bare {
		parts = append(parts, "kind: "+kind)
	}
	parts = append(parts, "path: "+scalar(name))
	if latest {
		parts = append(parts, "latest: true")
	}
	if len(parts) == 1 {
		return scalar(name)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// maxTogether files of one kind make one evidence: more may be of anything.
const maxTogether = 3

// evidence is what the first tool wrote, with its other files of the same kind; false: there is none, or a script
// that trains would not write it.
func (s *sight) evidence(scripts bool) (g guess, ok bool) {
	if len(s.tools) == 0 {
		return g, false
	}
	first := s.tools[0]
	if scripts && (first.kind == "model-card" || first.kind == "junit") {
		return g, false
	}
	all := []tool{first}
	for _, t := range s.tools[1:] {
		if t.kind == first.kind && t.kind != "examples" && t.many == first.many && !slices.ContainsFunc(all, func(o tool) bool { return o.text == t.text }) {
			all = append(all, t)
		}
	}
	if len(all) > maxTogether {
		all = all[:1]
	}
	var metrics []mlgate.Metric
	for _, t := range all {
		g.files, g.texts = append(g.files, t.path), append(g.texts, t.text)
		g.checks, g.many = g.checks || t.checks, g.many || t.many
		metrics = append(metrics, t.metrics...)
	}
	g.gates = gatesFor(metrics)
	if g.checks {
		g.gates = nil // their checks block
	}
	return g, true
}

// readTable keeps a table with a row for each example, with metrics that its columns suggest. Where many do, the first
// few are drafted.
func (s *sight) readTable(name string, data []byte) {
	if ext := strings.ToLower(path.Ext(name)); ext != ".csv" && ext != ".tsv" || !toolName().MatchString(name) || s.ignores(name) {
		return
	}
	t := reader.Guess(data)
	if t == nil || t.Metrics[0].How != mlgate.Equal && !tableName().MatchString(path.Base(name)) {
		return // else it may as well be data to train on
	}
	t.Metrics = t.Metrics[:min(len(t.Metrics), maxGates)]
	got, err := reader.Files{}.Metrics(mlgate.Source{Path: name, Kind: "examples", Table: t}, data)
	if err != nil {
		return
	}
	var metrics []string
	for _, m := range t.Metrics {
		of := scalar(m.Columns[0])
		if len(m.Columns) > 1 {
			of = flow(m.Columns)
		}
		metrics = append(metrics, fmt.Sprintf("%s: {%s: %s}", scalar(m.Name), m.How, of))
	}
	text := fmt.Sprintf("{kind: examples, path: %s, id: %s, metrics: {%s}}", scalar(name), scalar(t.ID), strings.Join(metrics, ", "))
	s.tools = append(s.tools, tool{path: name, kind: got.Kind, metrics: got.Metrics, text: text})
}
