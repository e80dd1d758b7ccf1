package pipeline

import (
	"encoding/json"
	"testing"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// A recipe must be the same for ever: evidence is filed under it.
func TestDigestIsThatOfTheDocument(t *testing.T) {
	t.Parallel()
	run := config.Run{Steps: []mlgate.Step{{Name: "a", Run: "echo <&>\u2028"}}, Evidence: []mlgate.Source{{Path: "m.json"}}, Artifact: "x"}
	for name, files := range map[string][]mlgate.TreeFile{
		"none":    nil,
		"empty":   {},
		"plain":   {{Path: "a/b c.txt", Mode: "100644", ID: "ab"}, {Path: "z~", Mode: "100755", ID: "cd"}},
		"strange": {{Path: "a\"b"}, {Path: "a\\b"}, {Path: "<&>"}, {Path: "\x00\x7f"}, {Path: "\xff"}, {Path: "ü\u2028\u202e"}, {Path: "\n"}, {}},
	} {
		doc, err := json.Marshal(document{1, run.Steps, run.Evidence, run.Artifact, files})
		if err != nil {
			t.Fatal(err)
		}
		got, err := digest(run, files)
		if want := mlgate.DigestOf(doc); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, want)
		}
	}
}

func FuzzDigest(f *testing.F) {
	f.Add("a\"b", "100644")
	f.Fuzz(func(t *testing.T, path, mode string) {
		files := []mlgate.TreeFile{{Path: path, Mode: mode, ID: path + mode}}
		doc, err := json.Marshal(document{Format: 1, Files: files})
		if err != nil {
			t.Skip(err)
		}
		if got, err := digest(config.Run{}, files); err != nil || got != mlgate.DigestOf(doc) {
			t.Errorf("got %s, %v", got, err)
		}
	})
}
