package fetch_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/fetch"
	"github.com/mlgate/mlgate/test/policyhost"
)

// server is a host with a folder of its own.
type server struct {
	*policyhost.Host
	ca string // file
}

func serve(t *testing.T) *server {
	t.Helper()
	s := &server{ca: filepath.Join(t.TempDir(), "ca.pem")}
	h, err := policyhost.Start(t.TempDir(), s.ca)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	s.Host = h
	return s
}

// repo makes a bare repository NAME.git with one branch per call of commit.
type repo struct {
	t   *testing.T
	dir string
}

func (s *server) repo(t *testing.T, name string, init ...string) repo {
	t.Helper()
	r := repo{t, filepath.Join(s.Root, name+".git")}
	r.run("", append([]string{"init", "-q", "--bare", "-b", "main", r.dir}, init...)...)
	return r
}

// run runs git on the repository.
func (r repo) run(stdin string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), "GIT_DIR="+r.dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@b",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@b", "GIT_INDEX_FILE="+filepath.Join(r.dir, "index.test"))
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// entry is one line of a commit: mode, and content (of a submodule: its commit).
type entry struct{ mode, content string }

// commit makes a commit of nothing but these files, and points main at it.
func (r repo) commit(files map[string]entry) string {
	r.t.Helper()
	r.run("", "read-tree", "--empty")
	for name, e := range files {
		id := e.content
		if e.mode != "160000" {
			id = r.run(e.content, "hash-object", "-w", "--stdin")
		}
		r.run("", "update-index", "--add", "--cacheinfo", e.mode+","+id+","+name)
	}
	id := r.run("", "commit-tree", "-m", "policies", r.run("", "write-tree"))
	r.run("", "update-ref", "refs/heads/main", id)
	return id
}

func regular(content string) entry { return entry{"100644", content} }

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// small limits, so that tests of them are quick.
func small() fetch.Limits {
	return fetch.Limits{Time: 20 * time.Second, Download: 2 << 20, Unpacked: 8 << 20, Entries: 50, Files: 10, File: 64 << 10, Total: 128 << 10}
}

func (s *server) fetcher(t *testing.T, l fetch.Limits, more ...string) *fetch.Fetcher {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	env := append([]string{"PATH=" + os.Getenv("PATH"), "SSL_CERT_FILE=" + s.ca}, more...)
	return fetch.New(fetch.Options{Dir: dir, Environ: env, Limits: l})
}
