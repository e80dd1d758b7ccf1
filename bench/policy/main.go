// Command policy measures what policies cost: mlgate policy eval beside conftest test and opa eval, on
// made documents, CPU seconds of the whole process, in turns. It is run by bench/policy/run.sh.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Sizes of the two jobs.
const (
	rules     = 100
	documents = 1000
	metrics   = 100
	bigBytes  = 64 << 20
)

// job is one way to do one job.
type job struct {
	name string
	args []string
}

func main() {
	bin := flag.String("bin", ".cache/bin", "folder with conftest and opa")
	mlgate := flag.String("mlgate", "bin/mlgate", "the program to measure")
	rounds := flag.Int("rounds", 5, "how often each is run; the median counts")
	flag.Parse()
	if err := run(*mlgate, *bin, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(mlgate, bin string, rounds int) error {
	dir, err := os.MkdirTemp("", "bench-policy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := write(dir); err != nil {
		return err
	}
	conftest, opa := filepath.Join(bin, "conftest"), filepath.Join(bin, "opa")
	fmt.Printf("| job | tool | CPU s (median of %d) | wall s | peak MB | mlgate / tool |\n|:--|:--|--:|--:|--:|--:|\n", rounds)
	many, large := filepath.Join(dir, "many"), filepath.Join(dir, "big", "big.json")
	for _, kind := range []string{"key", "iterate"} {
		policy := filepath.Join(dir, kind)
		err := compare(fmt.Sprintf("%d rules (%s) × %d documents", rules, kind, documents), rounds, []job{
			{mlgate, []string{"policy", "eval", "--format", "json", "--input", many, policy}},
			{conftest, []string{"test", "--no-color", "-o", "json", "-p", policy, many}},
		})
		if err != nil {
			return err
		}
	}
	for _, kind := range []string{"key", "iterate", "whole"} {
		policy := filepath.Join(dir, kind)
		err := compare(fmt.Sprintf("%d rules (%s) × one document of %d MB", rules, kind, bigBytes>>20), rounds, []job{
			{mlgate, []string{"policy", "eval", "--format", "json", "--input", large, policy}},
			{conftest, []string{"test", "--no-color", "-o", "json", "-p", policy, large}},
			{opa, []string{"eval", "--format", "json", "-d", policy, "-i", large, "data.main.deny"}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// compare runs the jobs in turns and prints a row for each. Every tool must find the same.
func compare(title string, rounds int, jobs []job) error {
	cpu, wall, peak := make([][]float64, len(jobs)), make([][]float64, len(jobs)), make([]int64, len(jobs))
	said := make([]int, len(jobs))
	for range rounds {
		for i, j := range jobs {
			var out bytes.Buffer
			cmd := exec.Command(j.name, j.args...)
			cmd.Stdout = &out
			start := time.Now()
			err := cmd.Run()
			if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() > 1 {
				return fmt.Errorf("running %s: %w\n%s", j.name, err, out.String())
			}
			wall[i] = append(wall[i], time.Since(start).Seconds())
			cpu[i] = append(cpu[i], (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
			peak[i] = max(peak[i], peakKB(cmd.ProcessState)/1024)
			said[i] = strings.Count(out.String(), "is below")
		}
	}
	for i, j := range jobs {
		if said[i] != said[0] || said[i] == 0 {
			return fmt.Errorf("%s: %s found %d, %s found %d", title, jobs[0].name, said[0], j.name, said[i])
		}
		fmt.Printf("| %s | %s | %.2f | %.2f | %d | %.2f |\n", title, filepath.Base(j.name), median(cpu[i]), median(wall[i]), peak[i], median(cpu[0])/median(cpu[i]))
	}
	return nil
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// write makes three sets of rules, a thousand small documents, and a large one. The rules look metrics up
// by key, or walk their list; the third set is the first with one rule more, that has to see every row of
// the large document.
func write(dir string) error {
	var key, iterate strings.Builder
	key.WriteString("package main\n\n")
	iterate.WriteString("package main\n\n")
	for i := range rules {
		fmt.Fprintf(&key, "deny contains msg if {\n\tinput.metrics.head.m%d < 0.01\n\tmsg := \"m%d is below 0.01\"\n}\n\n", i, i)
		fmt.Fprintf(&iterate, "deny contains msg if {\n\tsome m in input.head.metrics\n\tm.name == \"m%d\"\n\tm.value < 0.01\n\tmsg := \"m%d is below 0.01\"\n}\n\n", i, i)
	}
	whole := key.String() + "deny contains \"too few rows\" if count(input.examples) < 10\n"
	for name, text := range map[string]string{"key": key.String(), "iterate": iterate.String(), "whole": whole} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name, "p.rego"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, d := range []string{"many", "big"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o750); err != nil {
			return err
		}
	}
	for i := range documents {
		data, err := json.Marshal(document(i))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "many", fmt.Sprintf("d%04d.json", i)), data, 0o600); err != nil {
			return err
		}
	}
	return big(filepath.Join(dir, "big", "big.json"))
}

// big writes a document with rows of examples beside the metrics. It is written as it is made: a large
// process would hand its peak of memory on to those it starts.
func big(name string) error {
	head, err := json.Marshal(document(1))
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "%s,\"examples\":[", head[:len(head)-1])
	for i, size := 0, 0; size < bigBytes; i++ {
		row := fmt.Sprintf(`{"id":"example-%07d","label":%d,"predicted":%d,"score":%.3f,"slice":"region-%d","weight":1}`, i, i%3, i%5%3, float64(i%1000)/1000, i%50)
		if i > 0 {
			row = "," + row
		}
		size += len(row)
		fmt.Fprint(w, row)
	}
	fmt.Fprint(w, "]}")
	return errors.Join(w.Flush(), f.Close())
}

// document has the shape of a case: metrics by name and as a list. In one of a hundred a metric is low.
func document(seed int) map[string]any {
	byName := map[string]any{}
	var list []any
	for m := range metrics {
		v := 0.5 + float64((seed*31+m*17)%100)/250
		if seed%100 == 1 && m == 7 {
			v = 0.001
		}
		byName[fmt.Sprintf("m%d", m)] = v
		list = append(list, map[string]any{"name": fmt.Sprintf("m%d", m), "value": v})
	}
	doc := map[string]any{
		"version": 1, "model": "bench", "metrics": map[string]any{"head": byName, "base": map[string]any{}}, "head": map[string]any{"metrics": list, "origin": "measured"},
	}
	return doc
}
