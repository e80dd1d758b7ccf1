package attack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// delivery is everything that reaches the judge of a fork's pull request: the event, what GitHub says,
// the bundle and the archive around it. The change in it is worse than its gates allow.
type delivery struct {
	event  map[string]any // workflow_run of the event
	says   fakegithub.Handover
	parcel parcel
	raw    func([]byte) []byte // last touch on the bundle
	zip    func([]byte) []byte // instead of the archive of one file
	env    []string
	args   []string // of the judge
	bundle []byte   // as it was made
}

func (d *delivery) run() map[string]any { return d.says.Run }

func (d *delivery) pull() map[string]any { return d.says.Pulls[0] }

func (d *delivery) artifact() map[string]any { return d.says.Artifacts[0] }

func (d *delivery) artifactRun() map[string]any {
	return d.artifact()["workflow_run"].(map[string]any)
}

func (d *delivery) side(name string) map[string]any { return d.pull()[name].(map[string]any) }

// seal makes the archive.
func (d *delivery) seal() error {
	data, err := d.parcel.pack()
	if err != nil {
		return err
	}
	if d.raw != nil {
		data = d.raw(data)
	}
	if d.zip == nil {
		d.zip = func(b []byte) []byte { return zipOf(zip.FileHeader{Name: "mlgate.bundle", Method: zip.Deflate}, b) }
	}
	d.says.Archive = d.zip(data)
	return nil
}

func zipOf(h zip.FileHeader, data []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if f, err := w.CreateHeader(&h); err == nil {
		_, _ = f.Write(data)
	}
	_ = w.Close()
	return b.Bytes()
}

func zipLink(to []byte) []byte {
	h := zip.FileHeader{Name: "mlgate.bundle"}
	h.SetMode(fs.ModeSymlink | 0o777)
	return zipOf(h, to)
}

// zipBomb says that it has 1 TB.
func zipBomb(data []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := zip.FileHeader{Name: "mlgate.bundle", Method: zip.Deflate, UncompressedSize64: 1 << 40, CompressedSize64: uint64(len(data))}
	if f, err := w.CreateRaw(&h); err == nil {
		_, _ = f.Write(data)
	}
	_ = w.Close()
	return b.Bytes()
}

func twoOf(data []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for range 2 {
		if f, err := w.Create("mlgate.bundle"); err == nil {
			_, _ = f.Write(data)
		}
	}
	_ = w.Close()
	return b.Bytes()
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

const elsewhere = "0123456789012345678901234567890123456789"

// first is the first metric of the evidence.
func (d *delivery) first() map[string]any { return d.parcel.metrics()[0].(map[string]any) }

func text(old, now string) func(*delivery) {
	return func(d *delivery) {
		d.parcel.raw = func(s string) string { return strings.Replace(s, old, now, 1) }
	}
}

func index(field string, v any) func(*delivery) {
	return func(d *delivery) { d.parcel.index[field] = v }
}

func evidence(field string, v any) func(*delivery) {
	return func(d *delivery) { d.parcel.evidence[field] = v }
}

func both(field string, v any) func(*delivery) {
	return func(d *delivery) { d.parcel.index[field], d.parcel.evidence[field] = v, v }
}

func also(name string, arg string) func(*delivery) {
	return func(d *delivery) { hows[name](&d.parcel, arg) }
}

// deliveries are mutations, by name. None may make the bad change pass.
var deliveries = map[string]func(*delivery){
	// the event
	"event: no run":               func(d *delivery) { d.event["id"] = 0 },
	"event: a run below zero":     func(d *delivery) { d.event["id"] = -5 },
	"event: a run beyond numbers": func(d *delivery) { d.event["id"] = json.Number("99999999999999999999") },
	"event: a run that is text":   func(d *delivery) { d.event["id"] = "500" },
	"event: no attempt":           func(d *delivery) { delete(d.event, "run_attempt") },
	"event: attempt 2":            func(d *delivery) { d.event["run_attempt"] = 2 },
	"event: tells of another head": func(d *delivery) {
		d.event["head_sha"], d.event["head_branch"], d.event["conclusion"] = elsewhere, "main", "success"
		d.event["pull_requests"] = []map[string]any{{"number": 9}}
		d.event["event"], d.event["head_repository"] = "push", map[string]any{"id": fakegithub.HomeID}
	},
	// the run
	"run: of another repository": func(d *delivery) { d.run()["repository"] = map[string]any{"id": 3} },
	"run: another id":            func(d *delivery) { d.run()["id"] = 501 },
	"run: another workflow":      func(d *delivery) { d.run()["path"] = ".github/workflows/other.yml" },
	"run: no workflow":           func(d *delivery) { d.run()["path"] = nil },
	"run: another event":         func(d *delivery) { d.run()["event"] = "pull_request_target" },
	"run: a push that is none":   func(d *delivery) { d.run()["event"], d.run()["head_branch"] = "push", "main" },
	"run: attempt 2":             func(d *delivery) { d.run()["run_attempt"] = 2 },
	"run: an option as head":     func(d *delivery) { d.run()["head_sha"] = "--upload-pack=touch pwned" },
	"run: another head":          func(d *delivery) { d.run()["head_sha"] = elsewhere },
	"run: no head repository":    func(d *delivery) { d.run()["head_repository"] = nil },
	"run: numbers for texts":     func(d *delivery) { d.run()["head_branch"] = 7 },
	"run: is no object":          func(d *delivery) { d.says.Run = nil },
	"run: still running":         func(d *delivery) { d.run()["status"] = "in_progress" },
	"runner: another repository": func(d *delivery) { d.env = []string{"GITHUB_REPOSITORY_ID=5"} },
	"run: says it is of our own": func(d *delivery) { d.run()["head_repository"] = d.says.Home },
	// the pull request
	"pull: none":                func(d *delivery) { d.says.Pulls = nil },
	"pull: closed":              func(d *delivery) { d.pull()["state"] = "closed" },
	"pull: two":                 func(d *delivery) { d.says.Pulls = append(d.says.Pulls, d.says.Pulls[0]) },
	"pull: pushed to":           func(d *delivery) { d.side("head")["sha"] = elsewhere },
	"pull: another fork":        func(d *delivery) { d.side("head")["repo"] = map[string]any{"id": 3} },
	"pull: fork deleted":        func(d *delivery) { d.side("head")["repo"] = nil },
	"pull: into another one":    func(d *delivery) { d.side("base")["repo"] = map[string]any{"id": 3} },
	"pull: an option as base":   func(d *delivery) { d.side("base")["ref"] = "--upload-pack=touch pwned" },
	"pull: a base that is gone": func(d *delivery) { d.side("base")["ref"] = "gone" },
	"pull: a base of many dots": func(d *delivery) { d.side("base")["ref"] = "../../main" },
	"pull: closed while judged": func(d *delivery) { d.says.Later = []map[string]any{} },
	"pull: a title to be read":  func(d *delivery) { d.pull()["title"] = "<!-- mlgate key=report run=1.1 -->\n::error::x\x1b[31m @ada" },
	"pull: sent to another base": func(d *delivery) {
		d.says.Events = append(d.says.Events, fakegithub.Happened("base_ref_changed", "2026-01-01T00:00:01Z"))
	},
	"pull: an event of no time": func(d *delivery) {
		d.says.Events = append(d.says.Events, fakegithub.Happened("base_ref_changed", "soon"))
	},
	"pull: opened after the run": func(d *delivery) { d.pull()["created_at"] = "2030-01-01T00:00:00Z" },
	// the artifact
	"artifact: none":              func(d *delivery) { d.says.Artifacts = nil },
	"artifact: two":               func(d *delivery) { d.says.Artifacts = append(d.says.Artifacts, d.says.Artifacts[0]) },
	"artifact: of another run":    func(d *delivery) { d.artifactRun()["id"] = 501 },
	"artifact: of another commit": func(d *delivery) { d.artifactRun()["head_sha"] = elsewhere },
	"artifact: of an old attempt": func(d *delivery) { d.artifact()["created_at"] = "2025-01-01T00:00:00Z" },
	"artifact: 1 GB":              func(d *delivery) { d.artifact()["size_in_bytes"] = 1 << 30 },
	"artifact: 1 GB unannounced":  func(d *delivery) { d.says.Claim = 1 << 30 },
	"artifact: another digest":    func(d *delivery) { d.artifact()["digest"] = "sha256:" + strings.Repeat("0", 64) },
	"artifact: expired":           func(d *delivery) { d.artifact()["expired"] = true },
	// the archive
	"zip: none": func(d *delivery) { d.zip = func(b []byte) []byte { return b } },
	"zip: cut": func(d *delivery) {
		d.zip = func(b []byte) []byte { return zipOf(zip.FileHeader{Name: "b"}, b)[:len(b)/2] }
	},
	"zip: bomb": func(d *delivery) { d.zip = zipBomb },
	"zip: traversal": func(d *delivery) {
		d.zip = func(b []byte) []byte { return zipOf(zip.FileHeader{Name: "../../pwned"}, b) }
	},
	"zip: absolute": func(d *delivery) {
		d.zip = func(b []byte) []byte { return zipOf(zip.FileHeader{Name: "/tmp/pwned"}, b) }
	},
	"zip: a link":       func(d *delivery) { d.zip = func([]byte) []byte { return zipLink([]byte("/etc/passwd")) } },
	"zip: twice a name": func(d *delivery) { d.zip = twoOf },
	"zip: in a zip":     func(d *delivery) { d.raw = func(b []byte) []byte { return zipOf(zip.FileHeader{Name: "b"}, b) } },
	// the bundle
	"bundle: empty":        func(d *delivery) { d.raw = func([]byte) []byte { return nil } },
	"bundle: cut":          func(d *delivery) { d.raw = func(b []byte) []byte { return b[:len(b)/2] } },
	"bundle: packed twice": func(d *delivery) { d.raw = gzipped },
	"bundle: not UTF-8": func(d *delivery) {
		d.parcel.raw = func(s string) string { return strings.Replace(s, "iris", "i\xff\xfes", 1) }
	},
	"bundle: deep":           also("deep", ""),
	"bundle: twice a name":   also("twice", ""),
	"bundle: a link":         also("symlink", ""),
	"bundle: leads out":      also("traversal", ""),
	"bundle: many files":     also("many", ""),
	"bundle: a huge file":    also("huge", ""),
	"bundle: wrong digest":   also("digest", ""),
	"bundle: twice a key":    also("twokeys", ""),
	"bundle: twice a metric": also("samename", ""),
	"bundle: no numbers":     also("nonumbers", ""),
	"bundle: flood":          also("flood", "50000"),
	"bundle: names":          also("names", ""),
	"bundle: a device": func(d *delivery) {
		d.parcel.more = []tar.Header{{Name: "evidence/x", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 5}}
	},
	"bundle: of another recipe":     also("recipe", ""),
	"bundle: of another model":      also("model", "other"),
	"bundle: of no model":           also("model", "../../iris"),
	"bundle: of another commit":     both("commit", elsewhere),
	"bundle: of another tree":       both("tree", elsewhere),
	"bundle: an index of its own":   index("commit", elsewhere),
	"bundle: format 2":              both("format", 2),
	"bundle: a blob that is not":    index("blob", strings.Repeat("0", 64)),
	"bundle: a long problem":        index("problem", strings.Repeat("x", 100_000)),
	"bundle: skipped":               index("skipped", "nothing needs to run"),
	"bundle: a verdict":             index("verdict", "passed"),
	"bundle: a verdict in evidence": evidence("verdict", map[string]any{"word": "passed"}),
	"bundle: gates of its own":      evidence("gates", []any{}),
	"bundle: approvals":             index("approvals", []any{"ada"}),
	"bundle: an origin of its own":  evidence("origin", "trusted"),
	"bundle: from the future":       also("future", ""),
	"bundle: a marker": func(d *delivery) {
		d.parcel.evidence["machine"] = "<!-- mlgate key=report run=999.1 -->\n## iris: passed"
	},
	"bundle: 1e400":                     also("infinite", ""),
	"bundle: text for a number":         func(d *delivery) { d.first()["value"] = "0.99" },
	"bundle: a list for a number":       func(d *delivery) { d.first()["value"] = []any{0.99} },
	"bundle: NaN":                       text(`"value":0.`, `"value":NaN,"x":0.`),
	"bundle: minus one n":               func(d *delivery) { d.first()["n"] = -1 },
	"bundle: a number of 10,000 digits": text(`"value":0.`, `"value":0.`+strings.Repeat("9", 10_000)),
	"bundle: null evidence":             func(d *delivery) { d.parcel.raw = func(string) string { return "null" } },
	"bundle: more after the evidence":   func(d *delivery) { d.parcel.raw = func(s string) string { return s + s } },
	"bundle: no metrics but a list":     evidence("metrics", map[string]any{"accuracy": 1}),
	"bundle: a step that failed":        both("steps", []any{map[string]any{"name": "train", "exit": 1, "seconds": 0}}),
	"bundle: 5000 steps": func(d *delivery) {
		var steps []any
		for i := range 5000 {
			steps = append(steps, map[string]any{"name": fmt.Sprint("s", i), "exit": 0, "seconds": 1e308})
		}
		both("steps", steps)(d)
	},
}
