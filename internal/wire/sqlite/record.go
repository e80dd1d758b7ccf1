package sqlite

import (
	"encoding/binary"
	"errors"
	"math"
)

// What a value can be. The zero value is NULL.
const (
	null = iota
	whole
	float
	text
	blob
)

// Value is one column of one row, as it is kept: a whole number in a column of floats is whole.
type Value struct {
	kind  int
	bits  uint64
	bytes []byte
}

// Null reports whether there is no value.
func (v Value) Null() bool { return v.kind == null }

// Text is the value as text; empty where it is none.
func (v Value) Text() string {
	if v.kind != text {
		return ""
	}
	return string(v.bytes)
}

// Int is the value as a whole number; false: it is none.
func (v Value) Int() (int64, bool) { return int64(v.bits), v.kind == whole } //nolint:gosec // the same bits

// Float is the value as a number, whole or not; false: it is none.
func (v Value) Float() (float64, bool) {
	switch v.kind {
	case whole:
		return float64(int64(v.bits)), true //nolint:gosec // the same bits
	case float:
		return math.Float64frombits(v.bits), true
	}
	return 0, false
}

var errRecord = errors.New("it is damaged: a row's columns are longer than the row")

// decode reads the columns at these places of a row. A column that the row does not have was added to the
// table after it, and is NULL.
func decode(payload []byte, at []int) ([]Value, error) {
	row := make([]Value, len(at))
	size, n := varint(payload)
	if n == 0 || size < uint64(n) || size > uint64(len(payload)) {
		return nil, errRecord
	}
	head, body := payload[n:size], payload[size:]
	for column := 0; len(head) > 0; column++ {
		kind, n := varint(head)
		length := lengthOf(kind)
		if n == 0 || kind == 10 || kind == 11 || length > uint64(len(body)) {
			return nil, errRecord
		}
		for i, want := range at {
			if want == column {
				row[i] = valueOf(kind, body[:length])
			}
		}
		head, body = head[n:], body[length:]
	}
	return row, nil
}

// lengthOf is how many bytes a value of a serial type has.
func lengthOf(kind uint64) uint64 {
	if kind >= 12 {
		return (kind - 12) / 2
	}
	return [12]uint64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0}[kind]
}

func valueOf(kind uint64, data []byte) Value {
	switch {
	case kind == 0:
		return Value{}
	case kind == 7:
		return Value{kind: float, bits: binary.BigEndian.Uint64(data)}
	case kind == 8 || kind == 9:
		return Value{kind: whole, bits: kind - 8}
	case kind >= 12 && kind%2 == 1:
		return Value{kind: text, bytes: data}
	case kind >= 12:
		return Value{kind: blob, bytes: data}
	}
	v := uint64(0)
	if data[0] >= 0x80 {
		v = math.MaxUint64 // a negative number
	}
	for _, b := range data {
		v = v<<8 | uint64(b)
	}
	return Value{kind: whole, bits: v}
}

// varint reads a number of one to nine bytes, and how many they are; 0: it is cut off.
func varint(data []byte) (v uint64, n int) {
	for i, b := range data[:min(len(data), 9)] {
		if i == 8 {
			return v<<8 | uint64(b), 9
		}
		v = v<<7 | uint64(b&0x7f)
		if b < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
