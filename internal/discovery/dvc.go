package discovery

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of one dvc.yaml.
const (
	maxPipeline = 4 << 20 // bytes
	maxNodes    = 200_000 // that are looked at, aliases counted each time
	maxDepth    = 100
)

// Pipeline is what of a dvc.yaml names metrics and params. Paths are relative to the file's folder,
// in the order of the file.
type Pipeline struct {
	Metrics   []Output
	Params    []Output
	Outs      []Output          // what stages write beside; a metric file may lie in one
	Templates []string          // metrics and params with ${…} in their names
	Wdirs     map[string]string // working folders of stages that name one, by stage
}

// Output is one file or folder.
type Output struct {
	Path   string
	Cached bool // a stage's output without `cache: false`
}

// ParseDVC reads a dvc.yaml: the top-level lists `metrics` and `params`, and those and the `outs` of
// every stage with its `wdir`, also below `foreach` and `matrix`. What is none of that is not looked at, and what has
// another shape than DVC's schema is passed over. Anchors, aliases and merge keys are followed, within
// a limit.
func ParseDVC(data []byte) (Pipeline, error) {
	var p Pipeline
	if len(data) > maxPipeline {
		return p, fmt.Errorf("it has %d bytes; at most %d are read", len(data), maxPipeline)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return p, fmt.Errorf("not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	r := &pipelineReader{left: maxNodes}
	if len(doc.Content) == 1 {
		r.file(doc.Content[0])
	}
	if r.left <= 0 {
		return Pipeline{}, errors.New("its aliases and lists are too many to look at")
	}
	return r.Pipeline, nil
}

type pipelineReader struct {
	Pipeline
	left int
}

func (r *pipelineReader) file(root *yaml.Node) {
	for _, m := range r.items(r.key(root, "metrics")) {
		r.output(&r.Metrics, ".", m, false)
	}
	for _, n := range r.items(r.key(root, "params")) {
		r.param(".", r.resolve(n), true)
	}
	r.pairs(r.key(root, "stages"), 0, func(name string, stage *yaml.Node) {
		if do := r.key(stage, "do"); do != nil {
			stage = do
		}
		r.stage(name, stage)
	})
}

func (r *pipelineReader) stage(name string, n *yaml.Node) {
	dir := "."
	if w := r.key(n, "wdir"); w != nil && w.Kind == yaml.ScalarNode && w.Value != "" {
		dir = w.Value
		if r.Wdirs == nil {
			r.Wdirs = map[string]string{}
		}
		r.Wdirs[name] = dir
	}
	for _, m := range r.items(r.key(n, "metrics")) {
		r.output(&r.Metrics, dir, m, true)
	}
	for _, o := range r.items(r.key(n, "outs")) {
		r.output(&r.Outs, dir, o, true)
	}
	for _, p := range r.items(r.key(n, "params")) {
		r.param(dir, r.resolve(p), false)
	}
}

// output reads "file" or {file: {cache: false}}.
func (r *pipelineReader) output(list *[]Output, dir string, n *yaml.Node, cached bool) {
	n = r.resolve(n)
	if n == nil {
		return
	}
	if n.Kind == yaml.ScalarNode {
		r.add(list, dir, n.Value, cached)
		return
	}
	r.pairs(n, 0, func(name string, options *yaml.Node) {
		cache := r.key(options, "cache")
		r.add(list, dir, name, cached && (cache == nil || !strings.EqualFold(cache.Value, "false")))
	})
}

// param reads, at the top, "file"; in a stage "key", which is one of params.yaml, or {file: [keys]}.
func (r *pipelineReader) param(dir string, n *yaml.Node, top bool) {
	switch {
	case n == nil:
	case n.Kind == yaml.ScalarNode && top:
		r.add(&r.Params, dir, n.Value, false)
	case n.Kind == yaml.ScalarNode:
		r.add(&r.Params, dir, "params.yaml", false)
	default:
		r.pairs(n, 0, func(name string, _ *yaml.Node) { r.add(&r.Params, dir, name, false) })
	}
}

func (r *pipelineReader) add(list *[]Output, dir, name string, cached bool) {
	full := name
	if dir != "." && !strings.HasPrefix(name, "/") {
		full = strings.TrimSuffix(dir, "/") + "/" + name
	}
	switch {
	case name == "" || strings.ContainsRune(name, 0):
	case strings.Contains(full, "${") && list == &r.Outs:
	case strings.Contains(full, "${"):
		r.Templates = append(r.Templates, full)
	default:
		*list = append(*list, Output{full, cached})
	}
}

// resolve follows an alias.
func (r *pipelineReader) resolve(n *yaml.Node) *yaml.Node {
	for range maxDepth {
		if r.left--; n == nil || r.left <= 0 {
			return nil
		}
		if n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

func (r *pipelineReader) items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// key finds a value of a mapping; what stands in it itself beats what a merge key brings.
func (r *pipelineReader) key(n *yaml.Node, name string) *yaml.Node {
	var found *yaml.Node
	r.pairs(n, 0, func(key string, value *yaml.Node) {
		if key == name && found == nil {
			found = value
		}
	})
	return found
}

// pairs calls each with the entries of a mapping, then with those that merge keys bring.
func (r *pipelineReader) pairs(n *yaml.Node, depth int, each func(key string, value *yaml.Node)) {
	if n = r.resolve(n); n == nil || n.Kind != yaml.MappingNode || depth > maxDepth {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; key.Kind == yaml.ScalarNode && key.Tag != "!!merge" {
			each(key.Value, r.resolve(n.Content[i+1]))
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		from := r.resolve(n.Content[i+1])
		r.pairs(from, depth+1, each)
		for _, one := range r.items(from) {
			r.pairs(one, depth+1, each)
		}
	}
}
