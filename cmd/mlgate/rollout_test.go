package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/config"
)

// TestRolloutPattern: what docs/rollout.md gives Renovate finds the repository and the commit of a policy, in an
// mlops.yaml that mlgate reads, and nothing in one that is pinned by a checksum.
func TestRolloutPattern(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(top, "docs", "rollout.md"))
	must(t, err)
	_, block, _ := strings.Cut(string(page), "```json\n")
	block, _, _ = strings.Cut(block, "```")
	var renovate struct {
		Managers []struct {
			Files  []string `json:"managerFilePatterns"`
			Wanted []string `json:"matchStrings"`
		} `json:"customManagers"`
	}
	must(t, json.Unmarshal([]byte(block), &renovate))
	if len(renovate.Managers) != 1 || len(renovate.Managers[0].Wanted) != 1 || len(renovate.Managers[0].Files) != 1 {
		t.Fatalf("%+v", renovate)
	}
	files := regexp.MustCompile(strings.Trim(renovate.Managers[0].Files[0], "/"))
	for name, want := range map[string]bool{"mlops.yaml": true, "models/churn/mlops.yaml": true, "xmlops.yaml": false, "mlops.yaml.bak": false} {
		if files.MatchString(name) != want {
			t.Errorf("%s: want %t", name, want)
		}
	}
	wanted := regexp.MustCompile(renovate.Managers[0].Wanted[0])
	commit := strings.Repeat("0123abcd", 5)
	_, ref, _ := strings.Cut(string(page), "`policies: [")
	ref, _, _ = strings.Cut(ref, "]`")
	for _, p := range []string{strings.Replace(ref, "FULL-COMMIT-ID", commit, 1), strings.Trim(strings.Replace(ref, "FULL-COMMIT-ID", commit, 1), `"`)} {
		src := "version: 1\nmodel: churn\nevidence: [m.json]\npolicies:\n  - " + p + "\n"
		if _, err := config.ParseDemand("mlops.yaml", []byte(src), "0.1.0"); err != nil {
			t.Fatal(err)
		}
		if m := wanted.FindStringSubmatch(src); len(m) != 3 || m[1] != "https://github.com/acme/gates.git" || m[2] != commit {
			t.Errorf("%s: found %q", p, m)
		}
	}
	if m := wanted.FindString(`policies: ["https://example.com/p.tar.gz//x?checksum=sha256:` + commit + `"]`); m != "" {
		t.Errorf("found %q", m)
	}
}
