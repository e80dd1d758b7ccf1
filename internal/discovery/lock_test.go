package discovery_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/discovery"
)

const sum = "b1946ac92492d2347c6235b4d2611184"

func TestParseLock(t *testing.T) {
	t.Parallel()
	got, err := discovery.ParseLock("churn", []byte(`
schema: '2.0'
stages:
  gen@a: {cmd: x, outs: [{path: m.json, hash: md5, md5: `+sum+`}]}
  all: {outs: [{path: build, md5: `+sum+`.dir}, {path: ../../out, md5: `+sum+`}, {path: /etc/passwd, md5: `+sum+`}, {path: x, md5: ../../x}, {path: y}]}
`), map[string]string{"gen": "train"})
	slices.SortFunc(got, func(a, b discovery.Pointer) int { return strings.Compare(a.Path, b.Path) })
	want := []discovery.Pointer{{Path: "churn/build", MD5: sum + ".dir", Old: true}, {Path: "churn/train/m.json", MD5: sum}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if got, err := discovery.ParseLock(".", []byte("stages: {a: {outs: &x [{path: m, md5: "+sum+"}]}, b: {outs: *x}}"), nil); err == nil {
		t.Errorf("an alias was followed: %v", got)
	}
	for _, bad := range []string{"stages: [1]", "\t", "stages: {a: 1}", strings.Repeat("x", 5<<20)} {
		if got, err := discovery.ParseLock(".", []byte(bad), nil); err == nil {
			t.Errorf("%.20q: %v", bad, got)
		}
	}
}

func TestParsePointer(t *testing.T) {
	t.Parallel()
	got, err := discovery.ParsePointer("data", []byte("outs:\n- md5: "+sum+"\n  path: m.json\n  hash: md5\nwdir: ../eval\n"))
	if d := cmp.Diff([]discovery.Pointer{{Path: "eval/m.json", MD5: sum}}, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
}

// A folder's listing names files of that folder alone.
func TestParseFolder(t *testing.T) {
	t.Parallel()
	at := discovery.Pointer{Path: "build", MD5: sum + ".dir"}
	got, err := discovery.ParseFolder(at, []byte(`[{"md5": "`+sum+`", "relpath": "a/m.json"}, {"md5": "`+sum+`", "relpath": "../mlops.yaml"}, {"md5": "`+sum+`", "relpath": "."}, {"md5": "..", "relpath": "b"}]`))
	if d := cmp.Diff([]discovery.Pointer{{Path: "build/a/m.json", MD5: sum}}, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	for _, bad := range []string{"", "{}", "[1]", "[{]"} {
		if got, err := discovery.ParseFolder(at, []byte(bad)); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func FuzzPointers(f *testing.F) {
	f.Add([]byte("stages: {a: {outs: [{path: m, md5: " + sum + "}]}}"))
	f.Add([]byte("outs: [{path: m, md5: " + sum + "}]\nwdir: ..\n"))
	f.Add([]byte(`[{"md5": "` + sum + `", "relpath": "a"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		lock, _ := discovery.ParseLock("d", data, map[string]string{"a": "../../.."})
		single, _ := discovery.ParsePointer("d", data)
		below, _ := discovery.ParseFolder(discovery.Pointer{Path: "d", MD5: sum + ".dir"}, data)
		for _, p := range slices.Concat(lock, single, below) {
			if p.Path != path.Clean(p.Path) || strings.HasPrefix(p.Path, "..") || path.IsAbs(p.Path) || len(strings.TrimSuffix(p.MD5, ".dir")) != 32 {
				t.Errorf("%+v leads outside", p)
			}
		}
	})
}
