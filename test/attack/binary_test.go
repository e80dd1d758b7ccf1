package attack

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// evil writes a file that a tool's reader takes for its own, and that means it harm: evil HOW FILE.
func evil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || evils[args[0]] == nil {
		ts.Fatalf("usage: evil HOW FILE")
	}
	data, err := evils[args[0]]()
	ts.Check(err)
	file := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o700))
	ts.Check(os.WriteFile(file, data, 0o600))
}

// tool is a file that a real tool wrote.
func tool(name string) func() ([]byte, error) {
	return func() ([]byte, error) {
		return os.ReadFile(filepath.Join("..", "..", "internal", "reader", "testdata", filepath.FromSlash(name)))
	}
}

// changed is such a file with something in it changed.
func changed(name string, change func([]byte) []byte) func() ([]byte, error) {
	return func() ([]byte, error) {
		data, err := tool(name)()
		if err != nil {
			return nil, err
		}
		return change(data), nil
	}
}

const (
	runsDatabase = "mlflowdb-3.17.2/mlflow.db"
	eventFile    = "tensorboard/x/events.out.tfevents.1790000000.host"
	wandbFile    = "wandb/wandb/offline-run-20261129_120000-first/run-first.wandb"
)

var evils = map[string]func() ([]byte, error){
	"database": tool(runsDatabase),
	"events":   tool(eventFile),
	"wandb":    tool(wandbFile),
	// every page of the database is an inner one whose only child is the first
	"database-loop": changed(runsDatabase, func(d []byte) []byte {
		size := int(binary.BigEndian.Uint16(d[16:]))
		for at := 0; at+size <= len(d); at += size {
			page := d[at:]
			if at == 0 {
				page = d[100:]
			}
			copy(page, []byte{5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
		}
		return d
	}),
	// every leaf says that it has 65,535 cells
	"database-cells": changed(runsDatabase, func(d []byte) []byte {
		size := int(binary.BigEndian.Uint16(d[16:]))
		for at := size; at+size <= len(d); at += size {
			if d[at] == 13 {
				d[at+3], d[at+4] = 0xff, 0xff
			}
		}
		return d
	}),
	// a record more, of 2^62 bytes, or of 2^64 - 4, under a right checksum of that length
	"events-long":  changed(eventFile, func(d []byte) []byte { return append(lengthOf(d, 1<<62), d...) }),
	"events-wraps": changed(eventFile, func(d []byte) []byte { return append(lengthOf(d, 1<<64-4), d...) }),
	// a record whose first field says that it has 2^62 bytes
	"wandb-lies": func() ([]byte, error) {
		return logged(binary.AppendUvarint([]byte{3<<3 | 2}, 1<<62)), nil
	},
	// groups in groups, as deep as the record is long
	"wandb-deep": func() ([]byte, error) {
		deep := make([]byte, 30_000)
		for i := range deep {
			deep[i] = 3<<3 | 3
		}
		return logged(deep), nil
	},
}

// lengthOf are the records of an event file, and the head of one more.
func lengthOf(records []byte, size uint64) []byte {
	head := binary.LittleEndian.AppendUint64(nil, size)
	sum := crc32.Checksum(head, crc32.MakeTable(crc32.Castagnoli))
	return binary.LittleEndian.AppendUint32(append(append([]byte{}, records...), head...), (sum>>15|sum<<17)+0xa282ead8)
}

// logged is a file of W&B with one record.
func logged(record []byte) []byte {
	chunk := append([]byte{1}, record...)
	out := binary.LittleEndian.AppendUint32([]byte(":W&B\xe1\xbe\x00"), crc32.ChecksumIEEE(chunk))
	out = binary.LittleEndian.AppendUint16(out, uint16(len(record))) //nolint:gosec // shorter than a block
	return append(out, chunk...)
}

// peakName is the variable that names the file in which mlgate leaves how much memory it took, in MB.
const peakName = "PEAK"

// leavePeak writes that file, where it is asked for.
func leavePeak() {
	var use syscall.Rusage
	if file := os.Getenv(peakName); file != "" && syscall.Getrusage(syscall.RUSAGE_SELF, &use) == nil {
		_ = os.WriteFile(file, []byte(strconv.FormatInt(use.Maxrss>>10, 10)), 0o600) // the unit of Linux is KB
	}
}

// peak fails where the last mlgate took more memory: peak MEGABYTES.
func peak(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: peak MEGABYTES")
	}
	most, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	took, err := strconv.ParseInt(ts.ReadFile(ts.Getenv(peakName)), 10, 64)
	ts.Check(err)
	if took > most && runtime.GOOS == "linux" {
		ts.Fatalf("it took %d MB of memory, at most %d may be", took, most)
	}
	ts.Check(os.Remove(ts.Getenv(peakName)))
}
