package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/mlgate/mlgate/internal/config"
)

const top = "../.."

// elsewhere are the pages that a script plays, line by line: the script, and its line that does it.
var elsewhere = map[string][2]string{
	"docs/diff.md":     {"diff.txtar", "console docs/diff.md"},
	"docs/policies.md": {"policies.txtar", "guide policies.md"},
}

// mostUnplayed is how many blocks of commands may be shown in all pages without being run.
const mostUnplayed = 4

// TestManual runs what README, docs/ and the other pages at the top show: commands with what they
// print, files, and whether links lead somewhere.
func TestManual(t *testing.T) {
	t.Parallel()
	unplayed := 0
	for _, name := range manual(t) {
		p := readPage(t, name)
		for _, b := range p.pieces {
			if b.why != "" {
				unplayed++
				t.Logf("%s:%d is not run: %s", name, b.line, b.why)
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.checkFiles(t)
			p.checkLinks(t)
			if by, ok := elsewhere[name]; ok {
				p.playedBy(t, by[0], by[1])
				return
			}
			p.play(t)
		})
	}
	if unplayed > mostUnplayed {
		t.Errorf("%d blocks of commands are shown and not run, at most %d may be", unplayed, mostUnplayed)
	}
}

// manual lists the pages, as paths of the repository.
func manual(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "examples/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(top, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			name, err := filepath.Rel(top, f)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, filepath.ToSlash(name))
		}
	}
	if len(names) < 20 {
		t.Fatalf("only %d pages: %v", len(names), names)
	}
	return names
}

func (p page) playedBy(t *testing.T, script, line string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "script", script))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(strings.Split(string(data), "\n"), line) {
		t.Errorf("%s does not play %s any more: there is no line %q", script, p.name, line)
	}
}

// checkFiles has every file that a page shows read by what reads such files.
func (p page) checkFiles(t *testing.T) {
	t.Helper()
	for _, b := range p.pieces {
		if err := checkFile(b); err != nil {
			t.Errorf("%s:%d: %v", p.name, b.line, err)
		}
	}
}

func checkFile(b piece) error {
	switch {
	case b.lang == "json" && !json.Valid([]byte(b.text)):
		return fmt.Errorf("this is no JSON:\n%s", b.text)
	case b.lang != "yaml":
		return nil
	case strings.HasPrefix(b.text, "version: 1\n"):
		return config.Check("mlops.yaml", []byte(b.text), "9.9.9")
	case strings.Contains(b.text, "\njobs:\n"):
		return checkWorkflow(b.text)
	}
	var any any
	return yaml.UnmarshalStrict([]byte(b.text), &any)
}

// checkWorkflow asks actionlint, where it is installed. `make lint` does the same for files.
func checkWorkflow(text string) error {
	lint, err := filepath.Abs(filepath.Join(top, ".cache", "bin", "actionlint"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(lint); err != nil {
		var any any
		return yaml.UnmarshalStrict([]byte(text), &any)
	}
	cmd := exec.Command(lint, "-")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("actionlint: %w\n%s", err, out)
	}
	return nil
}
