package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the manual's pages show anew")

const fence = "\n```console\n"

// consoleCommand plays the ```console blocks of a page of the manual in the current folder, and fails
// when a command prints anything else than what the page shows: console docs/diff.md.
func consoleCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: console PAGE")
	}
	name := filepath.Join("..", "..", filepath.FromSlash(args[0]))
	page, err := os.ReadFile(name)
	ts.Check(err)
	parts := strings.Split(string(page), fence)
	if len(parts) == 1 {
		ts.Fatalf("%s shows no console", args[0])
	}
	for i, part := range parts[1:] {
		shown, rest, _ := strings.Cut(part, "\n```\n")
		parts[i+1] = play(ts, shown) + "\n```\n" + rest
	}
	played := strings.Join(parts, fence)
	if *update {
		ts.Check(os.WriteFile(name, []byte(played), 0o600))
		return
	}
	if d := cmp.Diff(string(page), played); d != "" {
		ts.Fatalf("%s shows something else than its commands print (-page +printed; -update writes it anew):\n%s", args[0], d)
	}
}

// play runs the commands of one block and returns the block as it should be.
func play(ts *testscript.TestScript, block string) string {
	var out []string
	for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
		line, _, _ := strings.Cut(part, "\n")
		err := ts.Exec("sh", "-c", line)
		printed := ts.ReadFile("stdout") + ts.ReadFile("stderr")
		if err != nil {
			ts.Fatalf("$ %s: %v\n%s", line, err, printed)
		}
		out = append(out, "$ "+line)
		if text := strings.TrimRight(printed, "\n"); text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n")
}
