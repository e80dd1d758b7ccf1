package columns

import (
	"encoding/binary"
	"errors"
)

var errFlat = errors.New("its description is damaged")

// flat is a table of a flatbuffer. What is not in it is 0 or empty; what lies outside of the buffer too, and
// marks the buffer as damaged.
type flat struct {
	buf *flatBuffer
	at  int // of the table; 0: there is none
}

type flatBuffer struct {
	data []byte
	bad  bool
}

// flatRoot is the table that a buffer begins with.
func flatRoot(data []byte) flat {
	b := &flatBuffer{data: data}
	return flat{b, int(b.u32(0))}
}

func (b *flatBuffer) u16(at int) uint16 {
	if at < 0 || at > len(b.data)-2 {
		b.bad = true
		return 0
	}
	return binary.LittleEndian.Uint16(b.data[at:])
}

func (b *flatBuffer) u32(at int) uint32 {
	if at < 0 || at > len(b.data)-4 {
		b.bad = true
		return 0
	}
	return binary.LittleEndian.Uint32(b.data[at:])
}

func (b *flatBuffer) i64(at int) int64 {
	if at < 0 || at > len(b.data)-8 {
		b.bad = true
		return 0
	}
	return int64(binary.LittleEndian.Uint64(b.data[at:])) //nolint:gosec // signed, as Arrow says
}

// slot is where a field stands, or 0.
func (f flat) slot(n int) int {
	if f.at == 0 {
		return 0
	}
	table := f.at - int(int32(f.buf.u32(f.at))) //nolint:gosec // signed, as flatbuffers say
	if 4+2*n >= int(f.buf.u16(table)) {
		return 0
	}
	if off := int(f.buf.u16(table + 4 + 2*n)); off != 0 {
		return f.at + off
	}
	return 0
}

func (f flat) byte(n int) byte {
	at := f.slot(n)
	if at <= 0 || at >= len(f.buf.data) {
		return 0
	}
	return f.buf.data[at]
}

// short is the first field, where that is one of 16 bits.
func (f flat) short() int16 {
	if at := f.slot(0); at != 0 {
		return int16(f.buf.u16(at)) //nolint:gosec // signed, as Arrow says
	}
	return 0
}

func (f flat) int(n int) int32 {
	if at := f.slot(n); at != 0 {
		return int32(f.buf.u32(at)) //nolint:gosec // signed, as Arrow says
	}
	return 0
}

func (f flat) long(n int) int64 {
	if at := f.slot(n); at != 0 {
		return f.buf.i64(at)
	}
	return 0
}

// table is a field that is a table, also one of a union.
func (f flat) table(n int) flat {
	if at := f.slot(n); at != 0 {
		return flat{f.buf, at + int(f.buf.u32(at))}
	}
	return flat{buf: f.buf}
}

// vector is where the elements of a field stand, and how many of so many bytes there are.
func (f flat) vector(n, size int) (at, length int) {
	if at = f.slot(n); at == 0 {
		return 0, 0
	}
	at += int(f.buf.u32(at))
	length = int(f.buf.u32(at))
	at += 4
	switch {
	case length == 0:
		return 0, 0
	case at > len(f.buf.data) || length > (len(f.buf.data)-at)/size:
		f.buf.bad = true
		return 0, 0
	}
	return at, length
}

// text is a field that is a text; a very long one is cut, for many fields may share it.
func (f flat) text(n int) string {
	at, length := f.vector(n, 1)
	return string(f.buf.data[at : at+min(length, 4096)])
}

// tables are a field that is a list of at most so many tables.
func (f flat) tables(n, most int) []flat {
	at, length := f.vector(n, 4)
	if length > most {
		f.buf.bad = true
		return nil
	}
	out := make([]flat, length)
	for i := range out {
		out[i] = flat{f.buf, at + 4*i + int(f.buf.u32(at+4*i))}
	}
	return out
}
