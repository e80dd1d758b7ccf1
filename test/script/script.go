// Package script holds what testscripts say beside the commands of testscript itself: a model in a
// repository with a bare remote, a GitHub at the wire, its events. It is no part of the program.
package script

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Command is one word of a script.
type Command = func(ts *testscript.TestScript, neg bool, args []string)

// Params plays every file of dir with the real program, which TestMain of the test must offer as
// mlgate. The test's folder is two levels below the top of this repository.
func Params(t *testing.T, dir string) testscript.Params {
	t.Helper()
	s := &shelf{dir: t.TempDir()}
	return testscript.Params{
		Dir:   dir,
		Setup: surroundings,
		Cmds: map[string]Command{
			"iris": s.iris, "adopt": adopt, "params": params, "edit": edit, "append": appendLine, "commit": commit, "sklearn": sklearn,
			"people": people, "comment": comment,
			"github": github, "event": event, "handover": handover, "exits": exits, "policyhost": policies, "pin": pin, "job": job, "merged": merged,
			"protect": protect, "trouble": trouble, "calm": calm, "commented": commented,
		},
		Condition: condition,
	}
}

// shelf keeps one adopted model, which scripts copy instead of making it anew.
type shelf struct {
	dir  string
	once sync.Once
}

// surroundings are the same for every script. $SOURCE is the top of this repository, for files of real tools.
func surroundings(e *testscript.Env) error {
	source, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return err
	}
	for _, kv := range []string{
		"HOME=" + e.WorkDir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com", "LC_ALL=C.UTF-8", "SOURCE=" + source,
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
	_, err := os.Stat(Venv(name))
	if err != nil && os.Getenv("CI") == "true" {
		return false, fmt.Errorf("CI has no virtual environment %q: run `make venv`", name)
	}
	return err == nil, nil
}

// Venv is the folder of programs of a pinned Python environment, which need not be there.
func Venv(name string) string {
	dir, err := filepath.Abs(filepath.Join("..", "..", ".cache", "venv", name, "bin"))
	if err != nil {
		return ""
	}
	return dir
}

// exits runs a program and compares its exit code: exits 4 mlgate promote production. What it said
// on both streams is in the file said.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG…]")
	}
	if code := Run(ts, args[1:]); fmt.Sprint(code) != args[0] {
		ts.Fatalf("%s: exit code %d, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

// Run runs a program and returns its exit code. What it said on both streams is in the file said.
func Run(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(args[0], args[1:]...)
	said := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "said"), []byte(said), 0o600))
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}
