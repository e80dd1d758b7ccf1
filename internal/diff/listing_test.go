package diff

import (
	"io/fs"
	"strings"
	"testing"
)

// A side's folder is walked as a file system: each name once, folders beside files that begin alike.
func TestListing(t *testing.T) {
	t.Parallel()
	l := listing{files: []string{"a-b", "a/b/c", "a/b/d", "a/b0", "a0", "d"}, read: func(name string) ([]byte, error) { return []byte(name), nil }}
	var seen []string
	err := fs.WalkDir(l, ".", func(name string, d fs.DirEntry, err error) error {
		if d.IsDir() {
			name += "/"
		}
		seen = append(seen, name)
		return err
	})
	if got := strings.Join(seen, " "); err != nil || got != "./ a/ a-b a/b/ a/b/c a/b/d a/b0 a0 d" && got != "./ a/ a/b/ a/b/c a/b/d a/b0 a-b a0 d" {
		t.Errorf("%v %s", err, got)
	}
	if data, err := fs.ReadFile(l, "a/b/c"); string(data) != "a/b/c" || err != nil {
		t.Error(data, err)
	}
	for _, absent := range []string{"a/b", "x", "a/b/c/d"} {
		if _, err := fs.ReadFile(l, absent); err == nil {
			t.Errorf("%s is read", absent)
		}
	}
	if _, err := fs.ReadDir(l, "x"); err == nil {
		t.Error("a folder that is not there is listed")
	}
}
