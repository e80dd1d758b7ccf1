package reader_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// tools are the kinds of evaluation tools, with a file of each that is as small as it can be.
var tools = map[string]string{
	"sklearn":         `{"a": {"precision": 1, "recall": 1, "f1-score": 1, "support": 2}, "accuracy": 1, "macro avg": {"precision": 1, "recall": 1, "f1-score": 1, "support": 2}, "weighted avg": {"precision": 1, "recall": 1, "f1-score": 1, "support": 2}}`,
	"lm-eval":         `{"results": {"t": {"acc,none": 1, "acc_stderr,none": 0.1}}, "groups": {"g": {"acc": 1}}, "group_subtasks": {"g": ["t"]}, "n-samples": {"t": {"effective": 3}}, "configs": {}, "versions": {}, "config": {}}`,
	"mteb":            `{"task_name": "t", "mteb_version": "1", "scores": {"test": [{"hf_subset": "en", "main_score": 1, "scores_per_experiment": [{"main_score": 1}]}]}}`,
	"promptfoo":       `{"evalId": "e", "results": {"version": 3, "prompts": [{"provider": "a"}, {"provider": "b"}], "results": [{"success": true, "score": 1, "namedScores": {"x": 1}, "promptIdx": 1}], "stats": {"successes": 1}}}`,
	"deepeval":        `{"testCases": [{"success": true, "metricsData": [{"name": "m", "score": 1, "success": true}]}]}`,
	"ragas":           `[{"user_input": "q", "response": "a", "f": 1, "g": null}]`,
	"trainer-state":   `{"global_step": 1, "log_history": [{"loss": 1, "step": 1}]}`,
	"trainer-results": `{"eval_samples": 3, "eval_runtime": 1, "eval_loss": 0.5}`,
	"training-log":    `[{"epoch": 0, "loss": 0.5, "acc": null}, {"epoch": 1, "loss": 0.4, "acc": 0.9}]`,
	"model-card":      "---\nmodel-index: [{name: m, results: [{dataset: {type: d}, metrics: [{type: acc, value: 0.5}]}]}]\n---\n",
	"prometheus":      "# TYPE a gauge\na{b=\"c\"} 1\n",
}

func as(kind, text string) (mlgate.Reading, error) {
	return reader.Files{}.Metrics(mlgate.Source{Kind: kind, Path: "m.json"}, []byte(text))
}

// Whatever the tool, a file that is not what its kind says is an error that names the file, and never a
// number. A file that is cut off has no metric more than the whole one, and none of another value.
func TestToolsRefuse(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"results":`, 200) + "1" + strings.Repeat("}", 200)
	for kind, good := range tools {
		whole, err := as(kind, good)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		bad := map[string]string{
			"empty": "", "blank": " \r\n\t ", "binary": "\x7fELF\x00\x01\xff\xfe", "UTF-16": "\xff\xfe{\x00}\x00", "deep": deep, "a page": "<html><body>404</body></html>",
			"a number": "1", "a list of lists": "[[1]]", "null": "null", "no member": "{}", "plain metrics": `{"auc": "0,91"}`,
		}
		for other, text := range tools {
			if other != kind && (kind != "trainer-results" || !strings.HasPrefix(text, "{")) && (kind != "ragas" || other != "training-log") {
				bad["a file of "+other] = text
			}
		}
		for what, text := range bad {
			if got, err := as(kind, text); err == nil || !strings.Contains(err.Error(), "m.json") {
				t.Errorf("%s, %s: got %v, %v", kind, what, say(got, nil), err)
			}
		}
		for i := range good {
			got, err := as(kind, good[:i])
			if err == nil && !within(got, whole) {
				t.Errorf("%s, cut off after %d bytes: %s", kind, i, say(got, nil))
			}
		}
		for how, text := range map[string]string{"BOM": "\xef\xbb\xbf" + good, "CRLF": strings.ReplaceAll(good, "\n", "\r\n")} {
			if got, err := as(kind, text); err != nil || say(got, nil) != say(whole, nil) {
				t.Errorf("%s with %s: %v\n%s", kind, how, err, say(got, nil))
			}
		}
	}
}

func within(part, whole mlgate.Reading) bool {
	for line := range strings.Lines(say(mlgate.Reading{Metrics: part.Metrics}, nil)) {
		if !strings.Contains(say(whole, nil), line) {
			return false
		}
	}
	return true
}

func TestToolsOdd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, text, want string }{
		{"sklearn", `{"accuracy": "0.9", "auc": 0.8, "macro avg": {"recall": "0,91", "f1-score": NaN, "support": 2}, "weighted avg": {"support": 2}}`,
			"macro avg.f1-score = NaN (n 2)\nleft out: m.json: accuracy is no row of a classification report\nleft out: m.json: auc is no row of a classification report\nleft out: m.json: macro avg.recall is no number\n"},
		{"sklearn", `{"": {"recall": 1, "support": 1}, "macro avg": {"recall": 1, "support": 1}, "weighted avg": {}}`,
			"macro avg.recall = 1\nleft out: m.json: support is no whole number of examples: samples have weights\nleft out: m.json: recall[class=] is of a slice without a text, or of more than 10 keys\n"},
		{"lm-eval", `{"results": {"t": {"acc": 0.5, "acc_stderr": NaN, "em,x": "0.5", "f1_stderr,none": 0.1}}}`,
			"t.acc = 0.5\nt.f1_stderr = 0.1\nleft out: m.json: t.acc.stderr is no finite number from 0 up\nleft out: m.json: t.em,x is text\n"},
		{"lm-eval", `{"results": {}, "groups": {"g": {"acc,none": 1}}, "group_subtasks": {"g": ["a", "b", "a"], "b": ["c", "g"]}, "n-samples": {"a": {"effective": 3}, "c": {"effective": 4}}}`,
			"g.acc = 1 (n 7)\n"},
		{"lm-eval", `{"results": {"t": {"acc,none": 1}}, "n-samples": {"t": {"effective": 0}}}`, "left out: m.json: t.acc is measured on no example\nerror: \"m.json\": it holds no number\n"},
		{"mteb", `{"task_name": "t", "scores": {"test": [{"main_score": null, "f1": NaN, "scores_per_experiment": [{"f1": NaN}, {}]}]}}`,
			"t.test.f1 = NaN\nleft out: m.json: t.test.main_score is null\n"},
		{"promptfoo", `{"results": {"version": 3, "results": [{"success": true, "namedScores": {"a": "x"}}], "stats": {"successes": 9}}}`,
			"pass_rate = 1 (n 1)\ntests = 1\npassed = 1\nfailed = 0\nerrors = 0\nleft out: m.json: namedScores.a is text\nleft out: m.json: stats.successes is 9, and the rows say 1: the rows count\n"},
		{"ragas", "question;answer;contexts;f;twice\na;b;c;0,91;1\na;b;c;0.9;2\n", "twice = 1.5 ± 0.5 (n 2)\nleft out: m.json: 4 columns that are not all numbers (\"question\", \"answer\", \"contexts\", \"f\")\n"},
		{"trainer-state", `{"log_history": [{"loss": 0.5}, {"loss": "0.4", "x": [1]}], "best_metric": NaN}`,
			"best_metric = NaN\nleft out: m.json: loss is text\nleft out: m.json: x is a list\n"},
		{"training-log", "epoch\tacc\tnote\tnever\n0\t0.5\tx\t\n1\t\ty\t\r\n", "epoch = 1\nacc = 0.5\nleft out: m.json: note is \"y\", no number\nleft out: m.json: never is an empty column\nleft out: m.json: earlier values, 1 in all: of every column the last one counts\n"},
		{"training-log", "step;acc\r0;0,5\r1;0,91\r", "step = 1\nleft out: m.json: acc is \"0,91\", no number\nleft out: m.json: earlier values, 1 in all: of every column the last one counts\n"},
		{"training-log", "epoch,step,a,b\n1,9,1,\n2,10,,1\n,,,\n1,9,2,\n", "epoch = 1\nstep = 9\na = 2\nb = 1\nleft out: m.json: earlier values, 1 in all: of every column the last one counts\n"},
		{"model-card", "---\nmodel-index: [{name: a, results: [{metrics: [{type: x, value: .nan}]}]}, {name: b, results: [{metrics: [{type: x, value: 2}]}]}]\n---",
			"x[model=a] = NaN\nx[model=b] = 2\n"},
		{"prometheus", "a{l=\"\",} +Inf 17\n{\"my.name\",\"k.1\"=\"v\"} 1 # {trace=\"x\"} 0.5\n  b\t-Inf\n# c 1\n", "a = +Inf\nmy.name[k.1=v] = 1\nb = -Inf\n"},
	} {
		got, err := as(c.kind, c.text)
		have := say(got, err)
		if err != nil { // what was left out is part of no error
			have = say(mlgate.Reading{}, err)
			c.want = c.want[strings.LastIndex(strings.TrimSpace(c.want), "\n")+1:]
		}
		if have != c.want {
			t.Errorf("%s %s:\n%swant\n%s", c.kind, c.text, have, c.want)
		}
	}
}

func TestToolsErrors(t *testing.T) {
	t.Parallel()
	many := func(one, between string) string {
		var b strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&b, one+between, i)
		}
		return strings.TrimSuffix(b.String(), between)
	}
	for _, c := range []struct{ kind, text, want string }{
		{"sklearn", `{"macro avg": {}, "weighted avg": {}, ` + many(`"c%d": {"recall": 1, "support": 1}`, ", ") + `}`, "more than 10000 numbers"},
		{"prometheus", many("a{b=\"%d\"} 1", "\n") + "\n", "more than 10000 numbers"},
		{"mteb", `{"task_name": "t", "scores": {"test": [` + many(`{"hf_subset": "%d", "main_score": 1}`, ", ") + `]}}`, "more than 10000 numbers"},
		{"mteb", `{"task_name": "t", "scores": {"test": [{"main_score": 1}, {"main_score": 2}]}}`, "twice"},
		{"mteb", `{"task_name": "t", "scores": {"test": {"main_score": 1}}}`, "no list of subsets"},
		{"mteb", `{"task_name": "t", "scores": {"test": [{"f": 1, "scores_per_experiment": [` + strings.Repeat(`{"f": 1},`, 1001) + `{"f": 1}]}]}}`, "1000 repeats"},
		{"promptfoo", `{"evalId": "e", "results": {"version": 2, "results": [], "stats": {}}}`, "3 is read"},
		{"promptfoo", `{"results": {"version": 3, "results": []}}`, "lists no test"},
		{"promptfoo", `{"results": {"version": 3, "results": [{"success": "yes"}]}}`, "whether the test passed"},
		{"deepeval", `{"testCases": []}`, "no test case"},
		{"deepeval", `{"testCases": [{"success": true, "metricsData": [{"score": 1}]}]}`, "without a name"},
		{"ragas", "user_input,response,f,f\na,b,1,2\n", "stands in it twice"},
		{"ragas", "user_input,response,f\n", "no row"},
		{"ragas", `[1]`, "no object"},
		{"training-log", "epoch,a\n0,1\n1,2\n0,3\n", "line 4: \"a\" was written for epoch 0, and before that (line 3) for epoch 1: two trainings"},
		{"training-log", `[{"step": 5, "a": 1}, {"step": 4, "a": 2}]`, "row 1: \"a\" was written for step 4, and before that (row 0) for step 5: two trainings"},
		{"training-log", "epoch,a\n0,1\n1,0.9", "was it written to the end"},
		{"training-log", "epoch,a\n0,1\n1\n", "wrong number of fields"},
		{"training-log", "epoch,a,a\n0,1,1\n", "the column \"a\" stands in it twice"},
		{"training-log", "a,b\n0,1\n", "no column \"epoch\" or \"step\""},
		{"training-log", "epoch,a\n", "no row"},
		{"model-card", "# no front matter\n", "line \"---\""},
		{"model-card", "---\na: 1\n", "does not end"},
		{"model-card", "---\na: 1\n---\n", "no model-index"},
		{"model-card", "---\na: &x 1\nb: *x\n---\n", "alias"},
		{"model-card", "---\nmodel-index: [{results: [{metrics: [{type: x, value: 1}, {type: x, value: 2}]}]}]\n---\n", "twice"},
		{"prometheus", "a 0.9", "was it written to the end"},
		{"prometheus", "a 0,91\n", "no number"},
		{"prometheus", "a 1\n# EOF\nb 2\n", "line 3: something follows"},
		{"prometheus", "a 1\na 2\n", "line 2: the name \"a\" stands in it twice"},
		{"prometheus", "a{b=\"x} 1\n", "quotes does not end"},
		{"prometheus", "a{b=x} 1\n", "no text in quotes"},
		{"prometheus", "a{b=\"\\t\"} 1\n", "means nothing"},
		{"prometheus", "a{b=\"1\",b=\"2\"} 1\n", "twice"},
		{"prometheus", "{b=\"1\"} 1\n", "without a name"},
		{"prometheus", "a-b 1\n", "no name of a metric"},
		{"prometheus", "a 1 2 3\n", "no sample"},
	} {
		if got, err := as(c.kind, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.80s: got %.200s %v, want an error with %q", c.kind, c.text, say(got, nil), err, c.want)
		}
	}
}

// fuzzTool throws text at one kind: it is an error, or numbers with names, n and standard errors that can be.
func fuzzTool(f *testing.F, kind string) {
	f.Helper()
	fuzzKind(f, kind, tools[kind])
}

func fuzzKind(f *testing.F, kind string, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := as(kind, text)
		if err == nil && len(got.Metrics) == 0 {
			t.Error("neither a number nor an error")
		}
		names := map[string]bool{}
		for _, m := range got.Metrics {
			if m.Name == "" || names[m.Name] || !m.Sound() || m.File != "m.json" {
				t.Errorf("a metric that cannot be: %+v", m)
			}
			names[m.Name] = true
		}
	})
}

func FuzzJSON(f *testing.F) {
	fuzzKind(f, "json", `{"a": NaN, "b": {"c": [1, "x"], "d": 0.50}}`, `[{"a": -Infinity}]`, `{"a.b": 1, "a": {"b": 1e400}}`)
}
func FuzzYAML(f *testing.F) {
	fuzzKind(f, "yaml", "a: 1\nb: {c: .nan, d: [1]}\n", "a: &x {b: 1}\nc: *x\n", "? a\n: !!float 0x1p-2\n--- \nb: 1_000\n")
}
func FuzzCSV(f *testing.F) {
	fuzzKind(f, "csv", "metric,value\na,1\n", "epoch,loss\n1,0.5\n2,0.4\n", "name;value\n\"a\"\"b\";0,5\n")
}
func FuzzSklearn(f *testing.F)        { fuzzTool(f, "sklearn") }
func FuzzLMEval(f *testing.F)         { fuzzTool(f, "lm-eval") }
func FuzzMTEB(f *testing.F)           { fuzzTool(f, "mteb") }
func FuzzPromptfoo(f *testing.F)      { fuzzTool(f, "promptfoo") }
func FuzzDeepEval(f *testing.F)       { fuzzTool(f, "deepeval") }
func FuzzRagas(f *testing.F)          { fuzzTool(f, "ragas") }
func FuzzTrainerState(f *testing.F)   { fuzzTool(f, "trainer-state") }
func FuzzTrainerResults(f *testing.F) { fuzzTool(f, "trainer-results") }
func FuzzTrainingLog(f *testing.F) {
	fuzzKind(f, "training-log", tools["training-log"], "epoch,step,a\n0,1,\n0,1,0.5\n1,2,nan\n", "step\ta\r\n0\t1\r\n")
}
func FuzzModelCard(f *testing.F) { fuzzTool(f, "model-card") }
