// Package setup_test holds the action that installs mlgate to what it promises: nothing runs that does not
// have the checksum that stands beside the action.
package setup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// archive is what a release has for this machine.
func archive(t *testing.T, h tar.Header, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	h.Mode, h.Size = 0o755, int64(len(content))
	if err := w.WriteHeader(&h); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var name = fmt.Sprintf("mlgate_1.2.3_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)

// runner is a job of GitHub's with the action checked out beside it.
type runner struct {
	dir string
	env []string
}

func newRunner(t *testing.T, checksums string, env ...string) runner {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("there is no curl")
	}
	r := runner{dir: t.TempDir()}
	script, err := os.ReadFile("install.sh")
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"action/VERSION": "1.2.3\n", "action/setup/install.sh": string(script), "action/setup/checksums.txt": checksums, "path": "", "temp/.keep": ""} {
		file = filepath.Join(r.dir, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "RUNNER_TEMP=" + filepath.Join(r.dir, "temp"), "GITHUB_PATH=" + filepath.Join(r.dir, "path")}, env...)
	return r
}

// install runs the action's script. On PATH is what later steps find; empty: nothing.
func (r runner) install(t *testing.T) (said, onPath string, err error) {
	t.Helper()
	c := exec.Command("bash", filepath.Join(r.dir, "action", "setup", "install.sh"))
	c.Dir, c.Env = r.dir, r.env
	out, err := c.CombinedOutput()
	added, rerr := os.ReadFile(filepath.Join(r.dir, "path"))
	if rerr != nil {
		t.Fatal(rerr)
	}
	if left, gerr := filepath.Glob(filepath.Join(r.dir, "temp", "mlgate-??????")); gerr != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, gerr)
	}
	return string(out), strings.TrimSpace(string(added)), err
}

// releases serves files over https, and returns what a machine that trusts it has in its environment.
func releases(t *testing.T, h http.HandlerFunc) []string {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"URL=" + s.URL, "CURL_CA_BUNDLE=" + authority, "no_proxy=*"}
}

func files(all map[string][]byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, ok := all[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data)
	}
}

func sum(data []byte) string { return fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name) }

const program = "#!/bin/sh\necho mlgate says $1\n"

func TestInstall(t *testing.T) {
	t.Parallel()
	data := archive(t, tar.Header{Name: "mlgate"}, program)
	r := newRunner(t, "# a comment\n"+sum(data), releases(t, files(map[string][]byte{"/v1.2.3/" + name: data}))...)
	said, onPath, err := r.install(t)
	if err != nil || !strings.Contains(said, "mlgate says version") || onPath != filepath.Join(r.dir, "temp", "mlgate-bin") {
		t.Fatalf("%v, on PATH %q:\n%s", err, onPath, said)
	}
}

// A binary that is there already is taken as it is.
func TestInstallPath(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(binary, []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	if said, onPath, err := newRunner(t, "", "BINARY="+binary).install(t); err != nil || onPath == "" || !strings.Contains(said, "mlgate says version") {
		t.Fatalf("%v, %q:\n%s", err, onPath, said)
	}
	if said, onPath, err := newRunner(t, "", "BINARY="+binary+"x").install(t); err == nil || onPath != "" {
		t.Fatalf("%v, %q:\n%s", err, onPath, said)
	}
}

func TestInstallRefuses(t *testing.T) {
	t.Parallel()
	good, evil := archive(t, tar.Header{Name: "mlgate"}, program), archive(t, tar.Header{Name: "mlgate"}, "#!/bin/sh\necho evil\n")
	link := archive(t, tar.Header{Name: "mlgate", Typeflag: tar.TypeSymlink, Linkname: "/nowhere"}, "")
	other := archive(t, tar.Header{Name: "../mlgate"}, program)
	at := "/v1.2.3/" + name
	plain := httptest.NewServer(files(map[string][]byte{at: good}))
	t.Cleanup(plain.Close)
	for what, c := range map[string]struct {
		checksums string
		serve     http.HandlerFunc
		env       string
		says      string
	}{
		"other bytes":           {sum(good), files(map[string][]byte{at: evil}), "", "it is not what was released"},
		"cut":                   {sum(good), files(map[string][]byte{at: good[:20]}), "", "it is not what was released"},
		"no checksum":           {"# none yet\n", files(map[string][]byte{at: good}), "", "knows no checksum"},
		"two checksums":         {sum(good) + sum(evil), files(map[string][]byte{at: good}), "", "knows no checksum"},
		"a checksum of another": {strings.Replace(sum(good), "1.2.3", "1.2.4", 1), files(map[string][]byte{at: good}), "", "knows no checksum"},
		"not there":             {sum(good), files(nil), "", "downloading"},
		"http":                  {sum(good), files(nil), "URL=" + plain.URL, "downloading"},
		"redirected to http":    {sum(good), http.RedirectHandler(plain.URL+at, http.StatusFound).ServeHTTP, "", "downloading"},
		"a link in it":          {sum(link), files(map[string][]byte{at: link}), "", "there is no binary"},
		"another name in it":    {sum(other), files(map[string][]byte{at: other}), "", "holds no mlgate"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			env := releases(t, c.serve)
			if c.env != "" {
				env = append(env, c.env)
			}
			said, onPath, err := newRunner(t, c.checksums, env...).install(t)
			if err == nil || onPath != "" || !strings.Contains(said, c.says) || !strings.Contains(said, "::error") {
				t.Errorf("%v, on PATH %q, want %q:\n%s", err, onPath, c.says, said)
			}
		})
	}
}
