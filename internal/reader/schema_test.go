package reader_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The published schema and the reader agree: on the manual's example, and on what is refused.
func TestSchemaAgrees(t *testing.T) {
	t.Parallel()
	schema := published(t)
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "evidence.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(manual, -1)
	if len(blocks) != 1 {
		t.Fatalf("the manual has %d examples in JSON", len(blocks))
	}
	accepted := []string{
		string(blocks[0][1]), `{"mlgate": 1, "metrics": [{"name": "a", "value": 1, "n": null, "slice": {"k": 1, "b": true}}], "tables": [{"path": "a/..b/.c"}]}`,
		`{"mlgate": 1, "metrics": [{"name": "a", "repeats": [1]}], "tables": null}`,
		`{"mlgate": 1, "metrics": [{"name": "a", "value": 0.333333, "n": 3, "hits": 1}, {"name": "b", "value": 0, "hits": null}]}`,
		`{"mlgate": 1, "metrics": [{"confusion": {"tp": 1, "fp": 0, "fn": 0, "tn": 5}}, {"name": "a", "value": 1, "confusion": null}]}`,
	}
	for _, text := range accepted {
		if _, err := read("json", text); err != nil {
			t.Errorf("the reader refuses %s: %v", text, err)
		}
		if err := schema.Validate(decoded(t, text)); err != nil {
			t.Errorf("the schema refuses %s: %v", text, err)
		}
	}
	for text := range refusedOwn {
		if schema.Validate(decoded(t, text)) == nil {
			t.Errorf("the schema takes %s, the reader does not", text)
		}
	}
	for _, path := range []string{"..", "a/../b", "./a", "a//b", "a/", "."} {
		text := `{"mlgate": 1, "metrics": [{"name": "a", "value": 1}], "tables": [{"path": "` + path + `"}]}`
		if _, err := read("json", text); err == nil || schema.Validate(decoded(t, text)) == nil {
			t.Errorf("the path %q was taken: reader %v", path, err)
		}
	}
}

func published(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "evidence.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("evidence.schema.json", decoded(t, string(text))); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("evidence.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(strings.TrimSpace(text))))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
