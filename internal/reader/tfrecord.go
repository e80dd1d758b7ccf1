package reader

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// maskedCRC is the checksum of a TFRecord: CRC-32C, rotated and moved, so that the checksum of data that hold
// checksums is no weaker.
func maskedCRC(data []byte) uint32 {
	sum := crc32.Checksum(data, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}

// records calls do for every record of a TFRecord file: its length (8 bytes), the checksum of that, the data,
// and their checksum. Both are verified.
func records(data []byte, do func([]byte) error) error {
	for at := 0; at < len(data); {
		rest := data[at:]
		if len(rest) < 12 {
			return fmt.Errorf("it ends in the middle of a record, at byte %d: was it written to the end?", at)
		}
		size := binary.LittleEndian.Uint64(rest)
		if maskedCRC(rest[:8]) != binary.LittleEndian.Uint32(rest[8:]) {
			return fmt.Errorf("the record at byte %d has a length with a wrong checksum: the file is damaged", at)
		}
		if rest = rest[12:]; size > uint64(len(rest)) || uint64(len(rest))-size < 4 {
			return fmt.Errorf("it ends in the middle of a record, at byte %d: was it written to the end?", at)
		}
		record, sum := rest[:size], binary.LittleEndian.Uint32(rest[size:])
		if maskedCRC(record) != sum {
			return fmt.Errorf("the record at byte %d has a wrong checksum: the file is damaged", at)
		}
		if err := do(record); err != nil {
			return fmt.Errorf("the record at byte %d: %w", at, err)
		}
		at += 12 + int(size) + 4 //nolint:gosec // not larger than the file
	}
	return nil
}

// startsEvents recognises an event file: a first record that is an event with a time and the file's version.
func startsEvents(data []byte) bool {
	if len(data) < 12 || maskedCRC(data[:8]) != binary.LittleEndian.Uint32(data[8:]) {
		return false
	}
	first := data[12:]
	return bytes.Contains(first[:min(len(first), 100)], []byte("brain.Event:"))
}
