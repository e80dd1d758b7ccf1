package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// A command block, and what it prints when that stands below it.
var guideBlock = regexp.MustCompile("(?s)```sh\n(.*?)```(?:\\s*```text\n(.*?)```)?")

// guideCommand runs the ```sh blocks of a page of docs/, in order, in the current folder: guide policies.md.
// A ```text block right below is what is printed; a last line `# exit N` is the exit code.
func guideCommand(ts *testscript.TestScript, _ bool, args []string) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", args[0]))
	ts.Check(err)
	blocks := guideBlock.FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 3 {
		ts.Fatalf("%s has %d blocks of commands", args[0], len(blocks))
	}
	for _, b := range blocks {
		runBlock(ts, b[1], b[2])
	}
}

func runBlock(ts *testscript.TestScript, script, want string) {
	cmd := exec.Command(lookPath(ts, "sh"), "-c", script)
	cmd.Dir, cmd.Env = ts.MkAbs("."), environ(ts)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	code := 0
	if err := cmd.Run(); err != nil {
		code = cmd.ProcessState.ExitCode()
	}
	exit := 0
	if _, after, ok := strings.Cut(script, "# exit "); ok {
		_, err := fmt.Sscan(after, &exit)
		ts.Check(err)
	}
	if code != exit {
		ts.Fatalf("%s\nexit code %d, want %d\n%s%s", script, code, exit, out.String(), log.String())
	}
	if d := cmp.Diff(want, out.String()); d != "" {
		ts.Fatalf("%s\n%s", script, d)
	}
}
