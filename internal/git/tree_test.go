package git

import (
	"io/fs"
	"strings"
	"testing"
)

// Whatever a tree object holds, each of its names is one that a folder can hold, once.
func FuzzParseTree(f *testing.F) {
	id := strings.Repeat("\x01", 20)
	for _, s := range []string{
		"100644 a\x00" + id, "40000 b\x00" + id + "100644 a\x00" + id, "100644 a\x00" + id + "40000 a\x00" + id, "100644 ../x\x00" + id,
		"100644 .\x00" + id, "100644 a/b\x00" + id, "100644 a\x00" + id[:5], " \x00", "120000 l\x00" + id, "160000 s\x00" + id + id[:12],
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, raw := range []int{20, 32} {
			es, err := parseTree(data, raw)
			if err != nil && es != nil {
				t.Errorf("entries and an error: %v, %v", es, err)
			}
			for i, e := range es {
				if !fs.ValidPath(e.name) || strings.ContainsAny(e.name, "/\x00") || e.name == "." || len(e.id) != 2*raw || !hexID(e.id) {
					t.Errorf("entry %+v", e)
				}
				if i > 0 && es[i-1].name >= e.name {
					t.Errorf("%q comes after %q", e.name, es[i-1].name)
				}
			}
		}
	})
}
