package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// metadata is what the annotations of an entry's rules say. One definition of a set like deny can be
// told from another only by custom.id, which findings carry as their id.
type metadata struct {
	all  note            // of the document and the package, or of the only definition
	byID map[string]note // of definitions with custom.id
}

type note struct {
	title, why, fix string
	optional        []string // metrics that may be absent
}

func (m metadata) of(id string) note {
	if n, ok := m.byID[id]; ok && id != "" {
		return n
	}
	return m.all
}

// metadataOf gathers notes for the rules of one entry: what stands nearest to a rule counts.
func metadataOf(comp *ast.Compiler, ref string) metadata {
	m := metadata{byID: map[string]note{}}
	set := comp.GetAnnotationSet()
	rules := comp.GetRulesWithPrefix(ast.MustParseRef(ref))
	for _, r := range rules {
		var n, shared note
		id := ""
		for _, a := range set.Chain(r) {
			if a.Annotations == nil {
				continue
			}
			n.fill(a.Annotations)
			if a.Annotations.Scope != "rule" {
				shared.fill(a.Annotations)
			} else if id == "" {
				id, _ = a.Annotations.Custom["id"].(string)
			}
		}
		if m.all = shared; len(rules) == 1 {
			m.all = n
		}
		if id != "" {
			m.byID[id] = n
		}
	}
	return m
}

func (n *note) fill(a *ast.Annotations) {
	fix, _ := a.Custom["fix"].(string)
	n.title, n.why, n.fix = cmp.Or(n.title, a.Title), cmp.Or(n.why, strings.TrimSpace(a.Description)), cmp.Or(n.fix, strings.TrimSpace(fix))
	list, _ := a.Custom["optional_metrics"].([]any)
	for _, e := range list {
		if s, ok := e.(string); ok {
			n.optional = append(n.optional, s)
		}
	}
}

// Parameter is one value that a policy lets mlops.yaml set, declared in the metadata of its package:
//
//	custom: {params: {max_mb: {default: 100, description: largest artifact in MB}}}
type Parameter struct {
	Name, Description string
	Default           any // text, float64, bool or a list of text; a value set must be of the same type
}

// declared reads the parameters of all packages of a set.
func declared(set *ast.AnnotationSet, parsed map[string]*ast.Module) ([]Parameter, error) {
	var out []Parameter
	for _, file := range slices.Sorted(maps.Keys(parsed)) {
		pkg := set.GetPackageScope(parsed[file].Package)
		if pkg == nil || pkg.Custom["params"] == nil {
			continue
		}
		params, ok := pkg.Custom["params"].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s: custom.params is not a mapping: write {max_mb: {default: 100, description: …}}", file)
		}
		for _, name := range slices.Sorted(maps.Keys(params)) {
			p := Parameter{Name: name}
			fields, _ := params[name].(map[string]any)
			p.Description, _ = fields["description"].(string)
			if p.Default = plain(fields["default"]); typeName(p.Default) == "" {
				return nil, fmt.Errorf("%s: custom.params.%s has no default that is text, a number, a truth value or a list of text", file, name)
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// parameters are what data.params holds: the defaults, and over them what mlops.yaml sets. A name that
// no policy declares, and a value of another type, are errors: both would never take effect.
func parameters(set *ast.AnnotationSet, parsed map[string]*ast.Module, with map[string]any) (map[string]any, error) {
	list, err := declared(set, parsed)
	if err != nil {
		return nil, err
	}
	values, names := map[string]any{}, []string{}
	for _, p := range list {
		values[p.Name] = p.Default
		names = append(names, p.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		have, ok := values[name]
		switch {
		case !ok && len(names) == 0:
			return nil, fmt.Errorf("it has no parameters, and %q was set", name)
		case !ok:
			return nil, fmt.Errorf("it has no parameter %q; there are %s", name, strings.Join(names, ", "))
		case typeName(have) != typeName(with[name]):
			return nil, fmt.Errorf("its parameter %q is %s, and was set to %s", name, typeName(have), typeName(with[name]))
		}
		values[name] = with[name]
	}
	return values, nil
}

// plain makes every number a float64, as YAML and JSON decoders differ.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err == nil {
			return f
		}
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	}
	return v
}

func typeName(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case float64:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list of text"
	}
	return ""
}
