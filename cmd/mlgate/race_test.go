package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// rounds of the race: a few on every run, as many as MLGATE_ROUNDS says where time is taken for it.
func rounds(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("MLGATE_ROUNDS"))
	if err != nil {
		return 2
	}
	return n
}

var raced = []string{"production", "s1", "s2", "s3", "s4", "s5", "s6", "s7"}

// Eight promotions at once on one remote, again and again: one order, no stage lost, and whoever loses
// says against whom.
func TestEightAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	mlgate := binary(t)
	p.manyStages()
	moved := 0
	for round := range rounds(t) {
		params := fmt.Sprintf("features: 1 2 3 4\nepochs: %d\nlearning_rate: 0.01\n", 60+round)
		p.write("params.yaml", params)
		p.must("git", "commit", "-q", "--allow-empty", "-am", fmt.Sprintf("round %d", round))
		p.must("git", "push", "-q")
		p.must(mlgate, "run", "--out", "../b")
		p.must(mlgate, "promote", "--bundle", "../b")
		moved += 1 + p.atOnce(mlgate)
	}
	p.oneOrder(moved)
}

func (p place) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "iris", name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// manyStages gives the model eight stages by hand, and gates that any of the rounds passes.
func (p place) manyStages() {
	p.t.Helper()
	text := `version: 1
model: iris
steps: [{name: train, run: 'mkdir -p build && awk -f train.awk params.yaml iris.csv', inputs: [train.awk, iris.csv], params: params.yaml, outputs: [build]}]
evidence: [build/metrics.json]
gates: {accuracy: {min: 0.5}}
promote:
  - {to: staging, when: merge}
`
	for _, stage := range raced {
		text += "  - {to: " + stage + ", when: manual, from: staging}\n"
	}
	p.write("mlops.yaml", text)
}

var winner = regexp.MustCompile(`the last was .* by Ada`)

// atOnce promotes to all stages at once, and counts the moves that were made.
func (p place) atOnce(mlgate string) int {
	p.t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	moved := 0
	for _, stage := range raced {
		all.Go(func() {
			cmd := p.command(mlgate, "promote", stage)
			out, err := cmd.CombinedOutput()
			mu.Lock()
			defer mu.Unlock()
			switch code := cmd.ProcessState.ExitCode(); {
			case err == nil:
				moved++
			case code != 3 || !winner.Match(out):
				p.t.Errorf("%s: exit code %d, and it does not say who won:\n%s", stage, code, out)
			}
		})
	}
	all.Wait()
	if moved == 0 {
		p.t.Error("all eight lost")
	}
	return moved
}

// oneOrder asserts that the counters of all moves are 1 to n, that the ledger is one chain, that as many
// moves are done, and that none is left open.
func (p place) oneOrder(n int) {
	p.t.Helper()
	p.must("git", "fetch", "-q", "-f", "origin", "refs/mlgate/*:refs/mlgate/*")
	refs := p.must("git", "ls-remote", "--refs", "origin", "refs/tags/iris#*")
	seen := map[int]bool{}
	for line := range strings.Lines(refs) {
		i, err := strconv.Atoi(strings.TrimSpace(line[strings.LastIndex(line, "#")+1:]))
		if err != nil || seen[i] || i < 1 || i > n {
			p.t.Errorf("the counter of %q is not one of 1 to %d, each once", strings.TrimSpace(line), n)
		}
		seen[i] = true
	}
	if len(seen) != n {
		p.t.Errorf("%d tags, and %d runs say that they moved something", len(seen), n)
	}
	files := p.must("git", "ls-tree", "-r", "--name-only", "refs/mlgate/ledger/iris")
	if done := strings.Count(files, "/done.json"); done != n || strings.Contains(files, "open/") {
		p.t.Errorf("%d moves are done, want %d; open: %v", done, n, strings.Contains(files, "open/"))
	}
	if merges := p.must("git", "rev-list", "--merges", "refs/mlgate/ledger/iris"); merges != "" {
		p.t.Errorf("the ledger is no chain: %s", merges)
	}
}
