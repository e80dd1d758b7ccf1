package scaffold

import (
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/inert"
)

// stage is a step to be: one of dvc.yaml, or a guess.
type stage struct {
	name, run                      string
	inputs, params, outputs, needs []string
}

// readDVC takes the stages of dvc.yaml over, in their order. What steps cannot say (templates, loops,
// another working directory) makes the file odd: `dvc repro` runs it then.
func (s *sight) readDVC(tree fs.FS, data []byte) {
	var doc struct {
		Stages yaml.Node `yaml:"stages"`
	}
	err := yaml.Unmarshal(data, &doc)
	if err == nil && doc.Stages.IsZero() { // DVCLive writes one that names its files alone
		s.hasDVC = false
		return
	}
	if err != nil || doc.Stages.Kind != yaml.MappingNode {
		s.dvcOdd = true
		return
	}
	for i := 0; i+1 < len(doc.Stages.Content); i += 2 {
		st, ok := s.dvcStage(tree, doc.Stages.Content[i].Value, doc.Stages.Content[i+1])
		s.dvcOdd = s.dvcOdd || !ok
		s.dvc = append(s.dvc, st)
	}
	if len(s.dvc) <= maxStages {
		order(s.dvc)
	}
}

// order fills in what each stage needs: the stages that write what it reads.
func order(all []stage) {
	for i, st := range all {
		for _, other := range all {
			reads := slices.ContainsFunc(st.inputs, func(in string) bool {
				in = strings.TrimSuffix(in, "/**")
				return slices.ContainsFunc(other.outputs, func(o string) bool { return in == o || strings.HasPrefix(in, o+"/") })
			})
			if reads && other.name != st.name {
				all[i].needs = append(all[i].needs, other.name)
			}
		}
	}
}

// maxStages are written as steps of their own: more are no first mlops.yaml.
const maxStages = 4

func (s *sight) dvcStage(tree fs.FS, name string, n *yaml.Node) (stage, bool) {
	st := stage{name: name}
	ok := n.Kind == yaml.MappingNode
	for i := 0; ok && i+1 < len(n.Content); i += 2 {
		v := n.Content[i+1]
		switch n.Content[i].Value {
		case "cmd":
			st.run = strings.Join(scalars(v), " && ")
		case "deps":
			for _, d := range scalars(v) {
				if info, err := fs.Stat(tree, d); err == nil && info.IsDir() {
					d += "/**"
				}
				st.inputs = append(st.inputs, d)
			}
		case "outs", "plots":
			st.outputs = append(st.outputs, scalars(v)...)
		case "metrics":
			for _, m := range scalars(v) {
				st.outputs = append(st.outputs, m)
				if plainName().MatchString(m) {
					s.readMetrics(tree, m)
					s.promoteMetrics(m)
				}
			}
		case "params":
			st.params = dvcParams(v)
		case "desc", "meta", "always_changed":
		default: // wdir, foreach, matrix, vars, frozen
			ok = false
		}
	}
	return st, ok && st.run != "" && len(st.run) <= 300 && !strings.Contains(st.run, "${") && st.plain()
}

// plain reports whether nothing in a stage is hidden from who reads it.
func (st stage) plain() bool {
	for _, v := range slices.Concat([]string{st.name, st.run}, st.inputs, st.params, st.outputs) {
		if v = strings.ReplaceAll(v, "\n", " "); inert.Line(v) != v {
			return false
		}
	}
	return true
}

// promoteMetrics puts a file before those that were found by their names; one that is not there yet
// counts too.
func (s *sight) promoteMetrics(name string) {
	i := slices.IndexFunc(s.metrics, func(m metricFile) bool { return m.path == name })
	file := metricFile{path: name}
	if i >= 0 {
		file = s.metrics[i]
		s.metrics = slices.Delete(s.metrics, i, i+1)
	}
	s.metrics = slices.Insert(s.metrics, 0, file)
}

// scalars are texts of a list in which an element may be a mapping from the text to options.
func scalars(n *yaml.Node) []string {
	switch n.Kind {
	case yaml.ScalarNode:
		return []string{strings.TrimSpace(n.Value)}
	case yaml.MappingNode:
		if len(n.Content) > 0 {
			return scalars(n.Content[0])
		}
	case yaml.SequenceNode:
		var out []string
		for _, e := range n.Content {
			if e.Kind != yaml.SequenceNode {
				out = append(out, scalars(e)...)
			}
		}
		return out
	}
	return nil
}

// dvcParams reads keys of params.yaml, and mappings from a file to keys of it.
func dvcParams(n *yaml.Node) []string {
	var out []string
	for _, e := range n.Content {
		if e.Kind == yaml.ScalarNode {
			out = append(out, "params.yaml:"+e.Value)
			continue
		}
		for i := 0; e.Kind == yaml.MappingNode && i+1 < len(e.Content); i += 2 {
			keys := scalars(e.Content[i+1])
			if e.Content[i+1].Tag == "!!null" || len(keys) == 0 {
				out = append(out, e.Content[i].Value)
				continue
			}
			for _, k := range keys {
				out = append(out, e.Content[i].Value+":"+k)
			}
		}
	}
	return out
}
