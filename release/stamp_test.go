// Package release_test plays what a release writes into the actions.
package release_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var digest = "sha256:" + strings.Repeat("a", 64)

func sums(version string, machines ...string) string {
	var b strings.Builder
	for i, m := range machines {
		fmt.Fprintf(&b, "%064x  mlgate_%s_%s.tar.gz\n", i+1, version, m)
	}
	return b.String()
}

var all = []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"}

// stamp runs the script on a copy of the actions.
func stamp(t *testing.T, checksums string, args ...string) (dir, said string, err error) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"action.yml", "VERSION", "setup/checksums.txt", "release/stamp.sh"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "sums"), []byte(checksums), 0o600); err != nil {
		t.Fatal(err)
	}
	// By its interpreter: a file that was just written is busy while another test starts a process.
	out, err := exec.Command("bash", append([]string{filepath.Join(dir, "release", "stamp.sh")}, args...)...).CombinedOutput()
	return dir, string(out), err
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestStamp(t *testing.T) {
	t.Parallel()
	more := strings.Repeat("b", 64) + "  mlgate_1.2.3_linux_amd64.sbom.json\n"
	dir, said, err := stamp(t, sums("1.2.3", all...)+more, "1.2.3", digest, "sums")
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	action, before := read(t, dir, "action.yml"), read(t, "..", "action.yml")
	if want := strings.Replace(before, "  image: Dockerfile\n", "  image: docker://ghcr.io/mlgate/mlgate@"+digest+"\n", 1); action != want || action == before {
		t.Errorf("action.yml:\n%s", action)
	}
	if v := read(t, dir, "VERSION"); strings.TrimSpace(v) != "1.2.3" {
		t.Errorf("VERSION: %q", v)
	}
	if got := read(t, dir, "setup/checksums.txt"); !strings.HasPrefix(got, "#") || !strings.HasSuffix(got, sums("1.2.3", all...)) || strings.Contains(got, "sbom") {
		t.Errorf("checksums.txt:\n%s", got)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.old")); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

func TestStampRefuses(t *testing.T) {
	t.Parallel()
	good := sums("1.2.3", all...)
	for name, c := range map[string]struct {
		sums string
		args []string
		says string
	}{
		"no arguments":       {good, nil, "usage"},
		"no version":         {good, []string{"v1.2.3", digest, "sums"}, "no version"},
		"a version of texts": {good, []string{"1.2.3;id", digest, "sums"}, "no version"},
		"no digest":          {good, []string{"1.2.3", "latest", "sums"}, "no digest"},
		"a machine is gone":  {sums("1.2.3", all[:3]...), []string{"1.2.3", digest, "sums"}, "darwin_arm64"},
		"a machine twice":    {good + sums("1.2.3", all[0]), []string{"1.2.3", digest, "sums"}, "linux_amd64"},
		"another version":    {sums("1.2.4", all...), []string{"1.2.3", digest, "sums"}, "linux_amd64"},
		"no checksums":       {good, []string{"1.2.3", digest, "none"}, "linux_amd64"},
	} {
		dir, said, err := stamp(t, c.sums, c.args...)
		if err == nil || !strings.Contains(said, c.says) {
			t.Errorf("%s: %v, %s", name, err, said)
		}
		if read(t, dir, "action.yml") != read(t, "..", "action.yml") {
			t.Errorf("%s: action.yml was changed", name)
		}
	}
}
