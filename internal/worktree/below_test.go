package worktree_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// A folder shows links and pipes as such, and .git never; nothing outside can be reached through it.
func TestBelow(t *testing.T) {
	t.Parallel()
	f := hostile(t)
	hooks := mlgate.TreeFile{Path: "a/.git/hooks/x", Mode: "100644", ID: helloSHA1}
	if _, err := f.Restore(context.Background(), []mlgate.TreeFile{hooks}, func(string) ([]byte, error) { return []byte("hello\n"), nil }); err != nil {
		t.Fatal(err)
	}
	var names []string
	all := f.Below(".", 1)
	err := fs.WalkDir(all, ".", func(name string, d fs.DirEntry, err error) error {
		names = append(names, fmt.Sprint(name, " ", d.Type()))
		return err
	})
	if got := strings.Join(names, ", "); err != nil || got != ". d---------, a d---------, a/m.json ----------, in L---------, linked L---------, m.json ----------, out L---------, pipe p---------, skip d---------, skip/m.json ----------" {
		t.Errorf("shown: %s, %v", got, err)
	}
	for name, why := range map[string]string{"out": "leads out of the work tree", "pipe": "named pipe", "a": "folder", "../secret": "invalid", "none": "not exist", "m.json": "2 bytes"} {
		if data, err := fs.ReadFile(all, name); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %q, %v; want an error with %q", name, data, err, why)
		}
	}
	if _, err := fs.ReadFile(all, "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	if data, err := fs.ReadFile(f.Below("a", 1), "m.json"); err != nil || string(data) != "1" {
		t.Errorf("a/m.json: %q, %v", data, err)
	}
	for name, want := range map[string]string{"linked": "d", "m.json": "-", "none": "no such file", "out/x": `looking at "out/x": "out" is a link that leads out of the work tree`, "out": `looking at "out": it is a link that leads out`} {
		info, err := fs.Stat(f.Below(name, 1), ".")
		got := fmt.Sprint(err)
		if err == nil {
			got = info.Mode().Type().String()[:1]
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if _, err := fs.ReadDir(all, "pipe"); err == nil {
		t.Error("a pipe was listed")
	}
	if _, err := fs.ReadDir(all, "out"); err == nil || !strings.Contains(err.Error(), "leads out of the work tree") {
		t.Errorf("a link that leads out was listed, or is not told: %v", err)
	}
}

// Names are counted over the whole folder, so that nobody lists without end.
func TestBelowHasAnEnd(t *testing.T) {
	t.Parallel()
	f, _ := open(t, map[string]string{"a/1": "", "a/2": "", "b/3": "", "b/4": ""})
	for most, want := range map[int]string{6: "", 5: `"." holds more than 5 names`} {
		err := fs.WalkDir(f.BelowAtMost(".", 1, most), ".", func(_ string, _ fs.DirEntry, err error) error { return err })
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && got != want {
			t.Errorf("at most %d: %s, want %q", most, got, want)
		}
	}
}
