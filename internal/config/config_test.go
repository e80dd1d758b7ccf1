package config_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGood(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, "ok") {
		if err := config.Check("mlops.yaml", read(t, name), "0.1.0"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a user sees of each bad file stands beside it.
func TestBad(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, "bad") {
		err := config.Check("mlops.yaml", read(t, name), "0.1.0")
		var mistake *mlgate.Mistake
		if !errors.As(err, &mistake) {
			t.Errorf("%s: %v, want a mistake", name, err)
			continue
		}
		golden := strings.TrimSuffix(name, ".yaml") + ".out"
		if *update {
			if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(string(read(t, golden)), err.Error()+"\n"); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// The schema and the reference page in docs/ are those of the description.
func TestDocsAreFresh(t *testing.T) {
	t.Parallel()
	schema, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"mlops.schema.json": string(schema), "mlops.yaml.md": config.Reference()} {
		name = filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil { //nolint:gosec // a page of the manual
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(string(read(t, name)), want); d != "" {
			t.Errorf("%s is stale (go test ./internal/config -update): %s", name, d)
		}
	}
}

func TestImageOfAStep(t *testing.T) {
	t.Parallel()
	src := "version: 1\nmodel: m\nsteps:\n- {name: a, run: x, image: python:3.12}\n- {name: b, run: x}\n- {name: c, run: x, image: {name: 'p@sha256:" + strings.Repeat("0f", 32) + "', pull: always, network: none, cpus: 2, memory: 2GB, gpus: 1}}\n- {name: d, run: x, image: {name: p, network: default}}\n"
	run, err := config.ParseRun("mlops.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var got []*mlgate.Container
	for _, s := range run.Steps {
		got = append(got, s.Container)
	}
	want := []*mlgate.Container{
		{Image: "python:3.12"}, nil, {Image: "p@sha256:" + strings.Repeat("0f", 32), Pull: "always", Network: "none", CPUs: 2, Memory: 2e9, GPUs: 1}, {Image: "p"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !got[0].Moving() || got[1].Moving() || got[2].Moving() {
		t.Error("an image without a digest moves, and no other")
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join("testdata", dir, "*.yaml"))
	if err != nil || len(all) < 3 {
		t.Fatalf("%d files in %s, %v", len(all), dir, err)
	}
	return all
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRequires(t *testing.T) {
	t.Parallel()
	src := []byte("version: 1\nmodel: a\nrequires: \">=0.3\"\n")
	for version, ok := range map[string]bool{"0.2.9": false, "0.3.0": true, "v1.0.0": true, "dev": true} {
		if err := config.Check("f", src, version); (err == nil) != ok {
			t.Errorf("mlgate %s: %v", version, err)
		}
	}
	if err := config.Check("f", []byte(strings.Repeat("#", 2<<20)), "dev"); err == nil || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("2 MiB: %v", err)
	}
}

// A hostile file takes no longer than its size: thousands of complaints, and syntax that goes wrong late.
func TestHostileFilesEndSoon(t *testing.T) {
	t.Parallel()
	var keys, broken strings.Builder
	for i := 0; keys.Len() < 900<<10; i++ {
		fmt.Fprintf(&keys, "k%d:\n", i)
	}
	for broken.Len() < 8000 {
		broken.WriteString("- {a: [[[[[[[[[[[[[[1]]]]]]]]]]]]]], b: {c: {d: {e: 1, f: [1, 2, 3, 4, 5, 6, 7]}}}}\n")
	}
	broken.WriteString(" - x: 'y\n")
	var steps strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&steps, "- {name: s%d, run: x, needs: [nobody%d, s%d]}\n", i, i, (i+1)%1000)
	}
	for name, src := range map[string]string{"steps": "steps:\n" + steps.String(), "key": strings.Repeat("k", 1<<19) + ": 1", "elements": "steps:\n" + strings.Repeat("- {}\n", 200_000), "keys": keys.String(), "broken": broken.String(), "open": strings.Repeat("[", 1<<20), "stars": strings.Repeat("*", 1<<19)} {
		begin := time.Now()
		err := config.Check("f", []byte(src), "dev")
		if took := time.Since(begin); err == nil || len(err.Error()) > 100_000 || took > 20*time.Second {
			t.Errorf("%s: %v, %.200v", name, took, err)
		}
		t.Logf("%s: %v", name, time.Since(begin))
	}
}

func TestDefaultsAndDirections(t *testing.T) {
	t.Parallel()
	d, err := config.ParseDemand("x/mlops.yaml", []byte("version: 1\nmodel: a\ngates: {a: {max_drop: 1}, b: {max: 2}, c: {min: 1, max: 2}, d: {max_rise: 10% of baseline}, e: {min_rise: 1}, f: {min_drop: 1}, g: {max_change: 1}}\npromote: [{to: dev, when: manual}, {to: staging, when: merge}]\n"), "dev")
	if err != nil {
		t.Fatal(err)
	}
	var got []mlgate.Direction
	for _, g := range d.Gates {
		got = append(got, g.Better)
	}
	if want := []mlgate.Direction{mlgate.Higher, mlgate.Lower, "", mlgate.Lower, mlgate.Higher, mlgate.Lower, ""}; cmp.Diff(want, got) != "" {
		t.Errorf("directions %v, want %v", got, want)
	}
	if len(d.Baseline) != 2 || d.Baseline[1].String() != "stage:staging" || d.Dir != "x" || d.Comment != "update" || d.OnInconclusive != mlgate.Warn {
		t.Errorf("got %+v", d)
	}
}

// Another order of keys and another layout is no difference; a lowered gate is.
func TestDiff(t *testing.T) {
	t.Parallel()
	a := []byte("version: 1\nmodel: a\nsteps: [{name: t, run: x}]\ngates: {acc: {min: 0.9, max_drop: 1}}\n")
	b := []byte("model: a\nversion: 1\ngates:\n  acc:\n    max_drop: 1\n    min: 0.8\nsteps:\n  - run: y\n    name: t\n")
	demands, steps, model := config.Diff(a, b)
	if d := cmp.Diff([]mlgate.ValueChange{{Name: "gates.acc.min", Old: "0.9", New: "0.8"}}, demands); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]mlgate.ValueChange{{Name: "steps.t.run", Old: "x", New: "y"}}, steps); d != "" || model {
		t.Error(d, model)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"version: 1\nmodel: a\n", "a: &x [*x]", "steps: [{needs: [a]}]", "gates: {a: {max_drop: 1%}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, runErr := config.ParseRun("f", []byte(s))
		err := config.Check("f", []byte(s), "dev")
		if (runErr == nil) != (err == nil) {
			t.Errorf("ParseRun says %v, Check says %v", runErr, err)
		}
		var problems *config.Problems
		if errors.As(err, &problems) {
			for _, p := range problems.List {
				if p.Pos.Line < 1 || p.Pos.Line > strings.Count(s, "\n")+1 {
					t.Errorf("a complaint in line %d of %d", p.Pos.Line, strings.Count(s, "\n")+1)
				}
			}
		}
	})
}
