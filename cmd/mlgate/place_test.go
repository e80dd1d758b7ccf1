package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/rogpeppe/go-internal/testscript"
)

// silentCommand starts a remote at $SILENT, as host:port, that takes every call and never says a
// word; the first call makes the file $WORK/called.
func silentCommand(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	calls := make(chan net.Conn, 1000) // kept, so that nobody hangs up
	ts.Defer(func() {
		_ = l.Close()
		for len(calls) > 0 {
			_ = (<-calls).Close()
		}
	})
	ts.Setenv("SILENT", l.Addr().String())
	called := filepath.Join(ts.Getenv("WORK"), "called")
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			calls <- c
			_ = os.WriteFile(called, nil, 0o600)
		}
	}()
}

// tmpfsCommand mounts a small file system that ends with the script: tmpfs NAME SIZE.
func tmpfsCommand(ts *testscript.TestScript, _ bool, args []string) {
	dir := filepath.Join(ts.Getenv("WORK"), args[0])
	ts.Check(os.Mkdir(dir, 0o700))
	ts.Check(ts.Exec("mount", "-t", "tmpfs", "-o", "size="+args[1], "tmpfs", dir))
	ts.Defer(func() { _ = exec.Command("umount", dir).Run() })
}

// canMount tries whether this process may mount: being root is not enough in a container.
func canMount() bool {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		return false
	}
	dir, err := os.MkdirTemp("", "mount-")
	if err != nil {
		return false
	}
	err = exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir).Run()
	if err == nil {
		err = exec.Command("umount", dir).Run()
	}
	return errors.Join(err, os.Remove(dir)) == nil
}
