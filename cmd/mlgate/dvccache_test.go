package main

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kept are histories whose metrics DVC keeps outside of git, as shell scripts: `commit NAME` lets DVC make
// the outputs, and commits. The second of two commits is compared with the first; dvc runs in the folder in. The
// remote has an absolute path: of a commit DVC takes ../store to be /store.
var kept = []struct{ name, script, in string }{
	{"a stage's metrics", `
stage 'metrics: [m.json]'; gen '{"acc": 0.9, "f1": 0.5}'; commit old
gen '{"acc": 0.95, "f1": 0.5}'; commit new`, ""},
	{"a new and a removed metric", `
stage 'metrics: [m.json]'; gen '{"acc": 0.9, "f1": 0.5}'; commit old
gen '{"acc": 0.9, "auc": 0.7}'; commit new`, ""},
	{"nothing changed", `
stage 'metrics: [m.json]'; gen '{"acc": 0.9}'; commit old
echo words >notes.txt; commit new`, ""},
	{"a working folder", `
mkdir work; echo 'cp ../value m.json' >work/gen.sh; printf 'stages:\n  gen:\n    wdir: work\n    cmd: sh gen.sh\n    deps: [../value]\n    metrics: [m.json]\n' >dvc.yaml; gen '{"x": 1}'; commit old
gen '{"x": 2}'; commit new`, ""},
	{"a file in an output folder", `
printf 'stages:\n  gen:\n    cmd: mkdir -p build/deep && cp value build/deep/m.json && cp value build/other.json\n    deps: [value]\n    outs: [build]\nmetrics: [build/deep/m.json]\n' >dvc.yaml; gen '{"x": {"y": 1}}'; commit old
gen '{"x": {"y": 3}}'; commit new`, ""},
	{"a folder of metrics", `
printf 'stages:\n  gen:\n    cmd: mkdir -p results/deep && cp value results/a.json && cp value results/deep/b.json\n    deps: [value]\n    metrics: [results]\n' >dvc.yaml; gen '{"x": 1}'; commit old
gen '{"x": 2}'; commit new`, ""},
	{"dvc add", `
printf 'metrics: [eval/m.json]\n' >dvc.yaml; mkdir eval; echo '{"x": 1}' >eval/m.json; dvc add -q eval/m.json; commit old
echo '{"x": 2}' >eval/m.json; dvc add -q eval/m.json; commit new`, ""},
	{"another name", `
stage 'metrics: [m.json]'; gen '{"acc": 0.9}'; commit old
sed -i 's/m\.json/scores.json/' gen.sh dvc.yaml; gen '{"acc": 0.8}'; commit new`, ""},
	{"foreach", `
printf 'stages:\n  gen:\n    foreach: [a, b]\n    do:\n      wdir: .\n      cmd: cp value ${item}.json\n      deps: [value]\n      outs: ["${item}.json"]\nmetrics: [a.json, b.json]\n' >dvc.yaml; gen '{"x": 1}'; commit old
gen '{"x": 2}'; commit new`, ""},
	{"another cache folder", `
dvc cache dir -q ../elsewhere; stage 'metrics: [m.json]'; gen '{"acc": 0.9}'; commit old
gen '{"acc": 0.95}'; commit new`, ""},
	{"a remote that is a folder", `
dvc remote add -q -d store "$(cd .. && pwd)/store"; stage 'metrics: [m.json]'; gen '{"acc": 0.9}'; commit old; dvc push -q
gen '{"acc": 0.95}'; commit new; dvc push -q
rm -rf .dvc/cache`, ""},
	{"the cache of DVC 2", `
stage 'metrics: [m.json]'; gen '{"acc": 0.9}'; commit old
gen '{"acc": 0.95}'; commit new
for rev in HEAD~1 HEAD; do git show $rev:dvc.lock | sed '/hash: md5/d' >lock.$rev; done
git reset -q --hard HEAD~1; git show HEAD:dvc.lock >/dev/null; mv lock.HEAD~1 dvc.lock; git add -f dvc.lock; git commit -qm old
mv lock.HEAD dvc.lock; git add -f dvc.lock; git commit -qm new
mv .dvc/cache/files/md5/* .dvc/cache/; rm -rf .dvc/cache/files .dvc/tmp`, ""},
	{"a project below the root", `
dvc destroy -f >/dev/null; rm -f dvc.yaml; mkdir -p models/churn; mv gen.sh models/churn; cd models/churn; dvc init -q --subdir; stage 'metrics: [m.json]'; gen '{"acc": 0.9}'; commit old
gen '{"acc": 0.95}'; commit new`, "models/churn"},
}

// keptStart is what every script begins with.
const keptStart = `set -e
git init -q -b main; dvc init -q; echo 'cp value m.json' >gen.sh
gen() { echo "$1" >value; }
stage() { printf 'stages:\n  gen:\n    cmd: sh gen.sh\n    deps: [value, gen.sh]\n    %s\n' "$1" >dvc.yaml; }
commit() { dvc repro -q; git add -A .; git commit -qm "$1"; }
`

// TestDiffReadsWhatDVCKeeps compares mlgate with the real dvc where metrics lie in DVC's cache or in a
// remote that is a folder. In a clone without either both commits are the same to mlgate as far as it can
// see, and it says what to do.
func TestDiffReadsWhatDVCKeeps(t *testing.T) {
	t.Parallel()
	dvc, mlgate := dvcProgram(t), binary(t)
	for _, k := range kept {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "repo")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			dvcShell(t, dir, filepath.Dir(dvc), keptStart+k.script)
			theirs := map[string]map[string]map[string]any{}
			for file, m := range shape(t, output(t, filepath.Join(dir, k.in), dvc, "metrics", "diff", "--json", "HEAD~1", "HEAD")) {
				theirs[path.Join(k.in, file)] = m
			}
			ours := asDVC(t, output(t, dir, mlgate, "diff", "--format", "json", "--all", "HEAD~1", "HEAD"), true)
			if d := cmp.Diff(theirs, ours); d != "" {
				t.Errorf("dvc and mlgate differ (-dvc +mlgate):\n%s", d)
			}
		})
	}
}

func dvcShell(t *testing.T, dir, programs, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + programs + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada",
		"GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=a@example.com", "DVC_NO_ANALYTICS=true", "LC_ALL=C.UTF-8",
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, strings.TrimSpace(string(out)))
	}
}
