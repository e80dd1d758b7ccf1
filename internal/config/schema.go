package config

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// SchemaID is where the newest schema lives; editors load it from there.
const SchemaID = "https://raw.githubusercontent.com/mlgate/mlgate/main/docs/mlops.schema.json"

// Schema is the JSON Schema (2020-12) of mlops.yaml, indented, with a line end. What it cannot say is
// left to Check: how a thing is written, and what two things must be to each other.
func Schema() ([]byte, error) {
	top := object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"$id", SchemaID}, {"title", description.what}, {"description", "How a model is made, and what it must be: https://github.com/mlgate/mlgate"}}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(append(top, schemaOf(description)...)); err != nil {
		return nil, err
	}
	return escaped(b.Bytes()), nil
}

// escaped writes DEL and the C1 controls, which JSON lets stand, as escapes: no editor shows them.
func escaped(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		if r >= 0x7f && r <= 0x9f {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// object is a JSON object that keeps its order.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func schemaOf(v value) object {
	switch v.kind {
	case isScalar:
		return object{{"type", []string{"string", "number", "boolean"}}}
	case isWord:
		return object{{"enum", v.names()}}
	case isOne:
		return object{{"const", 1}}
	case isNumber:
		return object{{"type", "number"}}
	case isShare:
		return object{{"type", "number"}, {"exclusiveMinimum", 0.5}, {"exclusiveMaximum", 1}}
	case isBound:
		return anyOf(object{{"type", "number"}, {"minimum", 0}}, object{{"type", "string"}, {"pattern", relative.String()}})
	case isCount:
		return object{{"type", "integer"}, {"minimum", 1}, {"maximum", 999_999_999}}
	case isDay:
		return object{{"type", "string"}, {"format", "date"}, {"pattern", plainDay.String()}}
	case isTruth:
		return object{{"type", "boolean"}}
	case isList:
		list := object{{"type", "array"}, {"maxItems", maxItems}, {"items", schemaOf(*v.of)}}
		if v.single {
			return anyOf(list, schemaOf(*v.of))
		}
		return list
	case isMapping:
		return mappingSchema(v)
	case isTable:
		return object{{"type", "object"}, {"maxProperties", maxItems}, {"propertyNames", grammarSchema(v.grammar)}, {"additionalProperties", schemaOf(*v.of)}}
	}
	return append(object{{"type", "string"}}, grammarSchema(v.grammar)...)
}

func anyOf(all ...object) object { return object{{"anyOf", all}} }

// grammarSchema is what all grammars together demand of a text.
func grammarSchema(all []grammar) object {
	var each []object
	for _, g := range all {
		var o object
		if g.is != nil {
			o = append(o, member{"pattern", g.is.String()})
		}
		if g.max > 0 {
			o = append(o, member{"maxLength", g.max})
		}
		if len(g.not) > 0 {
			o = append(o, member{"not", anyOf(patterns(g.not)...)})
		}
		each = append(each, o)
	}
	if len(each) == 1 {
		return each[0]
	}
	return object{{"allOf", each}}
}

func patterns(all []*expression) []object {
	var out []object
	for _, e := range all {
		out = append(out, object{{"pattern", e.String()}})
	}
	return out
}

func mappingSchema(v value) object {
	var whole object
	if words := v.kinds(); words == nil {
		whole = objectSchema(v.keys, "", true)
	} else {
		var each []object
		for i, w := range words {
			each = append(each, objectSchema(append(v.keys[:len(v.keys):len(v.keys)], w.options...), w.name, i == 0))
		}
		whole = object{{"oneOf", each}}
	}
	var also []object
	if len(v.needs) > 0 {
		var each []object
		for _, name := range v.needs {
			each = append(each, object{{"required", []string{name}}})
		}
		also = append(also, anyOf(each...))
	}
	if t := v.tight; t != nil {
		also = append(also, anyOf(object{{"required", []string{t.absent}}},
			object{{"properties", object{{t.key, grammarSchema([]grammar{t.grammar})}}}}))
	}
	if len(also) > 0 {
		whole = append(whole, member{"allOf", also})
	}
	if v.short != nil {
		return anyOf(schemaOf(*v.short), whole)
	}
	return whole
}

// objectSchema is a mapping with these keys. With a kind, `kind` must be that word, and may be left
// out only where it is the usual one.
func objectSchema(keys []key, kind string, usual bool) object {
	var properties object
	required := []string{}
	for _, k := range keys {
		if k.later {
			continue
		}
		o := schemaOf(k.is)
		if k.name == "kind" && kind != "" {
			o = object{{"const", kind}}
		}
		if k.must || k.name == "kind" && kind != "" && !usual {
			required = append(required, k.name)
		}
		properties = append(properties, member{k.name, append(o, explained(k)...)})
	}
	out := object{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
	if len(required) > 0 {
		out = append(out, member{"required", required})
	}
	return out
}

// explained is what an editor shows of a key.
func explained(k key) object {
	text := k.doc
	for _, w := range k.is.words {
		if w.doc != "" {
			text += " `" + w.name + "`: " + w.doc + "."
		}
	}
	if k.fallback != "" {
		text += " Left out: " + k.fallback + "."
	}
	out := object{{"description", text}}
	var example map[string]any
	if err := yaml.Unmarshal([]byte(k.example), &example); err == nil && example[k.name] != nil {
		out = append(out, member{"examples", []any{example[k.name]}})
	}
	return out
}

// kinds are the words of the key `kind` when any of them has options of its own.
func (v value) kinds() []word {
	for _, k := range v.keys {
		for _, w := range k.is.words {
			if k.name == "kind" && len(w.options) > 0 {
				return k.is.words
			}
		}
	}
	return nil
}
