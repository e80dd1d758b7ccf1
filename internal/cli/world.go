// Package cli is the command line: flags, the World that commands live in, opening adapters, exit
// codes. It is the only package that knows all the others; it holds no rules.
package cli

import (
	"context"
	"io"
	"net/http"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// World is everything that a command takes from outside, so that a test can be one.
type World struct {
	Dir        string // working directory
	Environ    []string
	Stdout     io.Writer
	Stderr     io.Writer
	Color      bool // stdout is a terminal that wants colour
	Now        func() time.Time
	HTTP       *http.Client
	Sleep      func(ctx context.Context, d time.Duration) error // nil: real time
	Executable func() (string, error)
	Version    string
	Terminal   bool // stderr is a terminal that takes control sequences
	Supervised bool // this program answers to SuperviseArg
	Root       bool // it runs as root
}

// RealWorld is the process's own.
func RealWorld(version string) (World, error) {
	dir, err := os.Getwd()
	if err != nil {
		return World{}, err
	}
	info, err := os.Stdout.Stat()
	_, noColor := os.LookupEnv("NO_COLOR")
	_, noTerminal := unix.IoctlGetWinsize(int(os.Stderr.Fd()), unix.TIOCGWINSZ)
	return World{
		Dir: dir, Environ: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr,
		Color: err == nil && info.Mode()&os.ModeCharDevice != 0 && !noColor && os.Getenv("TERM") != "dumb",
		Now:   time.Now, HTTP: &http.Client{Timeout: 30 * time.Second}, Executable: os.Executable, Version: version, Terminal: noTerminal == nil && os.Getenv("TERM") != "dumb", Supervised: true, Root: os.Geteuid() == 0,
	}, nil
}

// Getenv looks a variable up; the last setting counts.
func (w World) Getenv(name string) string {
	for i := len(w.Environ) - 1; i >= 0; i-- {
		if k := w.Environ[i]; len(k) > len(name) && k[len(name)] == '=' && k[:len(name)] == name {
			return k[len(name)+1:]
		}
	}
	return ""
}

// sleep waits, or ends early with ctx.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
