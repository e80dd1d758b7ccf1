package reader

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A .wandb file is a LevelDB log with a header of its own: ":W&B", 0xBEE1, the format's version. Blocks of 32 KiB
// hold chunks: a checksum (CRC-32 of IEEE over type and data), a length, a type.
const (
	logBlock  = 32 << 10
	logHeader = 7 // of the file, and of each chunk
)

var errLogEnds = errors.New("it ends in the middle of a record: was it written to the end?")

// startsWandb recognises a .wandb file.
func startsWandb(data []byte) bool { return bytes.HasPrefix(data, []byte(":W&B\xe1\xbe")) }

// logRecords calls do for every record, whose checksums are verified. A record is only valid within do.
func logRecords(data []byte, do func([]byte) error) error {
	if !startsWandb(data) || len(data) < logHeader {
		return errors.New("it is no .wandb file: it does not begin with :W&B")
	}
	if v := data[6]; v != 0 {
		return fmt.Errorf("it is of version %d of the format; 0 is read", v)
	}
	var record []byte
	open := false
	for at := logHeader; at < len(data); {
		if left := logBlock - at%logBlock; left < logHeader { // too short for a chunk: zeros
			at += left
			continue
		}
		kind, chunk, err := logChunk(data, at)
		if err != nil {
			return err
		}
		first, last := kind == 1 || kind == 2, kind == 1 || kind == 4
		if first == open {
			return fmt.Errorf("the chunk at byte %d does not go on from the one before: the file is damaged", at)
		}
		if first {
			record = record[:0]
		}
		record = append(record, chunk...)
		if open = !last; last {
			if err := do(record); err != nil {
				return fmt.Errorf("the record that ends before byte %d: %w", at+logHeader+len(chunk), err)
			}
		}
		at += logHeader + len(chunk)
	}
	if open {
		return errLogEnds
	}
	return nil
}

func logChunk(data []byte, at int) (kind byte, chunk []byte, err error) {
	if len(data)-at < logHeader {
		return 0, nil, errLogEnds
	}
	kind, size := data[at+6], int(binary.LittleEndian.Uint16(data[at+4:]))
	end := at + logHeader + size
	switch {
	case kind < 1 || kind > 4 || at%logBlock+logHeader+size > logBlock:
		return 0, nil, fmt.Errorf("the chunk at byte %d is none: the file is damaged", at)
	case end > len(data):
		return 0, nil, errLogEnds
	case crc32.ChecksumIEEE(data[at+6:end]) != binary.LittleEndian.Uint32(data[at:]):
		return 0, nil, fmt.Errorf("the chunk at byte %d has a wrong checksum: the file is damaged", at)
	}
	return kind, data[at+logHeader : end], nil
}
