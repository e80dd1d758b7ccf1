package reader_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

// What trackers kept for later, as files by themselves and in their folders.
func TestTrackersOfRealTools(t *testing.T) {
	t.Parallel()
	const replaced = "ClearML wrote a number for a NaN or an infinity, and does not say where"
	clearml := "auc.val = 0.75\nbest = 0.99\nf1.val = NaN\nloss.train = 0.5\nloss.val = 1\nworst.val = +Inf\nleft out: r: what stands beside the numbers (\"cases.worst\")\n"
	comet := "auc = 0.75\nbest = 0.99\nf1 = NaN\ntest_accuracy = 0.9\nval/loss = 0.5\nworst = +Inf\nleft out: r: note is text\nleft out: r: what stands beside the numbers (\"process duration\")\n"
	neptune := "auc = 0.75\nbest = 0.99\nchanged = 2\nmany = 0.2\nn = 3\nparams/lr = 0.1\nval/loss = 0.5\n" +
		"left out: r: lines is text\nleft out: r: note is text\nleft out: r: ok is true or false\nleft out: r: tags is text\nleft out: r: what stands beside the numbers (\"monitoring\", \"source_code\", \"sys\")\n"
	for _, c := range []struct{ file, want string }{
		{"clearml/clearml/first.zip", clearml}, {"clearml/clearml/nan.zip", replaced}, {"clearml/clearml/broken.zip", "auc.val = 0.75\nloss.train = 0.5\nloss.val = 1\n"},
		{"comet/comet/first.zip", comet}, {"comet/comet/broken.zip", "auc = 0.75\nval/loss = 0.5\nleft out: r: what stands beside the numbers (\"process duration\")\n"},
		{"neptune/neptune/offline/first/data-1.log", neptune}, {"neptune/neptune/offline/broken/data-1.log", "the run failed"},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", c.file))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(c.file, "/")
		got, err := reader.Files{}.Metrics(mlgate.Source{Path: "r"}, data)
		if have := said(got, err); have != c.want && (err == nil || !strings.Contains(have, c.want)) || err == nil && got.Kind != kind {
			t.Errorf("%s: %q, got\n%swant\n%s", c.file, got.Kind, have, c.want)
		}
	}
	for _, c := range []struct{ kind, run, want string }{
		{"clearml", "first", clearml}, {"clearml", "", "auc.val = 0.75\nloss.train = 0.5\nloss.val = 1\nleft out: r: 2 other runs than \"broken.zip\""}, {"clearml", "nan", replaced}, {"clearml", "none", `no run in it has the id, the name or the path "none"`},
		{"comet", "first", comet}, {"comet", "broken", "auc = 0.75\n"}, {"comet", "", "auc = 0.75\nval/loss = 0.5\n"},
		{"neptune", "first", neptune}, {"neptune", "offline/first", neptune}, {"neptune", "", "\"offline/broken/data-1.log\": the run failed"}, {"neptune", "broken", "the run failed"},
	} {
		got, err := reader.Files{}.Folder(mlgate.Source{Kind: c.kind, Path: "r", Run: c.run}, os.DirFS(filepath.Join("testdata", c.kind, c.kind)))
		if have := said(got, err); !strings.Contains(have, strings.Split(c.want, "left out")[0]) {
			t.Errorf("%s, run %q: got\n%swant\n%s", c.kind, c.run, have, c.want)
		}
	}
}

// The latest run is the one that began last, whatever it is called; of two of one moment nobody can say.
func TestTrackersLatest(t *testing.T) {
	t.Parallel()
	comet := func(start, value string) []byte {
		return zipped(t, "experiment.json", `{"offline_id": "1", "stop_time": 9, "start_time": `+start+`}`, "messages.json", strings.ReplaceAll(cometLine, "0.5", value))
	}
	clearml := func(start, value string) []byte {
		return session(t, strings.NewReplacer(`"timestamp": 1`, `"timestamp": `+start, "0.5", value).Replace(event))
	}
	neptune := func(start, value string) []byte {
		return []byte(strings.NewReplacer(`"version": 1`, `"version": 1, "at": `+start, "0.5", value).Replace(operation))
	}
	for kind, run := range map[string]func(string, string) []byte{"comet": comet, "clearml": clearml, "neptune": neptune} {
		name := func(of string) string {
			if kind == "neptune" {
				return "offline/" + of + "/data-1.log"
			}
			return of + ".zip"
		}
		folder := fstest.MapFS{name("a"): {Data: run("7", "0.7")}, name("b"): {Data: run("8", "0.8")}, name("c"): {Data: run("6", "0.6")}}
		got, err := reader.Files{}.Folder(mlgate.Source{Kind: kind, Path: "r"}, folder)
		if have := said(got, err); !strings.Contains(have, " = 0.8\n") || !strings.Contains(have, "2 other runs") {
			t.Errorf("%s: %s", kind, have)
		}
		folder[name("d")] = &fstest.MapFile{Data: run("8", "0.9")}
		got, err = reader.Files{}.Folder(mlgate.Source{Kind: kind, Path: "r"}, folder)
		if have := said(got, err); !strings.Contains(have, "2 runs could be meant, \""+name("b")+"\" and \""+name("d")+"\" among them") {
			t.Errorf("%s, two at once: %s", kind, have)
		}
	}
}

func said(r mlgate.Reading, err error) string {
	if err != nil {
		return err.Error()
	}
	return say(r, nil)
}

// zipped is an archive with these files, names and contents by turns.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func session(t testing.TB, events string) []byte {
	t.Helper()
	return zipped(t, "task.json", `{"id": "offline-1", "name": "n"}`, "metrics.jsonl", events)
}

func experiment(t testing.TB, messages string) []byte {
	t.Helper()
	return zipped(t, "experiment.json", `{"offline_id": "1", "stop_time": 1}`, "messages.json", messages)
}

const (
	event     = `[{"type": "training_stats_scalar", "iter": 1, "timestamp": 1, "metric": "a", "variant": "b", "value": 0.5}]` + "\n"
	cometLine = `{"type":"metric_msg","payload":{"metric":{"metricName":"a","metricValue":0.5,"step":1}}}` + "\n"
	operation = `{"obj": {"type": "LogFloats", "path": ["a"], "values": [{"value": 0.5, "step": 1}]}, "version": 1}` + "\n"
)

func TestTrackersRefuse(t *testing.T) {
	t.Parallel()
	swap := strings.NewReplacer
	zeros := strings.Repeat("\x00", 65<<20)
	for _, c := range []struct {
		kind string
		data []byte
		want string
	}{
		{"clearml", session(t, event), ""},
		{"clearml", []byte("{}"), "not a whole zip"},
		{"clearml", nil, "not a whole zip"},
		{"clearml", zipped(t, "a", "b"), `it holds no "task.json"`},
		{"clearml", zipped(t, "task.json", "{}"), `it holds no "metrics.jsonl"`},
		{"clearml", zipped(t, "task.json", "[]", "metrics.jsonl", event), `"task.json" is no object`},
		{"clearml", zipped(t, "task.json", "{}", "metrics.jsonl", event, "metrics.jsonl", event), `"metrics.jsonl" stands in it twice`},
		{"clearml", zipped(t, "task.json", "{}", "metrics.jsonl", zeros), "at most 67108864 are read"},
		{"clearml", session(t, "\xff\xfe"), "UTF-16"},
		{"clearml", session(t, " \n"), "is empty"},
		{"clearml", session(t, event+event[:20]), "line 2: it ends in the middle"},
		{"clearml", session(t, "{}\n"), "line 1: it is no list of events"},
		{"clearml", session(t, swap("0.5", `"0,5"`).Replace(event)), `the scalar "a.b" has no number`},
		{"clearml", session(t, swap(`"iter": 1, `, "").Replace(event)), "or no step"},
		{"clearml", session(t, event+swap(`"a"`, `"Summary"`, `"b"`, `"a.b"`).Replace(event)), `the name "a.b" stands in it twice`},
		{"clearml", session(t, `[{"type": "plot", "metric": "a", "variant": "b"}]`+"\n"), "it holds no number"},
		{"comet", experiment(t, cometLine), ""},
		{"comet", zipped(t, "messages.json", cometLine), `it holds no "experiment.json"`},
		{"comet", zipped(t, "experiment.json", "{}", "messages.json", cometLine), "is not finished"},
		{"comet", zipped(t, "experiment.json", `{"stop_time": 1, "customer_error_reported": true, "customer_error_message": "out of memory"}`, "messages.json", cometLine), `"out of memory"`},
		{"comet", experiment(t, cometLine[:40]), "it ends in the middle"},
		{"comet", experiment(t, swap("0.5", `"0,5"`).Replace(cometLine)), "it holds no number"},
		{"comet", experiment(t, swap(`"a"`, `""`).Replace(cometLine)), "a metric without a name"},
		{"neptune", []byte(operation), ""},
		{"neptune", []byte(operation + operation), `the step of "a" goes back from 1 to 1`},
		{"neptune", []byte(operation[:50]), "it ends in the middle"},
		{"neptune", []byte("{}\n"), "no operation of Neptune"},
		{"neptune", []byte(swap("0.5", `"0,5"`).Replace(operation)), `a value of "a" is no number`},
		{"neptune", []byte(`{"obj": {"type": "AssignFloat", "path": ["a"], "value": null}}` + "\n"), `the value of "a" is no number`},
		{"neptune", []byte(operation + `{"obj": {"type": "DeleteAttribute", "path": ["a"]}}` + "\n"), "it holds no number"},
		{"neptune", []byte(operation + `{"obj": {"type": "AssignBool", "path": ["sys", "failed"], "value": true}}` + "\n"), "the run failed"},
		{"neptune", []byte("\xff" + operation), "is not UTF-8"},
	} {
		got, err := reader.Files{}.Metrics(mlgate.Source{Kind: c.kind, Path: "r"}, c.data)
		if c.want == "" && (err != nil || len(got.Metrics) != 1) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %.80q: got %s, want %q", c.kind, c.data, said(got, err), c.want)
		}
	}
	if got, err := (reader.Files{}).Metrics(mlgate.Source{Path: "w.npz"}, zipped(t, "arr_0.npy", "x")); err == nil || !strings.Contains(err.Error(), "not UTF-8") {
		t.Errorf("another archive: %s", said(got, err))
	}
	if got, err := (reader.Files{}).Folder(mlgate.Source{Kind: "comet", Path: "r"}, os.DirFS(filepath.Join("testdata", "clearml"))); err == nil || !strings.Contains(err.Error(), "holds no run") {
		t.Errorf("sessions of another tracker: %s", said(got, err))
	}
}

// What is cut off is an error; what is damaged is one too, or says what the whole says: names and lengths that do
// not matter stand twice in an archive.
func TestTrackersDamaged(t *testing.T) {
	t.Parallel()
	for kind, data := range map[string][]byte{"clearml": session(t, event), "comet": experiment(t, cometLine), "neptune": []byte(operation)} {
		whole, err := reader.Files{}.Metrics(mlgate.Source{Kind: kind, Path: "r"}, data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range data {
			if got, err := (reader.Files{}).Metrics(mlgate.Source{Kind: kind, Path: "r"}, data[:i]); err == nil {
				t.Errorf("%s, cut off after %d bytes: %s", kind, i, say(got, nil))
			}
			bad := bytes.Clone(data)
			bad[i] ^= 0x10
			got, err := reader.Files{}.Metrics(mlgate.Source{Kind: kind, Path: "r"}, bad)
			if kind != "neptune" && err == nil && say(got, nil) != say(whole, nil) {
				t.Errorf("%s, damaged at byte %d: %s", kind, i, say(got, nil))
			}
		}
	}
}

// fuzzTracker throws bytes at a kind as they are, and as the lines within a file that is otherwise right.
func fuzzTracker(f *testing.F, kind string, wrap func(testing.TB, string) []byte, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add(s)
		f.Add(string(wrap(f, s)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, data := range [][]byte{[]byte(text), wrap(t, text)} {
			got, err := reader.Files{}.Metrics(mlgate.Source{Kind: kind, Path: "m"}, data)
			if err == nil && len(got.Metrics) == 0 {
				t.Error("neither a number nor an error")
			}
			_, _ = reader.Files{}.Metrics(mlgate.Source{Path: "m"}, data) // of any kind
		}
	})
}

func FuzzClearML(f *testing.F) {
	fuzzTracker(f, "clearml", session, event, event+`[{"type": "plot", "metric": "a", "variant": "c"}]`+"\n")
}

func FuzzComet(f *testing.F) {
	fuzzTracker(f, "comet", experiment, cometLine, `{"type":"metric_msg","payload":{"context":"test","metric":{"metricName":"sys.x","metricValue":"NaN"}}}`+"\n")
}

func FuzzNeptune(f *testing.F) {
	fuzzTracker(f, "neptune", func(_ testing.TB, text string) []byte { return []byte(operation + text) }, operation,
		`{"obj": {"type": "AssignInt", "path": ["b", "c"], "value": 3}}`+"\n", `{"obj": {"type": "ClearFloatLog", "path": ["a"]}}`+"\n")
}
