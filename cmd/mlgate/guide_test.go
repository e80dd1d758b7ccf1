package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/script"
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

func runBlock(ts *testscript.TestScript, block, want string) {
	code := script.Run(ts, []string{"sh", "-c", block})
	exit := 0
	if _, after, ok := strings.Cut(block, "# exit "); ok {
		_, err := fmt.Sscan(after, &exit)
		ts.Check(err)
	}
	if code != exit {
		ts.Fatalf("%s\nexit code %d, want %d\n%s%s", block, code, exit, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
	if d := cmp.Diff(want, ts.ReadFile("stdout")); d != "" {
		ts.Fatalf("%s\n%s", block, d)
	}
}
