package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each message of docs/upgrading.md is one that a script compares, after the exit code that the page
// says.
func TestUpgrading(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(top, "docs", "upgrading.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, row := range regexp.MustCompile("(?m)^\\|[^|]*\\|[^|]*\\| `([^`]+)`[^|]*\\| ([0-9]) \\|$").FindAllStringSubmatch(string(page), -1) {
		seen++
		played := false
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			played = played || compares(string(text), row[1], "exits "+row[2]+" ")
		}
		if !played {
			t.Errorf("no script has exit code %s and then greps for %q", row[2], row[1])
		}
	}
	if seen < 5 {
		t.Errorf("the page has %d messages", seen)
	}
}

// compares reports whether a script greps for a message after a program that had the exit code.
func compares(script, message, exit string) bool {
	last := ""
	for line := range strings.Lines(script) {
		switch {
		case strings.HasPrefix(line, "exits "), strings.HasPrefix(line, "exec "):
			last = line
		case strings.HasPrefix(line, "grep ") && strings.Contains(line, message) && strings.HasPrefix(last, exit):
			return true
		}
	}
	return false
}
