package reader_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

var update = flag.Bool("update", false, "write the *.want files anew")

// What a tool wrote stands in testdata/KIND, with the tool's version and the script that ran it in
// version.txt; what is read of it in FILE.want.
func TestWhatToolsWrite(t *testing.T) {
	t.Parallel()
	for _, file := range written(t) {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := reader.Files{}.Metrics(mlgate.Source{Path: filepath.Base(file)}, data)
			sameAsWant(t, file+".want", say(got, err))
		})
	}
}

// written are the files of tools whose readings are kept.
func written(t *testing.T) []string {
	t.Helper()
	var files []string
	wants, err := filepath.Glob(filepath.Join("testdata", "*", "*.want"))
	if err != nil || len(wants) == 0 {
		t.Fatal("no readings are kept", err)
	}
	for _, w := range wants {
		files = append(files, strings.TrimSuffix(w, ".want"))
	}
	return files
}

func sameAsWant(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if d := cmp.Diff(string(want), got); err != nil || d != "" {
		t.Errorf("%s: %v %s", file, err, d)
	}
}

// say writes a reading down, a line for each thing.
func say(r mlgate.Reading, err error) string {
	var b strings.Builder
	for _, m := range r.Metrics {
		fmt.Fprintf(&b, "%s = %v", m.Name, float64(m.Value))
		if m.Unit != "" {
			fmt.Fprintf(&b, " %s", m.Unit)
		}
		if m.Stderr != nil {
			fmt.Fprintf(&b, " ± %v", float64(*m.Stderr))
		}
		switch {
		case m.Hits != nil:
			fmt.Fprintf(&b, " (n %d, hits %d)", m.N, *m.Hits)
		case m.N != 0:
			fmt.Fprintf(&b, " (n %d)", m.N)
		}
		if m.Repeats != nil {
			fmt.Fprintf(&b, " %v", m.Repeats)
		}
		b.WriteString("\n")
	}
	for _, d := range r.Dropped {
		fmt.Fprintf(&b, "left out: %s\n", d)
	}
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	return b.String()
}
