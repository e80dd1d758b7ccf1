//go:build linux

// Command stat measures the paired bootstrap of internal/stat beside scipy.stats.bootstrap: the same
// numbers, the same number of resamples, CPU seconds of each. It prints rows of a table.
package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mlgate/mlgate/internal/stat"
)

const examples, resamples, turns = 100_000, 10_000, 5

func main() {
	log.SetFlags(0)
	python := ".cache/venv/stat/bin/python"
	if _, err := os.Stat(python); err != nil {
		log.Fatalf("looking for SciPy: %v; run test/venv/install.sh stat", err)
	}
	src := rand.New(rand.NewPCG(1, 2))
	diffs := make([]float64, examples)
	for i := range diffs {
		diffs[i] = src.ExpFloat64() - src.ExpFloat64() + 0.01
	}
	pairs := stat.Pairs{Both: 80_000, HeadOnly: 6_000, BaseOnly: 5_500, Neither: 8_500}
	hits := make([]float64, examples)
	for i := range pairs.HeadOnly + pairs.BaseOnly {
		hits[i] = 1
		if i >= pairs.HeadOnly {
			hits[i] = -1
		}
	}
	r := stat.Resampling{Resamples: resamples, Seed: 1}
	rows := []struct {
		what, peer string
		target     float64
		run        func() (stat.Estimate, error)
	}{
		{"differences: without drawing (IdealBootstrap)", "normal", 10, func() (stat.Estimate, error) { return stat.IdealBootstrap(diffs, false, 0.95) }},
		{"differences: drawn (Bootstrap)", "normal", 10, func() (stat.Estimate, error) { return stat.Bootstrap(diffs, r, 0.95) }},
		{"0/1 data: from counts (BootstrapPairs)", "hits", 1000, func() (stat.Estimate, error) { return stat.BootstrapPairs(pairs, r, 0.95) }},
		{"0/1 data: from the differences (Bootstrap)", "hits", 1000, func() (stat.Estimate, error) { return stat.Bootstrap(hits, r, 0.95) }},
	}
	peers := map[string]float64{}
	for _, kind := range []string{"normal", "hits"} {
		peers[kind] = scipy(python, kind)
		fmt.Printf("| paired bootstrap, %s | scipy.stats.bootstrap | %.2f | | | |\n", map[string]string{"normal": "differences", "hits": "0/1 data"}[kind], peers[kind])
	}
	for _, row := range rows {
		cpu := median(func() float64 {
			before := used()
			if _, err := row.run(); err != nil {
				log.Fatal(err)
			}
			return used() - before
		})
		ratio, met := peers[row.peer]/cpu, "met"
		if ratio < row.target {
			met = "missed"
		}
		fmt.Printf("| paired bootstrap, %s | mlgate | %.4f | %.0f × less than SciPy | ≥ %.0f × | %s |\n", row.what, cpu, ratio, row.target, met)
	}
}

// scipy runs bench/stat/peer.py, which says what the call alone took.
func scipy(python, kind string) float64 {
	out, err := exec.Command(python, "bench/stat/peer.py", kind, strconv.Itoa(examples), strconv.Itoa(resamples)).Output()
	if err != nil {
		log.Fatalf("running SciPy: %v", err)
	}
	cpu, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		log.Fatalf("reading what SciPy took: %v", err)
	}
	return cpu
}

func median(run func() float64) float64 {
	run() // for the caches
	var all []float64
	for range turns {
		all = append(all, run())
	}
	slices.Sort(all)
	return all[turns/2]
}

// used is the CPU time of this process so far, user and system, in seconds.
func used() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
