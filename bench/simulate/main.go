// Command simulate measures how often a gate is wrong: it asks internal/gate itself about simulated
// histories whose truth is known, and the rules of other tools about the same. It writes its tables into
// the page that is named, between comments that name them; the same seed writes the same.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
)

func main() {
	log.SetFlags(0)
	page := flag.String("page", "docs/truth.md", "the page that the tables are written into")
	picture := flag.String("picture", "docs/truth.svg", "the file that the chart is written to")
	histories := flag.Int("histories", 10_000, "how many are drawn for each cell")
	seed := flag.Uint64("seed", 1, "of the random numbers")
	flag.Parse()
	all := places()
	found := drawAll(all, *histories, *seed)
	looks := peekAll(*histories, *seed)
	drawn := samples()
	ofSamples := sampleAll(drawn, *histories, *seed)
	ofNoisy, err := noisyAll()
	if err != nil {
		log.Fatal(err)
	}
	err = rewrite(*page, map[string]string{
		"answers": answersTable(sizes), "level": levelTable(sizes, accuracies),
		"seeds": seedsTable(all, found), "rules": rulesTable(all, found), "peeking": peekingTable(looks),
		"power": powerTable(), "pairs": pairedTable(pairSizes), "sampled": sampledTable(drawn, ofSamples),
		"unequal": unequalTable(sides), "noisy": noisyTable(ofNoisy),
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*picture, []byte(chart(all, found, 3)), 0o644); err != nil {
		log.Fatalf("writing the chart: %v", err)
	}
	wrong := slices.Concat(broken(all, found, *histories), overLevel(drawn, ofSamples, *histories), tooNoisy(ofNoisy))
	if len(wrong) > 0 {
		log.Fatalf("a gate is wrong more often than it says:\n%s", strings.Join(wrong, "\n"))
	}
}

// rewrite writes tables into a page, each in its place.
func rewrite(page string, tables map[string]string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("reading the page: %w", err)
	}
	out := string(text)
	for name, table := range tables {
		if out, err = put(out, name, table); err != nil {
			return fmt.Errorf("writing the table %s into %s: %w", name, page, err)
		}
	}
	if err := os.WriteFile(page, []byte(out), 0o644); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// put replaces what stands between the comments of a name.
func put(page, name, table string) (string, error) {
	start, end := "<!-- simulate: "+name+" -->\n", "<!-- end of "+name+" -->"
	before, rest, ok := strings.Cut(page, start)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("want the lines %q and %q", start, end)
	}
	return before + start + table + end + after, nil
}

// each runs f for 0 to n-1 on all processors; what f computes must not hang on the order.
func each(n int, f func(int)) {
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range n {
		free <- struct{}{}
		all.Go(func() {
			f(i)
			<-free
		})
	}
	all.Wait()
}
