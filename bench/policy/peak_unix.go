//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakKB is the largest resident size of an ended process.
func peakKB(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss) / 1024
	}
	return int64(usage.Maxrss) //nolint:unconvert // int32 on some systems
}
