package attack

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/script"
)

// within runs a program that must end in time, whatever it answers: within DURATION PROGRAM [ARG…].
// Its exit code is in the file code, what it said in the file said.
func within(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: within DURATION PROGRAM [ARG…]")
	}
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	began := time.Now()
	code := script.Run(ts, args[1:])
	if took := time.Since(began); took > limit {
		ts.Fatalf("it took %s, at most %s were given", took.Round(time.Millisecond), limit)
	}
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "code"), []byte(fmt.Sprintln(code)), 0o600))
}

// listen opens a port at $LISTENER as host:port, and writes down every connection in the file calls.
func listen(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	name := filepath.Join(ts.Getenv("WORK"), "calls")
	ts.Check(os.WriteFile(name, nil, 0o600))
	ts.Setenv("LISTENER", l.Addr().String())
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
				_, _ = fmt.Fprintln(f, "called")
				_ = f.Close()
			}
			_ = c.Close()
		}
	}()
}

// day sets a variable to a date: day NAME DAYS-FROM-NOW.
func day(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Setenv(args[0], time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly))
}
