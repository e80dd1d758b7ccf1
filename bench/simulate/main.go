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
	"strings"
	"sync"
)

func main() {
	log.SetFlags(0)
	page := flag.String("page", "docs/truth.md", "the page that the tables are written into")
	flag.Parse()
	text, err := os.ReadFile(*page)
	if err != nil {
		log.Fatalf("reading the page: %v", err)
	}
	out := string(text)
	for name, table := range map[string]string{"answers": answersTable(sizes), "level": levelTable(sizes, accuracies)} {
		if out, err = put(out, name, table); err != nil {
			log.Fatalf("writing the table %s into %s: %v", name, *page, err)
		}
	}
	if err := os.WriteFile(*page, []byte(out), 0o644); err != nil {
		log.Fatalf("writing the page: %v", err)
	}
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
