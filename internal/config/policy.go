package config

import "go.yaml.in/yaml/v3"

// policy reads "mlgate/NAME", "./PATH", or {use: …, with: {parameter: value}}.
func (p *parsed) policy(n *yaml.Node) {
	entry := Policy{Pos: p.pos(n)}
	at := n
	if n.Kind == yaml.MappingNode {
		at = valueOf(n, "use")
		for _, e := range pairs(valueOf(n, "with")) {
			if entry.With == nil {
				entry.With = map[string]any{}
			}
			entry.With[e.key.Value] = p.parameter(e.value)
		}
	}
	if entry.Ref = p.text(at); entry.Ref != "" {
		entry.Remote = remoteOf(entry.Ref)
		p.demand.Policies = append(p.demand.Policies, entry)
	}
}

// parameter is a plain number, true or false, text, or a list of text. What it must be, the policy says.
func (p *parsed) parameter(n *yaml.Node) any {
	if n.Kind == yaml.SequenceNode {
		list := []any{}
		for _, e := range n.Content {
			list = append(list, p.text(e))
		}
		return list
	}
	if f, ok := numberIn(n); ok {
		return f
	}
	if v := p.text(n); quoted(n) || v != "true" && v != "false" {
		return v
	}
	return n.Value == "true"
}
