package setup_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// released is a checkout of a release: stamped with the checksums in a folder that goreleaser made, which
// is served over https as GitHub serves releases.
func released(t *testing.T, dist string) (runner, []byte, string) {
	t.Helper()
	sums, err := os.ReadFile(filepath.Join(dist, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`mlgate_(.+)_` + runtime.GOOS + `_` + runtime.GOARCH + `\.tar\.gz`).FindStringSubmatch(string(sums))
	if found == nil {
		t.Fatalf("there is no archive for this machine in:\n%s", sums)
	}
	data, err := os.ReadFile(filepath.Join(dist, found[0]))
	if err != nil {
		t.Fatal(err)
	}
	r := newRunner(t, "")
	for _, name := range []string{"action.yml", "setup/checksums.txt", "release/stamp.sh"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(r.dir, "action", name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	stamp := exec.Command("bash", filepath.Join(r.dir, "action", "release", "stamp.sh"), found[1], "sha256:"+strings.Repeat("a", 64), filepath.Join(dist, "checksums.txt"))
	if out, err := stamp.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r, data, found[1]
}

// What goreleaser makes is what the action installs. The archives are made by release/rehearse.sh.
func TestInstallReleased(t *testing.T) {
	t.Parallel()
	dist := os.Getenv("MLGATE_DIST")
	if dist == "" {
		t.Skip("MLGATE_DIST names no folder of archives: release/rehearse.sh makes them")
	}
	r, data, version := released(t, dist)
	honest := releases(t, func(w http.ResponseWriter, q *http.Request) {
		http.StripPrefix("/v"+version, http.FileServer(http.Dir(dist))).ServeHTTP(w, q)
	})
	env := r.env
	r.env = append(slices.Clone(env), honest...)
	said, onPath, err := r.install(t)
	if err != nil || !strings.Contains(said, version) || onPath == "" {
		t.Fatalf("%v, on PATH %q:\n%s", err, onPath, said)
	}

	// One bit is another, and it is refused.
	other := bytes.Clone(data)
	other[len(other)/2] ^= 1
	if err := os.WriteFile(filepath.Join(r.dir, "path"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.env = append(slices.Clone(env), releases(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(other) })...)
	if said, onPath, err = r.install(t); err == nil || onPath != "" || !strings.Contains(said, "it is not what was released") {
		t.Errorf("%v, on PATH %q:\n%s", err, onPath, said)
	}
}
