package script

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

// iris makes a bare remote and a clone of it with the demo's model, pushed, and goes there:
// iris [adopted]. Adopted, it was promoted once: v0.1.0 is in staging.
func (s *shelf) iris(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		fresh(ts)
		return
	}
	s.once.Do(func() {
		fresh(ts)
		adopt(ts, false, nil)
		ts.Check(ts.Exec("git", "clean", "-fdxq"))
		for _, name := range []string{"origin.git", "iris"} {
			ts.Check(copyTree(filepath.Join(ts.Getenv("WORK"), name), filepath.Join(s.dir, name)))
			ts.Check(os.RemoveAll(filepath.Join(ts.Getenv("WORK"), name)))
		}
		ts.Check(ts.Chdir(ts.Getenv("WORK")))
	})
	for _, name := range []string{"origin.git", "iris"} {
		ts.Check(copyTree(filepath.Join(s.dir, name), ts.MkAbs(name)))
	}
	ts.Check(ts.Chdir("iris"))
}

func fresh(ts *testscript.TestScript) {
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

// sklearn is iris with the scikit-learn example.
func sklearn(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(copyTree(filepath.Join("..", "..", "examples", "sklearn"), ts.MkAbs("sklearn")))
	ts.Setenv("PATH", Venv("sklearn")+string(os.PathListSeparator)+ts.Getenv("PATH"))
	publish(ts, "sklearn")
}

// adopt runs the steps of what is checked out and promotes it; the bundle is $WORK/b.
func adopt(ts *testscript.TestScript, _ bool, _ []string) {
	bundle := filepath.Join(ts.Getenv("WORK"), "b")
	ts.Check(ts.Exec("mlgate", "run", "--out", bundle))
	ts.Check(ts.Exec("mlgate", "promote", "--bundle", bundle))
}

// params writes the model's parameters: params FEATURES [EPOCHS]. "3 4" is what main has, "1 2" is
// worse than its gates allow, "1 2 3 4" passes.
func params(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: params FEATURES [EPOCHS]")
	}
	epochs := "60"
	if len(args) > 1 {
		epochs = args[1]
	}
	text := fmt.Sprintf("features: %s\nepochs: %s\nlearning_rate: 0.01\n", args[0], epochs)
	ts.Check(os.WriteFile(ts.MkAbs("params.yaml"), []byte(text), 0o600))
}

// edit replaces in a file, and fails when there is nothing to replace: edit FILE REGEXP NEW.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE REGEXP NEW")
	}
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	old := ts.ReadFile(args[0])
	if !re.MatchString(old) {
		ts.Fatalf("%s has no %s:\n%s", args[0], args[1], old)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(re.ReplaceAllString(old, args[2])), 0o600))
}

// appendLine adds a line to a file: append FILE LINE.
func appendLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE LINE")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = fmt.Fprintln(f, args[1])
	ts.Check(errors.Join(err, f.Close()))
}

// commit throws away what steps wrote, and commits everything else: commit MESSAGE [BRANCH], which is
// pushed.
func commit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: commit MESSAGE [BRANCH]")
	}
	ts.Check(ts.Exec("git", "clean", "-fdxq", "--", ":(glob)**/build/**"))
	ts.Check(ts.Exec("git", "add", "-A"))
	ts.Check(ts.Exec("git", "commit", "-qm", args[0]))
	if len(args) > 1 {
		ts.Check(ts.Exec("git", "push", "-q", "origin", "HEAD:refs/heads/"+args[1]))
	}
}
