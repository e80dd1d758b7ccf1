package reader_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// The manual's page shows an example of every tool's file, and what is read of it.
func TestManualOfTools(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "evaluation-tools.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := regexp.MustCompile("(?s)\n## ([a-z-]+)\n.*?\n```(\\w+)\n(.*?)```\n+```text\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	var shown []string
	for _, s := range sections {
		name := "example." + strings.Replace(s[2], "yaml", "md", 1)
		got, err := reader.Files{}.Metrics(mlgate.Source{Path: name}, []byte(s[3]))
		if d := cmp.Diff(s[4], say(got, err)); d != "" {
			t.Errorf("%s: %s", s[1], d)
		}
		byKind, err := reader.Files{}.Metrics(mlgate.Source{Path: name, Kind: s[1]}, []byte(s[3]))
		if d := cmp.Diff(s[4], say(byKind, err)); d != "" {
			t.Errorf("%s, by its kind: %s", s[1], d)
		}
		shown = append(shown, s[1])
	}
	rows := regexp.MustCompile("(?m)^\\| \\[`([a-z-]+)`\\]").FindAllStringSubmatch(string(page), -1)
	var listed []string
	for _, r := range rows {
		listed = append(listed, r[1])
	}
	if d := cmp.Diff(listed, shown); d != "" {
		t.Errorf("the table and the examples differ: %s", d)
	}
}
