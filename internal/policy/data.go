package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// isData tells a JSON data file from Rego.
func (m Module) isData() bool { return path.Ext(m.Path) == ".json" }

// documents puts the JSON files of a set together as OPA does: an object each, whose keys stand in
// `data` below the names of the folders that the file lies in, counted from root. Two files that say
// something of the same key are an error.
func documents(root string, modules []Module) (map[string]any, error) {
	data := map[string]any{}
	for _, m := range modules {
		if !m.isData() {
			continue
		}
		doc, err := object(m.Source)
		if err != nil {
			return nil, fmt.Errorf("reading the data of %s: %w", m.Path, err)
		}
		at := data
		folders := path.Dir(strings.Trim(strings.TrimPrefix(m.Path, root), "/"))
		for name := range strings.SplitSeq(folders, "/") {
			if name == "" || name == "." {
				continue
			}
			if at[name] == nil {
				at[name] = map[string]any{}
			}
			next, ok := at[name].(map[string]any)
			if !ok {
				return nil, fmt.Errorf("reading the data of %s: another file has a value of the name of its folder %q", m.Path, name)
			}
			at = next
		}
		if err := merge(at, doc); err != nil {
			return nil, fmt.Errorf("reading the data of %s: %w", m.Path, err)
		}
	}
	return data, nil
}

func object(src []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the object")
	}
	if doc == nil {
		return nil, errors.New("it is null; data is an object")
	}
	return doc, nil
}

func merge(into, doc map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		value := doc[key]
		old, twice := into[key]
		a, isObject := old.(map[string]any)
		b, isObject2 := value.(map[string]any)
		switch {
		case !twice:
			into[key] = value
		case !isObject || !isObject2:
			return fmt.Errorf("another file has the key %q too", key)
		default:
			if err := merge(a, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// dataOf is what `data` holds beside the rules of a set: its JSON files, and its parameters.
func dataOf(s Set, modules []Module, params map[string]any) (map[string]any, error) {
	data, err := documents(s.Root, modules)
	if err != nil {
		return nil, err
	}
	if data["params"] != nil {
		return nil, errors.New("its data has the key \"params\", where the parameters of policies are")
	}
	data["params"] = maps.Clone(params)
	return data, nil
}
