package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/fakegithub"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mlgate": main})
}

// TestScript plays every file of testdata/script with the real program, real git and, where a script
// asks for it, a GitHub at the wire.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: surroundings,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"iris":    irisCommand,
			"github":  githubCommand,
			"event":   eventCommand,
			"exits":   exitsCommand,
			"sklearn": sklearnCommand,
			"guide":   guideCommand,

			"policyhost": policyhostCommand,
			"pin":        pinCommand,
			"console":    consoleCommand,
		},
		Condition: condition,
	})
}

func surroundings(e *testscript.Env) error {
	for _, kv := range []string{
		"HOME=" + e.WorkDir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com", "LC_ALL=C.UTF-8",
	} {
		name, value, _ := strings.Cut(kv, "=")
		e.Setenv(name, value)
	}
	return nil
}

// condition [venv:NAME]: the pinned Python environment is there. In CI it must be.
func condition(cond string) (bool, error) {
	name, ok := strings.CutPrefix(cond, "venv:")
	if !ok {
		return false, fmt.Errorf("unknown condition %q", cond)
	}
	_, err := os.Stat(venv(name))
	if err != nil && os.Getenv("CI") == "true" {
		return false, fmt.Errorf("CI has no virtual environment %q: run `make venv`", name)
	}
	return err == nil, nil
}

func venv(name string) string {
	dir, err := filepath.Abs(filepath.Join("..", "..", ".cache", "venv", name, "bin"))
	if err != nil {
		return ""
	}
	return dir
}

// irisCommand makes a bare remote and a clone of it with the demo's model, pushed, and goes there.
func irisCommand(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(copyTree(filepath.Join("..", "..", "internal", "demo", "files"), ts.MkAbs("iris")))
	publish(ts, "iris")
}

func publish(ts *testscript.TestScript, name string) {
	ts.Check(ts.Exec("git", "init", "-q", "--bare", "-b", "main", ts.MkAbs("origin.git")))
	ts.Check(ts.Chdir(name))
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"remote", "add", "origin", "../origin.git"}, {"add", "."}, {"commit", "-qm", "A model"}, {"push", "-q", "-u", "origin", "main"},
	} {
		ts.Check(ts.Exec("git", args...))
	}
}

func copyTree(from, to string) error { return os.CopyFS(to, os.DirFS(from)) }

// sklearnCommand is irisCommand with the scikit-learn example.
func sklearnCommand(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(copyTree(filepath.Join("..", "..", "examples", "sklearn"), ts.MkAbs("sklearn")))
	ts.Setenv("PATH", venv("sklearn")+string(os.PathListSeparator)+ts.Getenv("PATH"))
	publish(ts, "sklearn")
}

// exitsCommand runs a program and compares its exit code: exits 4 mlgate promote production.
func exitsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG…]")
	}
	cmd := exec.Command(lookPath(ts, args[1]), args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = environ(ts)
	out, err := cmd.CombinedOutput()
	ts.Logf("%s", out)
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "said"), out, 0o600))
	code := -1
	if cmd.ProcessState != nil {
		code = cmd.ProcessState.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("%s: exit code %d (%v), want %s", strings.Join(args[1:], " "), code, err, args[0])
	}
}

func lookPath(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if full := filepath.Join(dir, name); isFile(full) {
			return full
		}
	}
	ts.Fatalf("%s is not in PATH", name)
	return ""
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

var passedOn = []string{
	"PATH", "HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "LC_ALL", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE", "GIT_TRACE2_EVENT",
	"TMPDIR", "CI", "GITHUB_ACTIONS", "GITHUB_ACTOR", "GITHUB_TOKEN", "GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA",
	"GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GOCOVERDIR",
	"SSL_CERT_FILE",
}

func environ(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range passedOn {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// githubCommand starts a fake GitHub that hosts origin.git as acme/model, and sets the environment of
// a runner: github [readonly].
func githubCommand(ts *testscript.TestScript, _ bool, args []string) {
	s, err := fakegithub.Start(fakegithub.Options{Root: ts.Getenv("WORK"), Repo: "acme/model", Git: "origin.git", Token: "secret-token", ReadOnly: len(args) > 0 && args[0] == "readonly"})
	ts.Check(err)
	ts.Defer(s.Close)
	work := ts.Getenv("WORK")
	for name, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_ACTOR": "ada", "GITHUB_TOKEN": "secret-token", "GITHUB_API_URL": s.URL, "GITHUB_SERVER_URL": s.URL,
		"GITHUB_REPOSITORY": "acme/model", "GITHUB_EVENT_PATH": filepath.Join(work, "event.json"), "GITHUB_OUTPUT": filepath.Join(work, "output"),
		"GITHUB_STEP_SUMMARY": filepath.Join(work, "summary.md"), "GITHUB_RUN_ID": "100", "GITHUB_RUN_ATTEMPT": "1", "FAKE": s.URL,
	} {
		ts.Setenv(name, value)
	}
}

// eventCommand writes an event file: event pull_request NUMBER HEAD-REV BASE-BRANCH, or event push
// REV BEFORE-REV.
func eventCommand(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("GITHUB_EVENT_NAME", args[0])
	var data []byte
	switch args[0] {
	case "pull_request":
		data = fakegithub.PullRequestEvent("acme/model", args[1], revision(ts, args[2]), args[3])
	case "push":
		data = fakegithub.PushEvent("acme/model", "main", revision(ts, args[1]), revision(ts, args[2]))
	default:
		data = fakegithub.OtherEvent("acme/model")
		ts.Setenv("GITHUB_SHA", revision(ts, args[1]))
	}
	ts.Check(os.WriteFile(ts.Getenv("GITHUB_EVENT_PATH"), data, 0o600))
}

func revision(ts *testscript.TestScript, rev string) string {
	if rev == "none" {
		return strings.Repeat("0", 40)
	}
	cmd := exec.Command("git", "--git-dir", filepath.Join(ts.Getenv("WORK"), "origin.git"), "rev-parse", rev)
	out, err := cmd.Output()
	ts.Check(err)
	return strings.TrimSpace(string(out))
}
