package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// place is a bare remote with a clone of the demo's model, and a bundle of its tip.
type place struct {
	t   *testing.T
	dir string
	env []string
}

func newPlace(t *testing.T) place {
	t.Helper()
	dir := t.TempDir()
	p := place{t: t, dir: dir, env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=a@example.com",
	}}
	if err := os.CopyFS(filepath.Join(dir, "iris"), os.DirFS(filepath.Join("..", "..", "internal", "demo", "files"))); err != nil {
		t.Fatal(err)
	}
	p.must("git", "init", "-q", "--bare", "-b", "main", filepath.Join(dir, "origin.git"))
	for _, line := range []string{
		"init -q -b main", "remote add origin " + filepath.Join(dir, "origin.git"), "add .", "commit -qm model", "push -q -u origin main",
	} {
		p.must("git", strings.Fields(line)...)
	}
	p.must(binary(t), "run", "--out", "../b")
	return p
}

// binary is this test's own program, which acts as mlgate under that name (see TestMain).
func binary(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "mlgate")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	return link
}

func (p place) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir, cmd.Env = filepath.Join(p.dir, "iris"), p.env
	return cmd
}

func (p place) must(name string, args ...string) string {
	p.t.Helper()
	out, err := p.command(name, args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// killer puts a git before the real one that kills mlgate with -9 at its n-th call of git (of any
// command, or of one), before or after git did what it was asked for.
func (p place) killer(command string, n int, after bool) place {
	p.t.Helper()
	dir := p.t.TempDir()
	git, err := exec.LookPath("git")
	if err != nil {
		p.t.Fatal(err)
	}
	do := ""
	if after {
		do = git + ` "$@" >/dev/null 2>&1 </dev/stdin;`
	}
	script := fmt.Sprintf(`#!/bin/sh
case " $* " in *" cat-file "*) ;; *"%[5]s"*)
	echo x >>%[1]s/count
	if [ "$(wc -l <%[1]s/count)" -eq %[2]d ]; then %[3]s kill -9 $PPID; exit 1; fi ;;
esac
exec %[4]s "$@"
`, dir, n, do, git, command)
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(script), 0o755); err != nil { //nolint:gosec // a program
		p.t.Fatal(err)
	}
	p.env = append(append([]string{}, p.env...), "PATH="+dir+":"+os.Getenv("PATH"))
	return p
}

var stagingTag = regexp.MustCompile(`refs/tags/iris#staging#[0-9]+\n`)

// whole asserts that staging was moved once, that the version is there once, and that nothing is left
// open in the ledger.
func (p place) whole() {
	p.t.Helper()
	refs := p.must("git", "ls-remote", "--refs", "origin")
	if n := len(stagingTag.FindAllString(refs, -1)); n != 1 {
		p.t.Errorf("staging was moved %d times:\n%s", n, refs)
	}
	if n := strings.Count(refs, "iris@v"); n != 1 {
		p.t.Errorf("%d versions:\n%s", n, refs)
	}
	p.must("git", "fetch", "-q", "-f", "origin", "refs/mlgate/*:refs/mlgate/*")
	files := p.must("git", "ls-tree", "-r", "--name-only", "refs/mlgate/ledger/iris")
	if strings.Contains(files, "open/") {
		p.t.Errorf("a move is left open:\n%s", files)
	}
	if n := strings.Count(files, "/done.json"); n != 1 {
		p.t.Errorf("%d moves are done:\n%s", n, files)
	}
}

// maxCalls is more than a promotion calls git.
const maxCalls = 18

// Killed before or after any of its calls of git, wherever between the first look and "done" that is,
// the next run ends it: moved once, nothing lost, nothing left open.
func TestKilled(t *testing.T) {
	t.Parallel()
	calls := make([]bool, maxCalls+1) // killed there
	t.Run("at", func(t *testing.T) {
		for n := 1; n <= maxCalls; n++ {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("call %d, after %v", n, after), func(t *testing.T) {
					t.Parallel()
					p := newPlace(t)
					mlgate := binary(t)
					_, err := p.killer(" ", n, after).command(mlgate, "promote", "--bundle", "../b").CombinedOutput()
					if after {
						calls[n] = err != nil
					}
					p.must(mlgate, "promote", "--bundle", "../b")
					p.whole()
				})
			}
		}
	})
	if !calls[1] || calls[maxCalls] {
		t.Errorf("killed at these calls: %v; the first must be among them, and the last is past the end", calls)
	}
}

// Four at once on one remote: one order, moved once, everybody ends well.
func TestRaced(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	mlgate := binary(t)
	p.together(4, mlgate, "promote", "--bundle", "../b")
	p.whole()
	p.together(4, mlgate, "promote", "production")
	refs := p.must("git", "ls-remote", "--refs", "origin")
	if n := strings.Count(refs, "refs/tags/iris#production#"); n != 1 {
		t.Errorf("production was moved %d times:\n%s", n, refs)
	}
	p.must("git", "fetch", "-q", "-f", "origin", "refs/mlgate/*:refs/mlgate/*")
	if merges := p.must("git", "rev-list", "--merges", "refs/mlgate/ledger/iris"); merges != "" {
		t.Errorf("the ledger is no chain: %s", merges)
	}
}

func (p place) together(n int, name string, args ...string) {
	p.t.Helper()
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if out, err := p.command(name, args...).CombinedOutput(); err != nil {
				p.t.Errorf("%v: %v\n%s", args, err, out)
			}
		})
	}
	all.Wait()
}

// Four different moves at once: each has its own place in the order, none is lost.
func TestRacedApart(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	mlgate := binary(t)
	file := filepath.Join(p.dir, "iris", "mlops.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		text = append(text, fmt.Sprintf("  - {to: extra%d, when: manual, from: staging}\n", i)...)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	p.must("git", "commit", "-qam", "More stages")
	p.must("git", "push", "-q")
	p.must(mlgate, "run", "--out", "../b")
	p.must(mlgate, "promote", "--bundle", "../b")
	var all sync.WaitGroup
	for _, stage := range []string{"production", "extra0", "extra1", "extra2"} {
		all.Go(func() {
			if out, err := p.command(mlgate, "promote", stage).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", stage, err, out)
			}
		})
	}
	all.Wait()
	p.must("git", "fetch", "-q", "-f", "origin", "refs/mlgate/*:refs/mlgate/*")
	files := p.must("git", "ls-tree", "-r", "--name-only", "refs/mlgate/ledger/iris")
	refs := p.must("git", "ls-remote", "--refs", "origin")
	for n := 1; n <= 5; n++ {
		if !strings.Contains(refs, fmt.Sprintf("#%d\n", n)) {
			t.Errorf("no move has the number %d:\n%s", n, refs)
		}
	}
	if n := strings.Count(files, "/done.json"); n != 5 || strings.Contains(files, "open/") {
		t.Errorf("%d moves are done, want 5:\n%s", n, files)
	}
}
