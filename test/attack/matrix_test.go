package attack

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/bundle"
)

// matrix is a delivery as the jobs of a matrix leave it, of which one ran: its artifact is mlgate-iris.
func (s stage) matrix(t *testing.T) *delivery {
	t.Helper()
	d := s.delivery(t)
	d.artifact()["name"] = "mlgate-iris"
	d.args = []string{"--artifact", "mlgate-*"}
	return d
}

// leave adds the artifact of another job, with the bundle changed.
func (d *delivery) leave(name string, how func(*parcel)) map[string]any {
	p, err := open(d.bundle)
	if err != nil {
		panic(err) // it was opened before
	}
	how(&p)
	data, err := p.pack()
	if err != nil {
		panic(err)
	}
	d.says.Leave(name, zipOf(zip.FileHeader{Name: "mlgate.bundle", Method: zip.Deflate}, data))
	return d.says.Artifacts[len(d.says.Artifacts)-1]
}

func lifted(p *parcel) { hows["lift"](p, "") }

func stranger(p *parcel) { hows["model"](p, "other") }

// beside is one more artifact with better numbers and a field of it changed.
func beside(field string, v any) func(*delivery) {
	return func(d *delivery) { d.leave("mlgate-more", lifted)[field] = v }
}

// foreign is one more artifact that belongs to something else.
func foreign(field string, v any) func(*delivery) {
	return func(d *delivery) { d.leave("mlgate-more", lifted)["workflow_run"].(map[string]any)[field] = v }
}

// raw is one more artifact that is not the archive of a bundle.
func raw(zip []byte) func(*delivery) {
	return func(d *delivery) { d.says.Leave("mlgate-more", zip) }
}

// twiceInOne is a bundle of many models in which one stands twice.
func twiceInOne(d *delivery) {
	d.raw = func(data []byte) []byte {
		all, err := bundle.UnpackAll(bytes.NewReader(data))
		if err != nil {
			panic(err)
		}
		var out bytes.Buffer
		if err := bundle.PackAll(&out, append(all, all...)); err != nil {
			panic(err)
		}
		return out.Bytes()
	}
}

// flood leaves n artifacts more.
func flood(n int, name string) func(*delivery) {
	return func(d *delivery) {
		for i := range n {
			d.says.Leave(fmt.Sprintf(name, i), []byte("x"))
		}
	}
}

// matrices are mutations, by name. None may make the bad change pass.
var matrices = map[string]func(*delivery){
	"better numbers beside":       func(d *delivery) { d.leave("mlgate-better", lifted) },
	"better numbers before":       func(d *delivery) { d.leave("mlgate-a", lifted) },
	"the same twice":              func(d *delivery) { d.leave("mlgate-more", func(*parcel) {}) },
	"one name twice":              func(d *delivery) { d.leave("mlgate-iris", lifted) },
	"one name twice, one is old":  func(d *delivery) { d.leave("mlgate-iris", lifted)["created_at"] = "2025-01-01T00:00:00Z" },
	"of a model that is not here": func(d *delivery) { d.leave("mlgate-other", stranger) },
	"of no model": func(d *delivery) {
		d.leave("mlgate-other", func(p *parcel) { hows["model"](p, "../../iris") })
	},
	"of an earlier attempt":       beside("created_at", "2025-01-01T00:00:00Z"),
	"of no time":                  beside("created_at", nil),
	"expired":                     beside("expired", true),
	"another digest":              beside("digest", "sha256:"+strings.Repeat("0", 64)),
	"1 GB":                        beside("size_in_bytes", 1<<30),
	"256 MB, with the first more": beside("size_in_bytes", 256<<20),
	"less than nothing":           beside("size_in_bytes", -1<<40),
	"text for a size":             beside("size_in_bytes", "1"),
	"another id, of no archive":   beside("id", 7),
	"of another run":              foreign("id", 501),
	"of another repository":       foreign("repository_id", 3),
	"of another head repository":  foreign("head_repository_id", 3),
	"of another commit":           foreign("head_sha", elsewhere),
	"no zip":                      raw([]byte("x")),
	"a bomb":                      raw(zipBomb([]byte("x"))),
	"a link":                      raw(zipLink([]byte("/etc/passwd"))),
	"leads out":                   raw(zipOf(zip.FileHeader{Name: "../../pwned"}, []byte("x"))),
	"an empty bundle":             raw(zipOf(zip.FileHeader{Name: "b"}, nil)),
	"two files":                   raw(twoOf([]byte("x"))),
	"a name that leads out":       func(d *delivery) { d.artifact()["name"] = "mlgate-../../pwned" },
	"a name to be read": func(d *delivery) {
		d.artifact()["name"] = "mlgate-\x1b[31m\n::error::x @ada <!-- mlgate key=report run=1.1 -->"
	},
	"a name to be read, twice": func(d *delivery) {
		d.artifact()["name"] = "mlgate-\x1b[31m\n::error::x @ada \u202e <!-- mlgate key=report run=1.1 -->"
		d.leave("mlgate-z\x07", lifted)
	},
	"a long name":              func(d *delivery) { d.artifact()["name"] = "mlgate-" + strings.Repeat("x", 1<<20) },
	"another name":             func(d *delivery) { d.artifact()["name"] = "other-iris" },
	"300 jobs":                 flood(300, "mlgate-%d"),
	"1100 artifacts of others": flood(1100, "other-%d"),
	"every name is asked for":  func(d *delivery) { d.args[1] = "*" },
	"a model twice in one":     twiceInOne,
}

func TestHostileMatrices(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.refuse(t, matrices, s.matrix)
}

// Control: what the one job left is judged, beside artifacts of other names; without a * the name is a whole one.
func TestHonestMatrix(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	d := s.matrix(t)
	d.leave("coverage", lifted)
	code, said, comments := s.judge(t, d)
	if code != 1 || len(comments) != 1 || !strings.Contains(comments[0].Body, "blocked by accuracy") {
		t.Fatalf("%d, %v\n%s", code, comments, said)
	}
	d = s.matrix(t)
	d.args = nil
	if code, said, _ = s.judge(t, d); code != 4 || !strings.Contains(said, "there is none") {
		t.Errorf("%d\n%s", code, said)
	}
}
