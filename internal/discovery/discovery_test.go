package discovery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/discovery"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// side makes one of texts by path; "→" instead of a text makes a symlink.
func side(texts map[string]string) discovery.Side {
	var s discovery.Side
	for name, text := range texts {
		mode := "100644"
		if text == "→" {
			mode = "120000"
		}
		s.Files = append(s.Files, mlgate.TreeFile{Path: name, Mode: mode})
	}
	slices.SortFunc(s.Files, func(a, b mlgate.TreeFile) int { return strings.Compare(a.Path, b.Path) })
	s.Read = func(name string) ([]byte, error) { return []byte(texts[name]), nil }
	return s
}

func lines(list []discovery.Candidate) string {
	var out []string
	for _, c := range list {
		s := c.Path + " " + c.Kind
		if c.By != "" {
			s += " by " + c.By
		}
		if c.Cached {
			s += ", cached"
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func TestFind(t *testing.T) {
	t.Parallel()
	found := discovery.Find(side(map[string]string{
		"metrics.json": "", "eval/metrics.yaml": "", "reports/metrics.json": "", "dvclive/metrics.json": "", "a/train_metrics.json": "", "metrics/test.json": "",
		"params.yaml": "", "conf/params.yml": "", "README.md": "", "metrics.txt": "", "notmetrics.json": "", "METRICS.JSON": "",
		".dvc/tmp/metrics.json": "", "node_modules/x/metrics.json": "", "a/.venv/lib/metrics.json": "", "x/testdata/metrics.json": "",
		"scores.json":           "→",
		"results/one.json":      "",
		"results/d/two.yaml":    "",
		"node_modules/dvc.yaml": "metrics: [elsewhere.json]",
		"m/dvc.yaml": `
params: [top.json, "conf.toml"]
metrics: [out/auc.metric, out/deep/er/m.json, out/kept/m.json, ../results, /etc/passwd, ../../up.json, "${dir}/x.json", metrics.py]
stages:
  train:
    wdir: w
    params: [lr, epochs, {other.yaml: [a]}, {more.yaml: null}]
    metrics: [cached.json, {kept.json: {cache: false}}]
    outs: [model.pkl, "${x}", ../out/deep, {../out/kept: {cache: false}}]
  many:
    foreach: [a, b]
    do:
      metrics: ["${item}/m.json", each.json: {cache: False}]
  shared: &s {metrics: [shared.csv: {cache: false}]}
  merged: {<<: *s, cmd: echo}
`,
	}))
	metrics := `a/train_metrics.json json
dvclive/metrics.json json
eval/metrics.yaml yaml
m/each.json json by m/dvc.yaml
m/out/auc.metric yaml by m/dvc.yaml
m/out/deep/er/m.json json by m/dvc.yaml, cached
m/out/kept/m.json json by m/dvc.yaml
m/shared.csv csv by m/dvc.yaml
m/w/cached.json json by m/dvc.yaml, cached
m/w/kept.json json by m/dvc.yaml
metrics.json json
metrics/test.json json
reports/metrics.json json
results/d/two.yaml yaml by m/dvc.yaml
results/one.json json by m/dvc.yaml
scores.json json`
	if d := cmp.Diff(metrics, lines(found.Metrics)); d != "" {
		t.Errorf("metrics (-want +got):\n%s", d)
	}
	params := "conf/params.yml yaml\nm/top.json yaml by m/dvc.yaml\nm/w/more.yaml yaml by m/dvc.yaml\nm/w/other.yaml yaml by m/dvc.yaml\nm/w/params.yaml yaml by m/dvc.yaml\nparams.yaml yaml"
	if d := cmp.Diff(params, lines(found.Params)); d != "" {
		t.Errorf("params (-want +got):\n%s", d)
	}
	var skipped []string
	for _, s := range found.Skipped {
		skipped = append(skipped, s.File+": "+s.Why)
	}
	want := []string{
		`m/dvc.yaml: "/etc/passwd" lies outside of the repository`, `m/dvc.yaml: "../../up.json" lies outside of the repository`,
		`m/metrics.py: there is no reader for .py`, `m/conf.toml: there is no reader for .toml`,
		`m/dvc.yaml: the name "${dir}/x.json" is a template, and templates are not resolved`,
		`m/dvc.yaml: the name "${item}/m.json" is a template, and templates are not resolved`,
	}
	if d := cmp.Diff(want, skipped); d != "" {
		t.Errorf("skipped (-want +got):\n%s", d)
	}
}

func TestBadPipelinesAreSkipped(t *testing.T) {
	t.Parallel()
	for text, why := range map[string]string{
		"metrics: [a":                      "not YAML",
		strings.Repeat("# comment\n", 5e5): "bytes",
		"→":                                "symlink",
		bomb(20):                           "too many",
	} {
		found := discovery.Find(side(map[string]string{"dvc.yaml": text, "metrics.json": ""}))
		if len(found.Skipped) != 1 || !strings.Contains(found.Skipped[0].Why, why) || len(found.Metrics) != 1 {
			t.Errorf("%.20q: skipped %v, metrics %v; want one reason with %q, and metrics.json", text, found.Skipped, found.Metrics, why)
		}
	}
}

// What tools write anew for each run is one of its series, whether its name or its content tells.
func TestUnnamed(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"logs/version_1/metrics.csv": "", "logs/version_2/metrics.csv": "", // of a usual name: found, so the earlier is no other file
		"r/results_2026-11-09T00-00-00.json": "", "r/results_2026-11-10T00-00-00.json": "",
		"training.log": "", "data.zip": "", "c/offline/offline-0123456789abcdef0123456789abcdef.zip": "", ".git2/x.json": "",
		".neptune/offline/run__1/data-1.log": "", ".cometml-runs/0123456789abcdef0123456789abcdef.zip": "", "notes.txt": "",
	}
	s := side(files)
	var got []string
	for key, file := range discovery.Find(s).Unnamed(s) {
		got = append(got, key+" "+file.Path)
	}
	slices.Sort(got)
	want := []string{
		".cometml-runs/0123456789abcdef0123456789abcdef.zip .cometml-runs/0123456789abcdef0123456789abcdef.zip",
		".neptune/offline/run__1/data-1.log .neptune/offline/run__1/data-1.log",
		"c/offline/offline-0123456789abcdef0123456789abcdef.zip c/offline/offline-0123456789abcdef0123456789abcdef.zip",
		"r/results_*.json r/results_2026-11-10T00-00-00.json", "training.log training.log",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, c := range []struct{ kind, file, want string }{
		{"clearml", "c/offline/offline-1.zip", "c"}, {"comet", ".cometml-runs/1.zip", ".cometml-runs"}, {"comet", "1.zip", ""}, {"comet", "offline/1.zip", "offline"},
		{"neptune", ".neptune/offline/run__1/data-1.log", ".neptune"}, {"neptune", "run__1/data-1.log", ""}, {"gx", "a/b.json", ""},
	} {
		if got := discovery.Around(c.kind, c.file); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.kind, c.file, got, c.want)
		}
	}
}

// bomb is a dvc.yaml whose merge keys stand for 2ⁿ stages.
func bomb(n int) string {
	var b strings.Builder
	b.WriteString("x0: &x0 {s: {metrics: [a.json]}}\n")
	for i := range n {
		fmt.Fprintf(&b, "x%d: &x%d {<<: [*x%d, *x%d]}\n", i+1, i+1, i, i)
	}
	fmt.Fprintf(&b, "stages: {<<: *x%d}\n", n)
	return b.String()
}

func FuzzParseDVC(f *testing.F) {
	for _, s := range []string{
		"metrics: [a.json]\nparams: [p.yaml]\n", "stages:\n  a:\n    wdir: ..\n    metrics: [{m: {cache: false}}]\n    params: [lr, {f: [k]}]\n",
		"stages: {a: {foreach: [1], do: {metrics: ['${item}']}}}", "a: &a {<<: *a}\nstages: *a\n", "stages: {a: &x {metrics: *y}}", bomb(6), "metrics: {a: b}\n---\nmetrics: [c]", "? [a]\n: b\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := discovery.ParseDVC(data)
		if err != nil && len(p.Metrics)+len(p.Params)+len(p.Templates) > 0 {
			t.Errorf("an answer and an error: %v, %v", p, err)
		}
		for _, o := range slices.Concat(p.Metrics, p.Params, p.Outs) {
			if o.Path == "" || strings.Contains(o.Path, "${") || strings.ContainsRune(o.Path, 0) {
				t.Errorf("named %q", o.Path)
			}
		}
		found := discovery.Find(side(map[string]string{"sub/dvc.yaml": string(data)}))
		for _, c := range slices.Concat(found.Metrics, found.Params) {
			if strings.HasPrefix(c.Path, "/") || strings.HasPrefix(c.Path, "..") {
				t.Errorf("%q leads outside", c.Path)
			}
		}
	})
}
