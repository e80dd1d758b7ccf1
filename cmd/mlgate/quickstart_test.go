package main

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// quickstarts are the first projects that tools' own documents walk through, made by the real tool: what two
// commits hold is kept in test/fixture/quickstart, with what the tool itself says of it. venv and script make them
// again; without venv they are of a tool that takes too long. params are what is shown beside the metrics. With the
// mlops.yaml that lies beside them, the second commit has that verdict. Where a tool says one name in several files,
// what it says is told by file, and file is the one that is judged.
var quickstarts = []struct {
	name, venv, script string
	args               []string
	params, verdict    string
	file               string
}{
	{name: "dvc", venv: "dvclive", script: "dvc_get_started.py", params: "params.yaml train.shrink"},
	{name: "dvc-plots", venv: "dvclive", script: "dvc_plots.py", params: "params.yaml rate", verdict: "passed"},
	{name: "dvclive", venv: "dvclive", script: "dvclive_train.py", params: "dvclive/params.yaml learning_rate", verdict: "blocked"},
	{name: "mlflow-folder", venv: "mlflow", script: "mlflow_iris.py", args: []string{"mlruns"}, verdict: "passed"},
	{name: "mlflow-database", venv: "mlflow", script: "mlflow_iris.py", args: []string{"sqlite:///mlflow.db"}, verdict: "passed"},
	{name: "mlflow2-folder", venv: "mlflow29", script: "mlflow_iris.py", args: []string{"mlruns"}, verdict: "passed"},
	{name: "mlflow2-database", venv: "mlflow29", script: "mlflow_iris.py", args: []string{"sqlite:///mlflow.db"}, verdict: "passed"},
	{name: "tensorboard-keras", venv: "trackers", script: "tensorboard_keras.py", verdict: "passed"},
	{name: "tensorboard-torch", venv: "trackers", script: "tensorboard_torch.py", verdict: "passed"},
	{name: "wandb", venv: "trackers", script: "wandb_offline.py", verdict: "blocked"},
	{name: "clearml", venv: "trackers", script: "clearml_offline.py", verdict: "blocked"},
	{name: "comet", venv: "trackers", script: "comet_offline.py", verdict: "blocked"},
	{name: "neptune", venv: "trackers", script: "neptune_offline.py", verdict: "blocked"},
	{name: "keras", venv: "loggers", script: "keras_log.py", verdict: "passed"},
	{name: "sklearn", venv: "sklearn", script: "sklearn_digits.py", verdict: "blocked"},
	{name: "gx", venv: "gx", script: "gx1_taxi.py", verdict: "blocked"},
	{name: "gx0", venv: "gx0", script: "gx0_taxi.py", verdict: "blocked"},
	{name: "evidently", venv: "evidently", script: "evidently7_drift.py", verdict: "blocked"},
	{name: "evidently0", venv: "evidently0", script: "evidently4_drift.py", verdict: "blocked"},
	{name: "deepchecks", venv: "deepchecks", script: "deepchecks_integrity.py", verdict: "passed with warnings"},
	{name: "pandera", venv: "pandera", script: "pandera_schema.py", verdict: "blocked"},
	{name: "junit", venv: "hub", script: "junit_pytest.py", verdict: "blocked"},
	{name: "prometheus", venv: "hub", script: "prometheus_job.py", verdict: "blocked"},
	{name: "model-card", venv: "hub", script: "model_card.py", verdict: "passed"},
	{name: "lightning", script: "lightning_log.py", params: "lightning_logs/version_1/hparams.yaml rate", verdict: "passed"},
	{name: "lm-eval", script: "lmeval_tiny.py", verdict: "passed"},
	{name: "mteb", script: "mteb_tiny.py", verdict: "passed"},
	{name: "trainer", script: "trainer_text.py", file: "out/all_results.json", verdict: "passed"},
	{name: "deepeval", script: "deepeval_chatbot.py", verdict: "blocked"},
	{name: "ragas", script: "ragas_evaluate.py", verdict: "blocked"},
	{name: "promptfoo", script: "promptfoo_init.py", verdict: "blocked"},
}

// told is what a tool says of its two runs. Gone are files that the second run took away.
type told struct {
	Before, After map[string]float64
	Checks        struct{ Before, After map[string]string }
	Gone          []string
}

// change is a number on both sides; NaN is a side without it.
type change struct{ Old, New float64 }

// TestQuickstarts plays the projects: with no mlops.yaml at all, mlgate shows between the two commits what the
// tool says, and nothing else.
func TestQuickstarts(t *testing.T) {
	t.Parallel()
	mlgate := binary(t)
	for _, q := range quickstarts {
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			fixture := fixtureOf(t, q.name, q.venv, q.script, q.args)
			want := answerOf(t, fixture)
			dir := filepath.Join(t.TempDir(), "repo")
			begin(t, dir)
			commitSide(t, dir, fixture, "before", nil)
			commitSide(t, dir, fixture, "after", want.Gone)
			got := diffOf(t, mlgate, dir, "HEAD~1", "HEAD")
			if d := cmp.Diff(want.changes(), got.changes(q.file != ""), cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-12)); d != "" {
				t.Errorf("the tool and mlgate differ (-tool +mlgate):\n%s", d)
			}
			if d := cmp.Diff(want.checks(), got.checks()); d != "" {
				t.Errorf("the tool and mlgate differ about what was checked (-tool +mlgate):\n%s", d)
			}
			if params := got.params(); params != q.params || len(got.Skipped)+len(got.Unreadable) > 0 {
				t.Errorf("params %s, want %s; skipped %v, unreadable %v", params, q.params, got.Skipped, got.Unreadable)
			}
			if d := cmp.Diff(got.changes(true), diffOf(t, mlgate, dir, "HEAD~1").changes(true), cmpopts.EquateNaNs()); d != "" {
				t.Errorf("with the work tree it is another difference:\n%s", d)
			}
		})
	}
}

// TestQuickstartsJudged plays them once more with the mlops.yaml beside them: the change is reviewed where nothing
// was judged yet, then main is judged and recorded, and the change once more. What all rest on are the tool's numbers.
func TestQuickstartsJudged(t *testing.T) {
	t.Parallel()
	mlgate := binary(t)
	for _, q := range quickstarts {
		if q.verdict == "" {
			continue // its numbers come from a step that runs the tool
		}
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			fixture := filepath.Join("..", "..", "test", "fixture", "quickstart", q.name)
			want := answerOf(t, fixture)
			dir := filepath.Join(t.TempDir(), "repo")
			begin(t, dir)
			output(t, dir, "git", "init", "-q", "--bare", "../origin.git")
			output(t, dir, "git", "remote", "add", "origin", "../origin.git")
			rules, err := os.ReadFile(filepath.Join(fixture, "mlops.yaml"))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "mlops.yaml"), rules, 0o644))
			commitSide(t, dir, fixture, "before", nil)
			output(t, dir, "git", "push", "-q", "-u", "origin", "main")
			output(t, dir, "git", "switch", "-q", "-c", "change")
			in := told{Before: of(q.file, want.Before), After: of(q.file, want.After)}
			commitSide(t, dir, fixture, "after", want.Gone)
			reviews(t, dir, mlgate, in, q.verdict, true)
			output(t, dir, "git", "switch", "-q", "main")
			judged(t, dir, mlgate, "run", "--out", "../main.bundle")
			judged(t, dir, mlgate, "promote", "--bundle", "../main.bundle")
			output(t, dir, "git", "switch", "-q", "change")
			reviews(t, dir, mlgate, in, q.verdict, false)
		})
	}
}

// reviews compares a review of HEAD with what the tool says of both commits; of main by its files, or as recorded.
func reviews(t *testing.T, dir, mlgate string, want told, verdict string, byFiles bool) {
	t.Helper()
	var said struct {
		Outcomes []struct {
			Evidence     struct{ Metrics []metric }
			BaseEvidence struct{ Metrics []metric } `json:"base_evidence"`
			Baseline     struct{ Unrecorded bool }
			Verdict      struct{ Word string }
		}
	}
	if text := judged(t, dir, mlgate, "review", "--format", "json"); json.Unmarshal([]byte(text), &said) != nil || len(said.Outcomes) != 1 {
		t.Fatalf("no outcome: %s", text)
	}
	o := said.Outcomes[0]
	if o.Verdict.Word != verdict || o.Baseline.Unrecorded != byFiles {
		t.Errorf("%s, unrecorded %t, want %s, %t", o.Verdict.Word, o.Baseline.Unrecorded, verdict, byFiles)
	}
	holds(t, "this change", want.After, o.Evidence.Metrics)
	holds(t, "main", want.Before, o.BaseEvidence.Metrics)
}

type metric struct {
	Name  string
	Value any // a number, or the text of what is none
}

// of is what a tool says in one file; without a file, all.
func of(file string, all map[string]float64) map[string]float64 {
	out := map[string]float64{}
	for name, v := range all {
		if in, name, is := strings.Cut(name, " "); is && file != "" {
			if in == file {
				out[name] = v
			}
			continue
		}
		out[name] = v
	}
	return out
}

// holds looks for the numbers that a tool says among those that were judged.
func holds(t *testing.T, side string, want map[string]float64, have []metric) {
	t.Helper()
	got, found := map[string]float64{}, 0
	for _, m := range have {
		if v, finite := m.Value.(float64); finite {
			got[m.Name] = v
		}
	}
	for name, v := range want {
		if w, there := got[name]; there && math.Abs(v-w) > 1e-12 {
			t.Errorf("%s: %s is %v, the tool says %v", side, name, w, v)
		} else if there {
			found++
		}
	}
	if found < min(2, len(want)) {
		t.Errorf("%s: of what the tool says only %d numbers were judged", side, found)
	}
}

// judged runs mlgate, whose verdict may be no.
func judged(t *testing.T, dir, mlgate string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), mlgate, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=a@example.com", "LC_ALL=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("mlgate %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (w told) checks() map[string]string {
	out := map[string]string{}
	for name, old := range w.Checks.Before {
		if now := w.Checks.After[name]; now != old {
			out[name] = old + " → " + now
		}
	}
	for name, now := range w.Checks.After {
		if _, both := w.Checks.Before[name]; !both {
			out[name] = " → " + now
		}
	}
	return out
}

func (w told) changes() map[string]change {
	out := map[string]change{}
	for name, v := range w.Before {
		out[name] = change{v, math.NaN()}
	}
	for name, v := range w.After {
		c, both := out[name]
		if !both {
			c.Old = math.NaN()
		}
		if c.New = v; c.Old == c.New {
			delete(out, name)
			continue
		}
		out[name] = c
	}
	return out
}

// The page for newcomers says the lines that are played.
func TestQuickstartsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "from-your-tool.md"))
	must(t, err)
	for _, q := range quickstarts {
		rules, err := os.ReadFile(filepath.Join("..", "..", "test", "fixture", "quickstart", q.name, "mlops.yaml"))
		if os.IsNotExist(err) && q.verdict == "" {
			continue
		}
		must(t, err)
		for line := range strings.Lines(string(rules)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			if (key == "evidence" || key == "gates") && !strings.Contains(string(page), "`"+value+"`") {
				t.Errorf("%s: the page does not say %s", q.name, line)
			}
		}
	}
}

// TestQuickstartsDrafted lets `mlgate init` look at each project: it proposes the evidence of the mlops.yaml beside it,
// which is played above and stands on the page.
func TestQuickstartsDrafted(t *testing.T) {
	t.Parallel()
	mlgate := binary(t)
	for _, q := range quickstarts {
		if q.verdict == "" {
			continue
		}
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			fixture := filepath.Join("..", "..", "test", "fixture", "quickstart", q.name)
			dir := filepath.Join(t.TempDir(), "repo")
			begin(t, dir)
			commitSide(t, dir, fixture, "before", nil)
			commitSide(t, dir, fixture, "after", answerOf(t, fixture).Gone)
			judged(t, dir, mlgate, "init", "--ci", "none")
			if d := cmp.Diff(evidenceOf(t, fixture), evidenceOf(t, dir)); d != "" {
				t.Errorf("(-played +drafted):\n%s", d)
			}
		})
	}
}
