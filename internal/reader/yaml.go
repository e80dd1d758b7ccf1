package reader

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// readYAML refuses aliases (a few bytes could stand for gigabytes) and several documents, then lets
// sigs.k8s.io/yaml decide what each scalar is, which also refuses keys that stand twice.
func readYAML(s *sheet, data []byte) error {
	tree, err := decodeYAML(data)
	if err != nil {
		return err
	}
	return s.yamlValue(tree, "")
}

// decodeYAML gives nested map[string]any, []any and scalars with json.Number.
func decodeYAML(data []byte) (any, error) {
	doc, err := documentYAML(data)
	if err != nil {
		return nil, err
	}
	asJSON, err := sigsyaml.YAMLToJSONStrict(data)
	if err != nil {
		// JSON has no NaN: such a scalar becomes marked text, as in readJSON.
		markSpecials(doc)
		marked, merr := yaml.Marshal(doc)
		if merr == nil {
			asJSON, err = sigsyaml.YAMLToJSONStrict(marked)
		}
		if err != nil {
			return nil, fmt.Errorf("not YAML that can be read: %w", err)
		}
	}
	var v any
	jdec := json.NewDecoder(strings.NewReader(string(asJSON)))
	jdec.UseNumber()
	return v, errors.Join(jdec.Decode(&v), nil)
}

// documentYAML parses the one document.
func documentYAML(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if dec.Decode(&second) == nil {
		return nil, errors.New("it has a second document")
	}
	return &doc, walkYAML(&doc, 0)
}

// scalarsYAML reads the scalars at the top as they are written: an id of digits alone stays one. What is no
// mapping has none.
func scalarsYAML(data []byte) (map[string]string, error) {
	doc, err := documentYAML(data)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return found, nil
	}
	top := doc.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		key, v := top[i], top[i+1]
		if _, twice := found[key.Value]; twice {
			return nil, fmt.Errorf("the key %q stands in it twice", key.Value)
		}
		if v.Kind == yaml.ScalarNode && v.Tag != "!!null" {
			found[key.Value] = v.Value
		}
	}
	return found, nil
}

func walkYAML(n *yaml.Node, depth int) error {
	switch {
	case depth > maxDepth:
		return fmt.Errorf("it is nested more than %d levels deep", maxDepth)
	case n.Kind == yaml.AliasNode:
		return fmt.Errorf("line %d: an alias; write the value out", n.Line)
	}
	for _, c := range n.Content {
		if err := walkYAML(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

var yamlSpecials = map[string]string{
	".nan": "NaN", ".NaN": "NaN", ".NAN": "NaN", ".inf": "Infinity", ".Inf": "Infinity", ".INF": "Infinity",
	"+.inf": "Infinity", "+.Inf": "Infinity", "+.INF": "Infinity", "-.inf": "-Infinity", "-.Inf": "-Infinity", "-.INF": "-Infinity",
}

func markSpecials(n *yaml.Node) {
	if w := yamlSpecials[n.Value]; n.Kind == yaml.ScalarNode && n.Tag == "!!float" && w != "" {
		n.Value, n.Tag, n.Style = "\x00"+w, "!!str", yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		markSpecials(c)
	}
}

func (s *sheet) yamlValue(v any, key string) error {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if err := s.yamlValue(v[k], join(key, k)); err != nil {
				return err
			}
		}
		return nil
	case json.Number:
		f, err := v.Float64()
		if err != nil && f == 0 {
			return fmt.Errorf("%s is %q, no number", key, v)
		}
		return s.add(key, f)
	case string:
		if f, ok := constant(v); ok {
			return s.add(key, f)
		}
	}
	s.drop(key, what(v))
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Params flattens a JSON or YAML file to text; with Keys only what stands at or below these dotted
// keys, and a key that is not there is an error.
func (Files) Params(file mlgate.ParamFile, data []byte) ([]mlgate.Param, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%q has %d bytes; at most %d are read", file.Path, len(data), maxFile)
	}
	tree, err := decodeYAML(data)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", file.Path, err)
	}
	var all []mlgate.Param
	flatten(tree, "", func(key, value string) {
		all = append(all, mlgate.Param{Name: key, Value: value, File: file.Path})
	})
	if len(all) > maxMetrics {
		return nil, fmt.Errorf("%q holds more than %d params", file.Path, maxMetrics)
	}
	if file.Keys == nil {
		return all, nil
	}
	var out []mlgate.Param
	for _, key := range file.Keys {
		n := len(out)
		for _, p := range all {
			if p.Name == key || strings.HasPrefix(p.Name, key+".") {
				out = append(out, p)
			}
		}
		if len(out) == n {
			return nil, fmt.Errorf("%q has no key %q", file.Path, key)
		}
	}
	return out, nil
}

func flatten(v any, key string, emit func(key, value string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			flatten(v[k], join(key, k), emit)
		}
	case string:
		emit(key, strings.TrimPrefix(v, "\x00"))
	default:
		b, err := json.Marshal(v)
		if err == nil {
			emit(key, string(b))
		}
	}
}
