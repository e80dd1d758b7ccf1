package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProcesses counts the processes of git that a review starts, with a ledger and a promoted
// version to be read: each costs more than all the rest of a judgment.
func TestProcesses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	mlgate := binary(t)
	p.must(mlgate, "promote", "--bundle", "../b")
	p.must("git", "switch", "-qc", "topic")
	params := filepath.Join(p.dir, "iris", "params.yaml")
	if err := os.WriteFile(params, []byte("features: [2, 3, 4]\nepochs: 60\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.must("git", "commit", "-qam", "other params")
	trace := filepath.Join(p.dir, "trace")
	p.env = append(p.env, "GIT_TRACE2_EVENT="+trace)
	review, err := p.command(mlgate, "review").CombinedOutput()
	if !strings.Contains(string(review), "accuracy") {
		t.Fatalf("the review judged nothing: %v\n%s", err, review)
	}
	data, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	var started []string
	for line := range strings.Lines(string(data)) {
		var e struct {
			Event, Sid string
			Argv       []string
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Event == "start" && !strings.Contains(e.Sid, "/") { // not started by git itself
			started = append(started, strings.Join(e.Argv, " "))
		}
	}
	if len(started) == 0 || len(started) > 10 {
		t.Errorf("%d processes of git, want 1 to 10:\n%s", len(started), strings.Join(started, "\n"))
	}
}
