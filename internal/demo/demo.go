// Package demo plays the whole job once: a small repository with a bare remote, a real data set, a
// model that is really trained, and real commands of git and of mlgate, each printed so that a person
// can go on by hand.
//
// It knows nothing of mlgate's inside: it runs the program as anybody would.
package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

//go:embed files
var files embed.FS

// Options of a demo.
type Options struct {
	Binary string // path of mlgate
	Dir    string // a new or empty folder; it is kept
	Out    io.Writer
	Env    []string
}

// stage is a demo being played.
type stage struct {
	ctx  context.Context //nolint:containedctx // one play has one context, and every line of it would carry it
	o    Options
	repo string
	env  []string
}

// Run plays all scenes. A scene that ends otherwise than told is an error.
func Run(ctx context.Context, o Options) error {
	s := &stage{ctx: ctx, o: o, repo: filepath.Join(o.Dir, "iris")}
	s.env = append(environ(o.Env), "PATH="+filepath.Dir(o.Binary)+string(os.PathListSeparator)+lookup(o.Env, "PATH"), "HOME="+o.Dir)
	if err := s.prepare(); err != nil {
		return fmt.Errorf("preparing the demo in %s: %w", o.Dir, err)
	}
	for _, scene := range scenes {
		if err := scene(s); err != nil {
			return fmt.Errorf("playing the demo in %s: %w", o.Dir, err)
		}
	}
	return nil
}

// environ leaves out what would make git or mlgate behave as on somebody's own machine or in CI.
func environ(env []string) []string {
	out := []string{"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "NO_COLOR=1"}
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case name == "PATH", name == "HOME", name == "GITHUB_ACTIONS", name == "GITHUB_ACTOR", name == "NO_COLOR":
		case strings.HasPrefix(name, "GIT_") && name != "GIT_EXEC_PATH":
		default:
			out = append(out, kv)
		}
	}
	return out
}

func lookup(env []string, name string) string {
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}

func (s *stage) prepare() error {
	if err := os.MkdirAll(s.o.Dir, 0o755); err != nil {
		return err
	}
	if there, err := os.ReadDir(s.o.Dir); err != nil || len(there) > 0 {
		return &mlgate.Mistake{Err: errors.Join(err, errors.New("the folder is not empty")), Fix: "name a new one with --dir"}
	}
	for _, args := range [][]string{
		{"init", "-q", "--bare", "-b", "main", "origin.git"}, {"init", "-q", "-b", "main", "iris"},
		{"-C", "iris", "config", "user.name", "Ada"}, {"-C", "iris", "config", "user.email", "ada@example.com"},
		{"-C", "iris", "config", "advice.detachedHead", "false"},
		{"-C", "iris", "remote", "add", "origin", filepath.Join(s.o.Dir, "origin.git")},
	} {
		if out, err := s.command(s.o.Dir, "git", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	return fs.WalkDir(files, "files", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(s.repo, filepath.Base(name)), data, 0o644)
	})
}

func (s *stage) command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.ctx, name, args...)
	cmd.Dir, cmd.Env = dir, s.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// say tells what comes.
func (s *stage) say(format string, args ...any) {
	fmt.Fprintf(s.o.Out, "\n"+format+"\n", args...)
}

// sh runs one shell line in the clone, printed as a person would type it, and expects an exit code.
func (s *stage) sh(want int, line string) error {
	fmt.Fprintf(s.o.Out, "\n$ %s\n", line)
	cmd := s.command(s.repo, "sh", "-c", line)
	cmd.Stdout, cmd.Stderr = s.o.Out, s.o.Out
	err := cmd.Run()
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("running %q: %w", line, err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		return fmt.Errorf("running %q: exit code %d, expected %d", line, got, want)
	}
	if want != 0 {
		fmt.Fprintf(s.o.Out, "(exit code %d)\n", want)
	}
	return nil
}

// all runs lines that are expected to go well.
func (s *stage) all(lines ...string) error {
	for _, l := range lines {
		if err := s.sh(0, l); err != nil {
			return err
		}
	}
	return nil
}
