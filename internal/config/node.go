package config

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What reads values does not complain: a node that walk refused reads as nothing.

// fields are the values of a mapping by key.
func fields(n *yaml.Node) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for _, e := range pairs(n) {
		out[e.key.Value] = e.value
	}
	return out
}

type pair struct{ key, value *yaml.Node }

// pairs are the entries of a mapping, in the order of the file.
func pairs(n *yaml.Node) []pair {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var out []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, pair{n.Content[i], n.Content[i+1]})
	}
	return out
}

func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// text is a scalar as it stands in the file.
func (s *source) text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" || s.bad[n] {
		return ""
	}
	return n.Value
}

// items are the elements of a list, or the one value that stands for it.
func (s *source) items(n *yaml.Node) []*yaml.Node {
	switch {
	case n == nil || s.bad[n]:
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	}
	return []*yaml.Node{n}
}

func (s *source) texts(n *yaml.Node) []string {
	var out []string
	for _, e := range s.items(n) {
		if v := s.text(e); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// count is a whole number, or 0 when it is absent or was complained about.
func (s *source) count(n *yaml.Node) int {
	if n == nil || s.bad[n] {
		return 0
	}
	v, err := strconv.Atoi(n.Value)
	if err != nil {
		return 0
	}
	return v
}

func (s *source) number(n *yaml.Node) *float64 {
	if n == nil || s.bad[n] {
		return nil
	}
	f, ok := numberIn(n)
	if !ok {
		return nil
	}
	return &f
}

func quoted(n *yaml.Node) bool { return n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 }

// said is what a node is, in words.
func said(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "empty"
	case n.Tag == "!!int" || n.Tag == "!!float":
		return "a number"
	case n.Tag == "!!bool":
		return "a truth value"
	}
	return "text"
}

// flatten writes a node's scalars by dotted key.
func flatten(n *yaml.Node, prefix string, out map[string]string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			flatten(n.Content[i+1], join(prefix, n.Content[i].Value), out)
		}
	case yaml.SequenceNode:
		flattenList(n, prefix, out)
	default:
		out[prefix] = n.Value
	}
}

func flattenList(n *yaml.Node, prefix string, out map[string]string) {
	var plain []string
	for _, e := range n.Content {
		if e.Kind != yaml.MappingNode {
			plain = append(plain, e.Value)
			continue
		}
		fields := map[string]string{}
		flatten(e, "", fields)
		name := nameOf(fields)
		for k, v := range fields {
			out[join(join(prefix, name), k)] = v
		}
	}
	if len(plain) > 0 {
		out[prefix] = strings.Join(plain, ", ")
	}
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}
