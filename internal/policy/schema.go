package policy

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Field is one key of an object that policies see.
type Field struct {
	Name     string // in JSON
	Go       string // in Go
	Owner    string // Go type that declares it
	Type     reflect.Type
	Optional bool // absent where there is nothing
}

// Fields lists what of a struct stands in JSON, in the order of the source; embedded structs are part
// of it.
func Fields(t reflect.Type) []Field {
	var out []Field
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && tag == "":
			out = append(out, Fields(f.Type)...)
		case tag != "-" && f.IsExported():
			out = append(out, Field{Name: tag, Go: f.Name, Owner: t.Name(), Type: f.Type, Optional: strings.Contains(options, "omit")})
		}
	}
	return out
}

// Schema is the JSON Schema (2020-12) of the input, made from the Go types. Describe gives the text of a
// field, by Go type and Go name.
func Schema(describe func(typ, field string) string) map[string]any {
	defs := map[string]any{}
	root := structSchema(reflect.TypeFor[mlgate.Case](), defs, describe)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "The input of mlgate's policies, version 1"
	root["$defs"] = defs
	return root
}

// typeSchema is the same for OPA's type checker, which knows no 2020-12 and needs no texts.
func typeSchema() any {
	s := Schema(nil)
	delete(s, "$schema")
	return s
}

func structSchema(t reflect.Type, defs map[string]any, describe func(typ, field string) string) map[string]any {
	properties, required := map[string]any{}, []any{}
	for _, f := range Fields(t) {
		p := schemaOf(f.Type, defs, describe)
		if describe != nil {
			if text := describe(f.Owner, f.Go); text != "" {
				p["description"] = text
			}
		}
		properties[f.Name] = p
		if !f.Optional {
			required = append(required, f.Name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func schemaOf(t reflect.Type, defs map[string]any, describe func(typ, field string) string) map[string]any {
	switch t {
	case reflect.TypeFor[mlgate.Number]():
		return map[string]any{"anyOf": []any{map[string]any{"type": "number"}, map[string]any{"type": "string", "enum": []any{"NaN", "Infinity", "-Infinity"}}}}
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[mlgate.Status]():
		words := []any{}
		for s := mlgate.Unknown; s <= mlgate.Pass; s++ {
			words = append(words, s.String())
		}
		return map[string]any{"type": "string", "enum": words}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), defs, describe)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), defs, describe)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), defs, describe)}
	case reflect.Struct:
		if defs[t.Name()] == nil {
			defs[t.Name()] = true // a type inside itself refers to this
			defs[t.Name()] = structSchema(t, defs, describe)
		}
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	}
	return map[string]any{"type": scalar(t.Kind())}
}

func scalar(k reflect.Kind) string {
	switch {
	case k == reflect.String:
		return "string"
	case k == reflect.Bool:
		return "boolean"
	case slices.Contains([]reflect.Kind{reflect.Float64, reflect.Float32}, k):
		return "number"
	}
	return "integer"
}

// SchemaJSON is Schema as a file.
func SchemaJSON(describe func(typ, field string) string) ([]byte, error) {
	b, err := json.MarshalIndent(Schema(describe), "", "  ")
	return append(b, '\n'), err
}
