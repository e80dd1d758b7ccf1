package columns

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errThrift = errors.New("its description is no Thrift: the file is damaged")

// Types of Thrift's compact protocol (thrift-compact-protocol.md).
const (
	thriftTrue, thriftFalse, thriftByte, thriftDouble = 1, 2, 3, 7
	thriftBinary, thriftList, thriftSet, thriftStruct = 8, 9, 10, 12
)

// thrift decodes structs of Thrift's compact protocol: a field is int64, bool, []byte, []any or a struct. Each
// value takes at least a byte of the input, and so memory is bounded by it.
type thrift struct{ rest []byte }

// thriftFields are the fields of a struct, by number.
type thriftFields map[int16]any

func (f thriftFields) whole(n int16) int64 { v, _ := f[n].(int64); return v }

func (f thriftFields) message(n int16) thriftFields { v, _ := f[n].(thriftFields); return v }

func (f thriftFields) list(n int16) []any { v, _ := f[n].([]any); return v }

func (f thriftFields) text(n int16) string { v, _ := f[n].([]byte); return string(v) }

func (t *thrift) message(depth int) (thriftFields, error) {
	if depth > 30 {
		return nil, fmt.Errorf("%w: it is nested too deep", errThrift)
	}
	out := thriftFields{}
	for num := int16(0); ; {
		head, err := t.one()
		if err != nil {
			return nil, err
		}
		if head == 0 {
			return out, nil
		}
		if delta := head >> 4; delta > 0 {
			num += int16(delta)
		} else {
			v, err := t.zigzag()
			if err != nil {
				return nil, err
			}
			num = int16(v) //nolint:gosec // a field's number has 16 bits
		}
		switch kind := head & 15; kind {
		case thriftTrue, thriftFalse:
			out[num] = kind == thriftTrue
		default:
			if out[num], err = t.value(kind, depth); err != nil {
				return nil, err
			}
		}
	}
}

func (t *thrift) value(kind byte, depth int) (any, error) {
	switch kind {
	case thriftTrue, thriftFalse, thriftByte:
		v, err := t.one()
		return int64(v), err
	case 4, 5, 6:
		return t.zigzag()
	case thriftDouble:
		return t.take(8)
	case thriftBinary:
		n, err := t.varint()
		if err != nil {
			return nil, err
		}
		return t.take(n)
	case thriftList, thriftSet:
		return t.list(depth)
	case thriftStruct:
		return t.message(depth + 1)
	}
	return nil, errThrift
}

func (t *thrift) list(depth int) ([]any, error) {
	head, err := t.one()
	if err != nil {
		return nil, err
	}
	n := uint64(head >> 4)
	if n == 15 {
		if n, err = t.varint(); err != nil {
			return nil, err
		}
	}
	if n > uint64(len(t.rest)) || depth > 30 {
		return nil, errThrift
	}
	var out []any
	for range n {
		v, err := t.value(head&15, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (t *thrift) one() (byte, error) {
	b, err := t.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (t *thrift) take(n uint64) ([]byte, error) {
	if n > uint64(len(t.rest)) {
		return nil, fmt.Errorf("%w: it ends in the middle", errThrift)
	}
	b := t.rest[:n]
	t.rest = t.rest[n:]
	return b, nil
}

func (t *thrift) varint() (uint64, error) {
	v, n := binary.Uvarint(t.rest)
	if n <= 0 {
		return 0, errThrift
	}
	t.rest = t.rest[n:]
	return v, nil
}

func (t *thrift) zigzag() (int64, error) {
	v, err := t.varint()
	return int64(v>>1) ^ -int64(v&1), err //nolint:gosec // as zigzag is
}
