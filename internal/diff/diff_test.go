package diff_test

import (
	std "cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/diff"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

type texts map[string]string

// source is one side made of texts by path. "→" instead of a text makes a symlink, "∅" a file whose
// content is not here, "∞" one that is too large.
func source(name string, all texts) diff.Source {
	s := diff.Source{Side: mlgate.DiffSide{Name: name, Commit: "c0ffee" + name}}
	for path, text := range all {
		mode := "100644"
		if text == "→" {
			mode = "120000"
		}
		s.Files = append(s.Files, mlgate.TreeFile{Path: path, Mode: mode, ID: fmt.Sprintf("%x", sha256.Sum256([]byte(text)))})
	}
	slices.SortFunc(s.Files, func(a, b mlgate.TreeFile) int { return strings.Compare(a.Path, b.Path) })
	s.Read = func(path string) ([]byte, error) {
		switch all[path] {
		case "∅":
			return nil, fmt.Errorf("object 12: %w", mlgate.ErrNotFound)
		case "∞":
			return nil, fmt.Errorf("reading %q: %w", path, mlgate.ErrTooLarge)
		}
		return []byte(all[path]), nil
	}
	return s
}

func number(n *mlgate.Number) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(float64(*n))
}

func text(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

// told is an answer as lines, in its own order.
func told(d mlgate.Diff) string {
	var b strings.Builder
	for _, m := range d.Metrics {
		fmt.Fprintf(&b, "%s %s: %s %s %s\n", m.File, m.Name, number(m.Old), number(m.New), m.Better)
	}
	for _, c := range d.Checks {
		fmt.Fprintf(&b, "check %s %s: %s %s\n", c.File, c.Name, std.Or(string(c.Old), "-"), std.Or(string(c.New), "-"))
	}
	for _, v := range d.Values {
		fmt.Fprintf(&b, "%s %s: %s %s\n", v.File, v.Name, text(v.Old), text(v.New))
	}
	for _, v := range d.Params {
		fmt.Fprintf(&b, "param %s %s: %s %s\n", v.File, v.Name, text(v.Old), text(v.New))
	}
	for _, r := range d.Renamed {
		fmt.Fprintf(&b, "renamed %s %s\n", r.Old, r.New)
	}
	for _, s := range d.Skipped {
		if head, _, ok := strings.Cut(s.Why, ": mlops.yaml:1:"); ok {
			s.Why = head + ": …" // config has tests for its own words
		}
		fmt.Fprintf(&b, "skipped %s [%s]: %s\n", s.File, s.Side, s.Why)
	}
	for _, s := range d.Unreadable {
		fmt.Fprintf(&b, "unreadable %s [%s]: %s\n", s.File, s.Side, s.Why)
	}
	fmt.Fprintf(&b, "%d files, %d same, %d unchanged", d.Files, d.Same, d.Unchanged)
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

const declared = `version: 1
model: m
steps: [{name: train, run: "true", params: ["p.yaml:lr"], outputs: [out/e.json]}]
evidence: [out/e.json, {path: extra.csv, prefix: x}]
gates: {acc: {better: higher, max_drop: 0.1}, "loss*": {max: 1}}
`

const patterned = `version: 1
model: m
evidence: {path: "r/**/*.json", exclude: "**/meta.json", prefix: "{path}"}
`

// suite is a result of Great Expectations.
func suite(held bool) string {
	n := map[bool]int{true: 0, false: 1}[held]
	return fmt.Sprintf(`{"success": %t, "suite_name": "s", "statistics": {"evaluated_expectations": 1, "unsuccessful_expectations": %d, "successful_expectations": %d},
 "results": [{"success": %t, "expectation_config": {"type": "expect", "kwargs": {"column": "a"}}, "result": {}}]}`, held, n, 1-n, held)
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		old, now texts
		all      bool
		want     string
	}{
		{"nothing to find", texts{"a.txt": "1"}, texts{}, false, "0 files, 0 same, 0 unchanged"},
		{"params beside metrics", texts{"metrics.json": `{"acc": 0.5, "n": 1}`, "params.yaml": "lr: 0.10\nseed: 1\n"}, texts{"metrics.json": `{"acc": 0.75, "n": 1}`, "params.yaml": "lr: 0.2\nseed: 1\n"}, false,
			"metrics.json acc: 0.5 0.75\nparam params.yaml lr: 0.1 0.2\n2 files, 0 same, 2 unchanged"},
		{"the same, listed", texts{"metrics.json": `{"acc": 1}`}, texts{"metrics.json": `{"acc": 1}`}, true, "metrics.json acc: 1 1\n1 files, 0 same, 1 unchanged"},
		{"the same", texts{"metrics.json": `{"acc": 1}`}, texts{"metrics.json": `{"acc": 1}`}, false, "1 files, 1 same, 0 unchanged"},
		{"renamed by content, among others", texts{"a/metrics.json": `{"x": 1}`, "b/metrics.json": `{"x": 2}`}, texts{"c/metrics.json": `{"x": 2}`, "d/metrics.json": `{"x": 3}`, "e/metrics.json": `{"x": 4}`}, false,
			"a/metrics.json x: 1 -\nd/metrics.json x: - 3\ne/metrics.json x: - 4\nrenamed b/metrics.json c/metrics.json\n4 files, 1 same, 0 unchanged"},
		{"renamed, as the only one", texts{"a/metrics.json": `{"x": 1}`}, texts{"b/metrics.json": `{"x": 2}`}, false, "b/metrics.json x: 1 2\nrenamed a/metrics.json b/metrics.json\n1 files, 0 same, 0 unchanged"},
		{"twins are no rename", texts{"a/metrics.json": `{"x": 1}`, "b/metrics.json": `{"x": 1}`}, texts{"c/metrics.json": `{"x": 1}`}, false,
			"a/metrics.json x: 1 -\nb/metrics.json x: 1 -\nc/metrics.json x: - 1\n3 files, 0 same, 0 unchanged"},
		{"cached by DVC on one side", texts{"dvc.yaml": "stages: {a: {metrics: [m.json]}}"}, texts{"dvc.yaml": "stages: {a: {metrics: [m.json]}}", "m.json": `{"x": 1}`}, false,
			"skipped m.json [old]: DVC keeps it in its cache, and no dvc.lock says which content: run `dvc repro`, and commit dvc.lock; or write `cache: false` in dvc.yaml, and git keeps it\n0 files, 0 same, 0 unchanged"},
		{"in a folder that DVC caches, on both sides", texts{"dvc.yaml": "stages: {a: {outs: [eval]}}\nmetrics: [eval/m.json]"}, texts{"dvc.yaml": "stages: {a: {outs: [eval]}}\nmetrics: [eval/m.json]\n"}, false,
			"skipped eval/m.json []: DVC keeps it in its cache, and no dvc.lock says which content: run `dvc repro`, and commit dvc.lock; or write `cache: false` in dvc.yaml, and git keeps it\n0 files, 0 same, 0 unchanged"},
		{"a pointer to a folder", texts{"d.dvc": "outs: []"}, texts{"d/metrics.json": `{"x": 1}`}, false,
			"skipped d/metrics.json [old]: DVC keeps it in its cache, and no dvc.lock says which content: run `dvc repro`, and commit dvc.lock; or write `cache: false` in dvc.yaml, and git keeps it\n0 files, 0 same, 0 unchanged"},
		{"a tool's file under any name", texts{"out/x.json": suite(true)}, texts{"out/x.json": suite(false)}, false,
			"out/x.json gx.failed: 0 1\nout/x.json gx.passed: 1 0\ncheck out/x.json gx/s/expect(column=a): pass fail\n1 files, 0 same, 4 unchanged"},
		{"a name that is a tool's file on one side alone", texts{"x.json": `{"a": 1}`}, texts{"x.json": suite(true)}, false, "0 files, 0 same, 0 unchanged"},
		{"what says that all is well is nearly empty", texts{"x.json": `{}`}, texts{"x.json": `{"DATA": {"K": [{"schema": null, "column": "a", "check": "c", "error": "e"}]}}`}, false,
			"x.json pandera.failed: 0 2\nx.json pandera.passed: 1 0\nx.json pandera.total: 1 2\ncheck x.json pandera/schema: pass fail\ncheck x.json pandera/schema/a/c: - fail\n1 files, 0 same, 3 unchanged"},
		{"a file for each run, the earlier ones stay", texts{"version_0/metrics.json": `{"x": 1}`, "version_2/metrics.json": `{"x": 2}`}, texts{"version_0/metrics.json": `{"x": 1}`, "version_2/metrics.json": `{"x": 2}`, "version_10/metrics.json": `{"x": 3}`}, false,
			"version_10/metrics.json x: 2 3\nrenamed version_2/metrics.json version_10/metrics.json\n1 files, 0 same, 0 unchanged"},
		{"a store that cannot be read", texts{"wandb/run-1-a/run-a.wandb": "words"}, texts{"wandb/run-1-a/run-a.wandb": "other words"}, false,
			"skipped wandb []: \"wandb\": \"run-1-a/run-a.wandb\": it is no .wandb file: it does not begin with :W&B\n0 files, 0 same, 0 unchanged"},
		{"the same store", texts{"wandb/run-1-a/run-a.wandb": "words"}, texts{"wandb/run-1-a/run-a.wandb": "words"}, false, "1 files, 1 same, 0 unchanged"},
		{"a database that is still open", texts{"mlflow.db": "SQLite format 3\x00", "mlflow.db-wal": "x"}, texts{"mlflow.db": "SQLite format 3\x00.", "mlflow.db-wal": "x"}, false,
			"skipped mlflow.db []: it is not whole without \"mlflow.db-wal\": let what has it open end\n0 files, 0 same, 0 unchanged"},
		{"a DVC pointer", texts{"metrics.json.dvc": "outs: []", "x/metrics.json": `{"x": 1}`}, texts{"metrics.json": `{"x": 1}`, "x/metrics.json": `{"x": 1}`}, false,
			"skipped metrics.json [old]: DVC keeps it in its cache, and no dvc.lock says which content: run `dvc repro`, and commit dvc.lock; or write `cache: false` in dvc.yaml, and git keeps it\n1 files, 1 same, 0 unchanged"},
		{"named and nowhere", texts{"dvc.yaml": "metrics: [m.json]"}, texts{"dvc.yaml": "metrics: [m.json]"}, false, "skipped m.json []: dvc.yaml names it, and it is on neither side\n0 files, 0 same, 0 unchanged"},
		{"symlink", texts{"metrics.json": `{"x": 1}`}, texts{"metrics.json": "→"}, false, "skipped metrics.json [new]: a symlink, and none is followed\n0 files, 0 same, 0 unchanged"},
		{"too large", texts{"metrics.json": `{"x": 1}`}, texts{"metrics.json": "∞"}, false, "skipped metrics.json [new]: reading \"metrics.json\": too large\n0 files, 0 same, 0 unchanged"},
		{"content is elsewhere", texts{"metrics.json": "∅"}, texts{"metrics.json": `{"x": 1}`}, false, "unreadable metrics.json [old]: its content is not in the clone; a clone made without --filter has it\n0 files, 0 same, 0 unchanged"},
		{"broken on one side", texts{"metrics.json": `{"x": `}, texts{"metrics.json": `{"x": 1}`}, false, "unreadable metrics.json [old]: \"metrics.json\": it ends in the middle: was it written to the end?\n0 files, 0 same, 0 unchanged"},
		{"something else under a usual name", texts{}, texts{"scores.json": `{`}, false, "skipped scores.json [new]: \"scores.json\": it ends in the middle: was it written to the end?\n0 files, 0 same, 0 unchanged"},
		{"no number in it", texts{"scores.json": `["a"]`}, texts{"scores.json": `["b"]`}, false, "skipped scores.json []: it holds no number\n0 files, 0 same, 0 unchanged"},
		{"broken and named", texts{"dvc.yaml": "metrics: [m.json]"}, texts{"dvc.yaml": "metrics: [m.json]", "m.json": `{`}, false, "unreadable m.json [new]: \"m.json\": it ends in the middle: was it written to the end?\n0 files, 0 same, 0 unchanged"},
		{"what is no number", texts{"metrics.json": `{"x": 1, "best": "tree", "ok": true}`}, texts{"metrics.json": `{"x": 1, "best": "forest", "ok": true}`}, false, "metrics.json best: tree forest\n1 files, 0 same, 2 unchanged"},
		{"mlops.yaml counts alone", texts{"m/mlops.yaml": declared, "m/out/e.json": `{"acc": 1, "loss_a": 1}`, "m/extra.csv": "v\n1\n", "metrics.json": `{"no": 1}`, "m/p.yaml": "lr: 1\nother: 1"},
			texts{"m/mlops.yaml": declared, "m/out/e.json": `{"acc": 2, "loss_a": 2}`, "m/extra.csv": "v\n2\n", "metrics.json": `{"no": 2}`, "m/p.yaml": "lr: 2\nother: 2"}, false,
			"m/extra.csv x.v: 1 2\nm/out/e.json acc: 1 2 higher\nm/out/e.json loss_a: 1 2 lower\nparam m/p.yaml lr: 1 2\n3 files, 0 same, 0 unchanged"},
		{"mlops.yaml, and nothing is committed", texts{}, texts{"mlops.yaml": declared}, false,
			"skipped extra.csv []: mlops.yaml names it, and it is on neither side; steps may make it, and `mlgate review` runs them\nskipped out/e.json []: mlops.yaml names it, and it is on neither side; steps may make it, and `mlgate review` runs them\n" +
				"skipped p.yaml []: mlops.yaml names it, and it is on neither side; steps may make it, and `mlgate review` runs them\n0 files, 0 same, 0 unchanged"},
		{"a pattern of mlops.yaml", texts{"m/mlops.yaml": patterned, "m/r/a.json": `{"x": 1}`, "m/r/gone.json": `{"x": 5}`, "m/r/meta.json": `{"x": 1}`, "r/a.json": `{"x": 1}`},
			texts{"m/mlops.yaml": patterned, "m/r/a.json": `{"x": 2}`, "m/r/b/new.json": `{"y": 3}`, "m/r/meta.json": `{"x": 2}`, "r/a.json": `{"x": 2}`}, false,
			"m/r/a.json a.x: 1 2\nm/r/b/new.json b/new.x: 5 -\nm/r/b/new.json b/new.y: - 3\nrenamed m/r/gone.json m/r/b/new.json\n2 files, 0 same, 0 unchanged"},
		{"a pattern that matches nothing", texts{}, texts{"mlops.yaml": patterned}, false,
			"skipped r/**/*.json []: mlops.yaml names it, and it is on neither side; steps may make it, and `mlgate review` runs them\n0 files, 0 same, 0 unchanged"},
		{"an mlops.yaml of the past that is wrong", texts{"mlops.yaml": "version: 0\n", "out/e.json": `{"acc": 1}`}, texts{"mlops.yaml": declared, "out/e.json": `{"acc": 2}`, "extra.csv": "v\n1\n", "p.yaml": "lr: 1"}, false,
			"extra.csv x.v: - 1\nout/e.json acc: 1 2 higher\nparam p.yaml lr: - 1\nskipped mlops.yaml [old]: reading the mlops.yaml of old: …\n3 files, 0 same, 0 unchanged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := diff.Compare(context.Background(), reader.Files{}, diff.Ask{Old: source("old", c.old), New: source("new", c.now), All: c.all, Version: "dev"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, told(d)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The mlops.yaml of the new side can be mended: it is a mistake when it is wrong.
func TestDiffRefusesAWrongConfig(t *testing.T) {
	t.Parallel()
	ask := diff.Ask{Old: source("old", nil), New: source("new", texts{"mlops.yaml": "version: 2\n"}), Version: "dev"}
	_, err := diff.Compare(context.Background(), reader.Files{}, ask)
	var mistake *mlgate.Mistake
	if !errors.As(err, &mistake) {
		t.Errorf("got %v, want a Mistake", err)
	}
}
