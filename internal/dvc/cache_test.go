package dvc_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/dvc"
	"github.com/mlgate/mlgate/internal/mlgate"
)

const (
	hello = "b1946ac92492d2347c6235b4d2611184" // of "hello\n"
	other = "00000000000000000000000000000000"
)

func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Content is found in the cache, in that which the configuration names, and in remotes that are folders:
// the nearest .dvc counts, and what is local beats what is committed.
func TestRead(t *testing.T) {
	t.Parallel()
	at := "files/md5/" + hello[:2] + "/" + hello[2:]
	for what, c := range map[string]struct {
		files map[string]string
		dir   string
		old   bool
	}{
		"cache":           {files: map[string]string{".dvc/config": "", ".dvc/cache/" + at: "hello\n"}, dir: "."},
		"from below":      {files: map[string]string{".dvc/config": "", ".dvc/cache/" + at: "hello\n"}, dir: "models/churn"},
		"nearest":         {files: map[string]string{".dvc/config": "", "models/.dvc/cache/" + at: "hello\n"}, dir: "models/churn"},
		"DVC 2":           {files: map[string]string{".dvc/cache/" + hello[:2] + "/" + hello[2:]: "hello\n"}, dir: ".", old: true},
		"DVC 2, CRLF":     {files: map[string]string{".dvc/cache/" + hello[:2] + "/" + hello[2:]: "hello\r\n"}, dir: ".", old: true},
		"cache.dir":       {files: map[string]string{".dvc/config": "[cache]\n    dir = ../far\n", "far/" + at: "hello\n"}, dir: "."},
		"local beats":     {files: map[string]string{".dvc/config": "[cache]\n dir = ../no\n", ".dvc/config.local": "[cache]\n dir = ../far\n", "far/" + at: "hello\n"}, dir: "."},
		"a remote":        {files: map[string]string{".dvc/config": "[core]\n remote = r\n['remote \"r\"']\n    url = ../../store\n", "../store/" + at: "hello\n"}, dir: "."},
		"another remote":  {files: map[string]string{".dvc/config": "[core]\n remote = s3\n['remote \"s3\"']\n url = s3://b\n['remote \"r\"']\n url = ../../store\n", "../store/" + at: "hello\n"}, dir: "."},
		"quotes are free": {files: map[string]string{".dvc/config": "# words = 1\n[remote \"r\"]\nurl=../../store\n", "../store/" + at: "hello\n"}, dir: "."},
	} {
		root := filepath.Join(t.TempDir(), "repo")
		put(t, root, c.files)
		got, err := dvc.Open(root).Read(c.dir, hello, c.old, 100)
		if err != nil || strings.TrimSpace(string(got)) != "hello" {
			t.Errorf("%s: got %q, %v", what, got, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	put(t, root, map[string]string{
		".dvc/config": "['remote \"a\"']\nurl = s3://bucket\n['remote \"b\"']\nurl = user@host:/srv\n", ".dvc/cache/files/md5/00/" + other[2:]: "something else",
		".dvc/cache/files/md5/" + hello[:2] + "/" + hello[2:]: "hello\n", "secret": "hello\n",
	})
	c := dvc.Open(root)
	if _, err := c.Read(".", hello, false, 3); !errors.Is(err, mlgate.ErrTooLarge) {
		t.Errorf("a file over the limit: %v", err)
	}
	if _, err := c.Read(".", other, false, 100); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("content with another md5: %v", err)
	}
	for _, sum := range []string{"", "..", "../../../secret", strings.ToUpper(hello), hello + "/..", "11111111111111111111111111111111"} {
		if got, err := c.Read(".", sum, false, 100); !errors.Is(err, mlgate.ErrNotFound) {
			t.Errorf("%q: got %q, %v", sum, got, err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, ".dvc/cache/files/md5/11"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, ".dvc/cache/files/md5/11/"+strings.Repeat("1", 30)), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(".", strings.Repeat("1", 32), false, 100); err == nil || errors.Is(err, mlgate.ErrNotFound) {
		t.Errorf("a folder in the place of a file: %v", err)
	}
}
