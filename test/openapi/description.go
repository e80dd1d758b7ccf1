// Package openapi holds what mlgate asks of GitHub, and what the fake of the tests answers, to
// GitHub's own descriptions: the OpenAPI document behind Prism as a validating proxy, the GraphQL
// schema. It replays what the tests recorded. It is no part of the program.
package openapi

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

type object = map[string]any

// description is GitHub's OpenAPI document.
type description struct {
	doc   object
	paths object
}

func readDescription(node string) (*description, error) {
	data, err := os.ReadFile(filepath.Join(node, "node_modules/@octokit/openapi/generated/api.github.com.json"))
	if err != nil {
		return nil, err
	}
	var doc object
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	return &description{doc, doc["paths"].(object)}, nil
}

// template finds the path of the description that a request's path is one of: the one with the most
// literal names. tail is how many names of the path its last parameter takes: GitHub takes files and
// refs with their slashes.
func (d *description) template(path string) (found string, tail int) {
	have := strings.Split(strings.Trim(path, "/"), "/")
	best := -1
	for t := range d.paths {
		want := strings.Split(strings.Trim(t, "/"), "/")
		if len(have) < len(want) || len(have) > len(want) && !swallows.MatchString(t) {
			continue
		}
		if n := literal(want, have); n > best || n == best && n >= 0 && t < found {
			best, found, tail = n, t, len(have)-len(want)+1
		}
	}
	return found, tail
}

var swallows = regexp.MustCompile(`/(contents/\{path\}|git/(ref|refs|matching-refs)/\{ref\}|branches/\{branch\}|rules/branches/\{branch\})$`)

// literal counts the names that are equal; -1: it does not fit.
func literal(want, have []string) int {
	n := 0
	for i, w := range want {
		switch {
		case strings.HasPrefix(w, "{"):
		case w != have[i]:
			return -1
		default:
			n++
		}
	}
	return n
}

// whole writes the names that a last parameter takes as one, as Prism wants it.
func whole(path string, tail int) string {
	parts := strings.Split(path, "/")
	if tail < 2 {
		return path
	}
	cut := len(parts) - tail
	return strings.Join(parts[:cut], "/") + "/" + strings.Join(parts[cut:], "%2F")
}

// trim is a document of these paths alone, with what they refer to: Prism reads the whole one in a
// quarter of a minute.
func (d *description) trim(paths []string) object {
	kept := object{}
	for _, p := range paths {
		kept[p] = d.paths[p]
	}
	parts := object{}
	d.collect(kept, parts)
	return object{"openapi": d.doc["openapi"], "info": d.doc["info"], "servers": d.doc["servers"], "paths": kept, "components": parts}
}

func (d *description) collect(v any, into object) {
	switch v := v.(type) {
	case object:
		if ref, ok := v["$ref"].(string); ok {
			names := strings.Split(ref, "/")
			kind, name := names[2], names[3]
			section, _ := into[kind].(object)
			if section == nil {
				section = object{}
				into[kind] = section
			}
			if _, known := section[name]; !known {
				section[name] = d.resolve(v)
				d.collect(section[name], into)
			}
		}
		for _, x := range v {
			d.collect(x, into)
		}
	case []any:
		for _, x := range v {
			d.collect(x, into)
		}
	}
}

// resolve follows a $ref.
func (d *description) resolve(v object) object {
	ref, ok := v["$ref"].(string)
	if !ok {
		return v
	}
	at := d.doc
	for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at, _ = at[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)].(object)
	}
	return d.resolve(at)
}

// schema is what an operation answers with a status; ok tells whether the status is described.
func (d *description) schema(template, method string, status int) (s object, ok bool) {
	item, _ := d.paths[template].(object)
	op, _ := item[strings.ToLower(method)].(object)
	all, _ := op["responses"].(object)
	r, ok := all[fmt.Sprint(status)].(object)
	if !ok {
		return nil, false
	}
	content, _ := d.resolve(r)["content"].(object)
	body, _ := content["application/json"].(object)
	s, _ = body["schema"].(object)
	return s, true
}

// decor are fields that GitHub always sends, that nobody here reads and that the fake leaves out. What
// is not in this list the fake must say itself.
var decor = regexp.MustCompile(`_url$|^url$|^node_id$|^gravatar_id$|^site_admin$|_count$|^_links$|^has_|^(created|updated|pushed|closed)_at$` +
	`|^(description|homepage|language|license|watchers|forks|open_issues|size|archived|disabled|allow_forking|is_template|visibility|topics|web_commit_signoff_required)$` +
	`|^(display_title|workflow_id|head_commit|check_suite_id|check_suite_node_id|run_number)$` +
	`|^(body|labels|milestone|assignees?|requested_reviewers|requested_teams|author_association|auto_merge|active_lock_reason|locked)$` +
	`|^organization$|^app\.(permissions|owner|name|events)$|^(head|base)\.(label|user|repo)$`)

// decorate adds required fields that are decor.
func (d *description) decorate(in string, v any, schema object) {
	schema = d.resolve(schema)
	for _, word := range []string{"allOf", "anyOf", "oneOf"} {
		choices, _ := schema[word].([]any)
		for _, c := range choices {
			if s, ok := c.(object); ok && d.resolve(s)["type"] != "null" {
				d.decorate(in, v, s)
				if word != "allOf" {
					break
				}
			}
		}
	}
	switch v := v.(type) {
	case []any:
		items, _ := schema["items"].(object)
		for _, x := range v {
			d.decorate(in, x, items)
		}
	case object:
		d.decorateObject(in, v, schema)
	}
}

func (d *description) decorateObject(in string, v, schema object) {
	fields, _ := schema["properties"].(object)
	required, _ := schema["required"].([]any)
	for name, f := range fields {
		field, _ := f.(object)
		if in == "head" && name == "repo" && v[name] == nil { // null, of a fork that was deleted, whatever the description says
			delete(v, name)
		}
		if x, there := v[name]; there {
			d.decorate(name, x, field)
		} else if (decor.MatchString(name) || decor.MatchString(in+"."+name)) && slices.Contains(required, any(name)) {
			v[name] = d.plain(field)
		}
	}
}

// plain is a value of a type, with what its objects must have.
func (d *description) plain(schema object) any {
	schema = d.resolve(schema)
	if schema["nullable"] == true {
		return nil
	}
	for _, word := range []string{"allOf", "anyOf", "oneOf"} {
		if choices, ok := schema[word].([]any); ok {
			return d.plain(choices[0].(object))
		}
	}
	if words, ok := schema["enum"].([]any); ok {
		return words[0]
	}
	switch schema["type"] {
	case "integer", "number":
		return 1
	case "boolean":
		return false
	case "string":
		return map[any]string{"uri": "https://api.github.com/x", "date-time": "2026-01-01T00:00:00Z", nil: "x"}[schema["format"]]
	case "array":
		return []any{}
	}
	out := object{}
	fields, _ := schema["properties"].(object)
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if f, ok := fields[name.(string)].(object); ok {
			out[name.(string)] = d.plain(f)
		}
	}
	return out
}
