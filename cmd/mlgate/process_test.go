package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProcesses counts the processes of git that a review starts, with a ledger and a promoted
// version to be read: each costs more than all the rest of a judgment. Gates that look at accepted versions, of
// which there are some, start none.
func TestProcesses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must(binary(t), "promote", "--bundle", "../b")
	plain := reviewed(t, p)
	if len(plain) == 0 || len(plain) > 9 {
		t.Errorf("%d processes of git, want 1 to 9:\n%s", len(plain), strings.Join(plain, "\n"))
	}
	p = newPlace(t)
	demands := filepath.Join(p.dir, "iris", "mlops.yaml")
	src, err := os.ReadFile(demands)
	if err != nil {
		t.Fatal(err)
	}
	src = bytes.Replace(src, []byte("max_drop: 0.02}"), []byte("max_drop: 0.02, ratchet: 0.1, max_total_drop: 0.1, band: {over: 4, deviations: 3}}"), 1)
	p.must(binary(t), "promote", "--bundle", "../b")
	for n := range 5 {
		write(t, demands, src)
		write(t, filepath.Join(p.dir, "iris", "params.yaml"), fmt.Appendf(nil, "features: 3 4\nepochs: %d\nlearning_rate: 0.01\n", 61+n))
		p.must("git", "commit", "-qam", "look back")
		p.must("git", "push", "-q", "origin", "main")
		p.must(binary(t), "run", "--out", "../b")
		p.must(binary(t), "promote", "--bundle", "../b")
	}
	if said := p.must(binary(t), "why", "staging"); !strings.Contains(said, "v0.6.0") {
		t.Fatalf("no sixth version was accepted:\n%s", said)
	}
	if past := reviewed(t, p); len(past) > len(plain) {
		t.Errorf("%d processes of git with a look at accepted versions, %d without:\n%s", len(past), len(plain), strings.Join(past, "\n"))
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// reviewed are the processes of git that a review of other params starts, by their arguments.
func reviewed(t *testing.T, p place) []string {
	t.Helper()
	p.must("git", "switch", "-qc", "topic")
	write(t, filepath.Join(p.dir, "iris", "params.yaml"), []byte("features: 2 3 4\nepochs: 60\nlearning_rate: 0.01\n"))
	p.must("git", "commit", "-qam", "other params")
	trace := filepath.Join(p.dir, "trace")
	p.env = append(p.env, "GIT_TRACE2_EVENT="+trace)
	review, err := p.command(binary(t), "review").CombinedOutput()
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
	return started
}
