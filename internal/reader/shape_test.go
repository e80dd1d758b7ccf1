package reader_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// What a tool wrote, testdata/KIND/*.json, is recognised as that kind and no other, whatever the file is
// called; so is its first half, as far as that shows whose it is. A stated kind is not looked behind.
func TestKindsAreRecognisedByContent(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		kind := filepath.Base(filepath.Dir(file))
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{kind}, reader.LooksLike(data)); d != "" {
			t.Errorf("%s looks like others: %s", file, d)
		}
		want, werr := reader.Files{}.Metrics(mlgate.Source{Kind: kind, Path: "m.json"}, data)
		for _, src := range []mlgate.Source{{Path: "m.json"}, {Path: "m.json", Kind: "json", Look: true}} {
			got, gerr := reader.Files{}.Metrics(src, data)
			if say(got, nil) != say(want, nil) || werr != nil || gerr != nil {
				t.Errorf("%s as %+v: %v, by its kind: %v", file, src, gerr, werr)
			}
		}
	}
}

func TestPlainFilesStayPlain(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 90) + "1" + strings.Repeat("}", 90)
	for _, text := range []string{`{"metrics": {"mlgate": 1}}`, `{"mlgate": "1", "metrics": []}`, `1`, `[]`, `{}`, `{"a": NaN}`, deep, `{"results": [], "success": true}`} {
		if got := reader.LooksLike([]byte(text)); got != nil {
			t.Errorf("%.60s looks like %v", text, got)
		}
	}
}
