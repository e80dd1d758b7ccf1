//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	results = 1_500
	runs    = 5_000
)

// evidence reads what evaluation tools and trackers leave behind: many files, and many runs.
func (b *bench) evidence(ctx context.Context) error {
	if err := b.results(ctx); err != nil {
		return err
	}
	return b.runs(ctx)
}

// results has 1,500 result files in the shape of MTEB's: 27,000 metrics, of which 9,000 are gated by two patterns. One
// command reads them and judges a change of one of them against main, whose evidence is in the ledger.
func (b *bench) results(ctx context.Context) error {
	work := filepath.Join(b.dir, "results")
	file := func(n int) string {
		return filepath.Join(work, fmt.Sprintf("results/acme__model/1.0/Task%04dClassification.json", n))
	}
	for n := range results {
		if err := put(file(n), mtebResult(n, rand.New(rand.NewPCG(1, uint64(n))))); err != nil { //nolint:gosec // n is no sign
			return err
		}
	}
	config := "version: 1\nmodel: embedder\nevidence: [results/**/*.json]\ngates:\n  \"*.test.main_score[subset=*]\": {min: 0.2, max_drop: 0.3}\n  \"*.test.accuracy[subset=*]\": {min: 0.2}\n"
	if err := put(filepath.Join(work, "mlops.yaml"), config); err != nil {
		return err
	}
	if err := b.publish(ctx, work); err != nil {
		return err
	}
	bundle := filepath.Join(b.dir, "results.tar")
	for _, args := range [][]string{{"run", "--out", bundle}, {"promote", "--bundle", bundle}} {
		if _, err := b.once(ctx, work, b.mlgate, args...); err != nil {
			return err
		}
	}
	if err := put(file(7), mtebResult(7, rand.New(rand.NewPCG(2, 7)))); err != nil {
		return err
	}
	if err := b.git(ctx, work+".git", []string{"repack", "-adq"}); err != nil { // as a forge keeps it, and as the ledgers above
		return err
	}
	if err := b.git(ctx, work, []string{"checkout", "-q", "-b", "change"}, []string{"commit", "-qam", "change"}); err != nil {
		return err
	}
	c, err := b.cost(ctx, 7, work, b.mlgate, "review")
	if err != nil {
		return err
	}
	b.row("1,500 files of MTEB, 27,000 metrics: read, judged against main", "mlgate review", c, fmt.Sprintf("%.2f s wall", c.wall.Seconds()), "≤ 1 s wall", c.wall <= time.Second)
	return nil
}

// mtebResult is a result as MTEB writes it: one split, three subsets, ten experiments.
func mtebResult(n int, r *rand.Rand) string {
	var s strings.Builder
	fmt.Fprintf(&s, "{\n  \"dataset_revision\": \"%040x\",\n  \"task_name\": \"Task%04dClassification\",\n  \"mteb_version\": \"1.38.9\",\n  \"scores\": {\n    \"test\": [", r.Uint64(), n)
	for i, subset := range []string{"en", "de", "fr"} {
		if i > 0 {
			s.WriteByte(',')
		}
		s.WriteString("\n      {\n        \"scores_per_experiment\": [")
		for e := range 10 {
			if e > 0 {
				s.WriteByte(',')
			}
			s.WriteString("\n          {" + mtebScores(r) + "\n          }")
		}
		fmt.Fprintf(&s, "\n        ],%s,\n        \"main_score\": %v,\n        \"hf_subset\": %q,\n        \"languages\": [\n          \"eng-Latn\"\n        ]\n      }", mtebScores(r), 0.5+r.Float64()/4, subset)
	}
	fmt.Fprintf(&s, "\n    ]\n  },\n  \"evaluation_time\": %v,\n  \"kg_co2_emissions\": null\n}\n", r.Float64()*100)
	return s.String()
}

func mtebScores(r *rand.Rand) string {
	var lines []string
	for _, key := range []string{"accuracy", "f1", "f1_weighted", "ap", "ap_weighted"} {
		lines = append(lines, fmt.Sprintf("\n            %q: %v", key, 0.5+r.Float64()/4))
	}
	return strings.Join(lines, ",")
}

// runs has 5,000 runs in a file store of MLflow, of which the latest is evidence: mlgate beside MLflow's own
// search for it. Both must say the same of it.
func (b *bench) runs(ctx context.Context) error {
	work := filepath.Join(b.dir, "runs")
	if err := mlruns(filepath.Join(work, "mlruns")); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"mlops.yaml": "version: 1\nmodel: churn\nevidence: [{kind: mlflow, path: mlruns}]\ngates: {metric_0: {min: 0}}\n",
		".gitignore": "/mlruns/\n",
	} {
		if err := put(filepath.Join(work, name), text); err != nil {
			return err
		}
	}
	if err := b.publish(ctx, work); err != nil {
		return err
	}
	python, err := filepath.Abs(".cache/venv/mlflow3/bin/python")
	if err != nil {
		return err
	}
	peer, err := filepath.Abs("bench/scale/search_runs.py")
	if err != nil {
		return err
	}
	ours, theirs := []string{b.mlgate, "run", "--out", filepath.Join(b.dir, "runs.tar")}, []string{python, peer, "mlruns"}
	if err := b.sameRun(ctx, work, ours, theirs); err != nil {
		return err
	}
	a, c, err := b.turns(ctx, 5, [2]string{work, work}, ours, theirs)
	if err != nil {
		return err
	}
	what := "the latest of 5,000 runs (85,000 files)"
	b.row(what, "mlgate run", a, fmt.Sprintf("%.0f × less than MLflow", c.over(a)), "≥ 8 ×", c.over(a) >= 8)
	b.row(what, "mlflow.search_runs", c, "", "", true)
	return nil
}

// sameRun holds what mlgate's evidence says to what MLflow says of the run.
func (b *bench) sameRun(ctx context.Context, work string, ours, theirs []string) error {
	if _, err := b.once(ctx, work, ours[0], ours[1:]...); err != nil {
		return err
	}
	packed, err := os.ReadFile(ours[len(ours)-1])
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, theirs[0], theirs[1:]...)
	cmd.Dir, cmd.Env = work, b.env
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("asking MLflow: %w", err)
	}
	var metrics map[string]float64
	if err := json.Unmarshal(out, &metrics); err != nil {
		return fmt.Errorf("reading what MLflow says: %w", err)
	}
	for name, v := range metrics {
		if want := fmt.Sprintf(`"name":%q,"value":%v,`, name, v); !bytes.Contains(packed, []byte(want)) {
			return fmt.Errorf("mlgate and MLflow do not answer alike: %s is not in the evidence", want)
		}
	}
	if len(metrics) != 5 {
		return fmt.Errorf("MLflow says %d metrics of the latest run", len(metrics))
	}
	return nil
}

// mlruns writes a file store as MLflow 3 does: a folder for each run with 5 metrics, 6 params and 5 tags. Ids
// are hexadecimal, and no number.
func mlruns(dir string) error {
	const experiment = "918233174804126318"
	meta := "artifact_location: file://" + dir + "/" + experiment + "\ncreation_time: 1790000000000\nexperiment_id: '" + experiment + "'\nlast_update_time: 1790000000000\nlifecycle_stage: active\nname: churn\n"
	if err := put(filepath.Join(dir, experiment, "meta.yaml"), meta); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(2, 3))
	for n := range runs {
		id := runID(r)
		at := filepath.Join(dir, experiment, id)
		start := 1790000000000 + int64(n)*60_000
		files := map[string]string{
			"meta.yaml":           fmt.Sprintf("artifact_uri: file://%s/artifacts\nend_time: %d\nentry_point_name: ''\nexperiment_id: '%s'\nlifecycle_stage: active\nrun_id: %s\nrun_name: run-%d\nsource_name: ''\nsource_type: 4\nsource_version: ''\nstart_time: %d\nstatus: 3\ntags: []\nuser_id: bench\n", at, start+1000, experiment, id, n, start),
			"tags/mlflow.runName": fmt.Sprintf("run-%d", n), "tags/mlflow.user": "bench", "tags/mlflow.source.name": "train.py", "tags/mlflow.source.type": "LOCAL", "tags/mlflow.source.git.commit": strings.Repeat("ab", 20),
		}
		for k := range 5 {
			files["metrics/metric_"+strconv.Itoa(k)] = fmt.Sprintf("%d %v 0\n%d %v 1\n", start, r.Float64(), start+500, r.Float64())
		}
		for k := range 6 {
			files["params/param_"+strconv.Itoa(k)] = strconv.Itoa(n * k)
		}
		for name, text := range files {
			if err := put(filepath.Join(at, name), text); err != nil {
				return err
			}
		}
		if err := os.Mkdir(filepath.Join(at, "artifacts"), 0o750); err != nil {
			return err
		}
	}
	return nil
}

// runID is what uuid4().hex may give, but never digits alone.
func runID(r *rand.Rand) string {
	for {
		id := fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
		if strings.ContainsAny(id, "abcdf") {
			return id
		}
	}
}
