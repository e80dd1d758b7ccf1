package columns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

var errArrow = errors.New("a batch of rows does not hold what it says: the file is damaged")

// arrowBatch is a RecordBatch with its buffers.
type arrowBatch struct {
	of   flat
	body []byte
}

// buffer is one of a batch's, unpacked. Each begins with its unpacked size where the batch is compressed.
func (t *arrowTable) buffer(b arrowBatch, n int) ([]byte, error) {
	at, length := b.of.vector(2, 16)
	if n >= length {
		return nil, errArrow
	}
	from, size := b.of.buf.i64(at+16*n), b.of.buf.i64(at+16*n+8)
	if from < 0 || size < 0 || from > int64(len(b.body)) || size > int64(len(b.body))-from {
		return nil, errArrow
	}
	raw := b.body[from : from+size]
	packing := b.of.table(3)
	if packing.at == 0 || len(raw) == 0 {
		return raw, nil
	}
	if len(raw) < 8 {
		return nil, errArrow
	}
	whole, raw := int64(binary.LittleEndian.Uint64(raw)), raw[8:] //nolint:gosec // signed, as Arrow says
	if whole == -1 {
		return raw, nil
	}
	if whole < 0 || whole > int64(t.budget) {
		return nil, errUnpacked
	}
	t.budget -= int(whole)
	switch packing.byte(0) {
	case 0:
		return unpackLZ4(raw, int(whole))
	case 1:
		return unpack(raw, 6, int(whole))
	}
	return nil, fmt.Errorf("it is compressed by a codec that is not read (%d): LZ4, zstd and none are", packing.byte(0))
}

// values are the texts of a column in a batch.
func (t *arrowTable) values(c *arrowColumn, b arrowBatch) ([]string, error) {
	at, nodes := b.of.vector(1, 16)
	if c.node >= nodes {
		return nil, errArrow
	}
	n, nulls := b.of.buf.i64(at+16*c.node), b.of.buf.i64(at+16*c.node+8)
	if n < 0 || n > int64(t.maxRows) || nulls < 0 || nulls > n {
		return nil, errArrow
	}
	if t.budget -= int(n); t.budget < 0 {
		return nil, errUnpacked
	}
	first := c.buffer
	for i := range c.views {
		more, length := b.of.vector(4, 8)
		if i >= length {
			return nil, errArrow
		}
		first += int(min(max(b.of.buf.i64(more+8*i), 0), int64(len(b.body))))
	}
	out := make([]string, n)
	if c.kind == arrowNull && c.index == nil {
		return out, nil
	}
	valid, err := t.valid(b, first, int(n), nulls)
	if err != nil {
		return nil, err
	}
	read := t.fixed
	switch {
	case c.index != nil:
		read = t.picked
	case c.kind == arrowText || c.kind == arrowLargeText:
		read = t.texts
	case c.kind == arrowView:
		read = t.viewed
	}
	return out, read(c, b, first+1, out, valid)
}

// valid says which values are there. Without a buffer all are.
func (t *arrowTable) valid(b arrowBatch, n, rows int, nulls int64) (func(int) bool, error) {
	bits, err := t.buffer(b, n)
	switch {
	case err != nil:
		return nil, err
	case len(bits) == 0 && nulls == 0:
		return func(int) bool { return true }, nil
	case len(bits) < (rows+7)/8:
		return nil, errArrow
	}
	return func(i int) bool { return bits[i/8]>>(i%8)&1 == 1 }, nil
}

// fixed reads numbers and booleans.
func (t *arrowTable) fixed(c *arrowColumn, b arrowBatch, n int, out []string, valid func(int) bool) error {
	data, err := t.buffer(b, n)
	if err != nil {
		return err
	}
	if c.kind == arrowBool && len(data) < (len(out)+7)/8 || len(data)/max(c.width, 1) < len(out) && c.kind != arrowBool {
		return errArrow
	}
	for i := range out {
		switch {
		case !valid(i):
		case c.kind == arrowBool:
			out[i] = strconv.FormatBool(data[i/8]>>(i%8)&1 == 1)
		case c.kind == arrowFloat && c.width == 4:
			out[i] = strconv.FormatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))), 'g', -1, 64)
		case c.kind == arrowFloat:
			out[i] = strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:])), 'g', -1, 64)
		case c.unsigned:
			out[i] = strconv.FormatUint(c.whole(data, i), 10)
		default:
			out[i] = strconv.FormatInt(int64(c.whole(data, i)), 10) //nolint:gosec // whole extends the sign
		}
	}
	return nil
}

// whole is a whole number, of a signed one with its sign extended to 64 bits.
func (c *arrowColumn) whole(data []byte, i int) uint64 {
	var v uint64
	for k := range c.width {
		v |= uint64(data[c.width*i+k]) << (8 * k)
	}
	if shift := 64 - 8*c.width; !c.unsigned {
		v = uint64(int64(v<<shift) >> shift) //nolint:gosec // to extend the sign
	}
	return v
}

// texts reads pieces of one buffer, between offsets of 32 or 64 bits.
func (t *arrowTable) texts(c *arrowColumn, b arrowBatch, n int, out []string, valid func(int) bool) error {
	offsets, err := t.buffer(b, n)
	if err != nil || len(out) == 0 {
		return err
	}
	data, err := t.buffer(b, n+1)
	if err != nil {
		return err
	}
	at := arrowColumn{kind: arrowInt, width: 4}
	if c.kind == arrowLargeText {
		at.width = 8
	}
	if len(offsets)/at.width < len(out)+1 {
		return errArrow
	}
	for i := range out {
		from, to := int64(at.whole(offsets, i)), int64(at.whole(offsets, i+1)) //nolint:gosec // signed, as Arrow says
		if from < 0 || to < from || to > int64(len(data)) {
			return errArrow
		}
		if valid(i) {
			if out[i], err = t.text(data[from:to]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *arrowTable) text(raw []byte) (string, error) {
	if t.budget -= len(raw); t.budget < 0 {
		return "", errUnpacked
	}
	if !utf8.Valid(raw) {
		return "", fmt.Errorf("%.40q is not UTF-8", raw)
	}
	return string(raw), nil
}

// viewed reads views of 16 bytes: a length, and a short text or its place in one of the buffers that follow.
func (t *arrowTable) viewed(c *arrowColumn, b arrowBatch, n int, out []string, valid func(int) bool) error {
	views, err := t.buffer(b, n)
	if err != nil {
		return err
	}
	if len(views)/16 < len(out) {
		return errArrow
	}
	counts, length := b.of.vector(4, 8)
	if c.views >= length {
		return errArrow
	}
	more := b.of.buf.i64(counts + 8*c.views)
	buffers := map[uint32][]byte{}
	for i := range out {
		view := views[16*i : 16*i+16]
		size := binary.LittleEndian.Uint32(view)
		if !valid(i) {
			continue
		}
		if size <= 12 {
			if out[i], err = t.text(view[4 : 4+size]); err != nil {
				return err
			}
			continue
		}
		which, from := binary.LittleEndian.Uint32(view[8:]), binary.LittleEndian.Uint32(view[12:])
		data, known := buffers[which]
		if !known && int64(which) < more {
			if data, err = t.buffer(b, n+1+int(which)); err != nil {
				return err
			}
			buffers[which] = data
		}
		if uint64(from)+uint64(size) > uint64(len(data)) {
			return errArrow
		}
		if out[i], err = t.text(data[from : from+size]); err != nil {
			return err
		}
	}
	return nil
}

// picked reads values of a dictionary by their places in it.
func (t *arrowTable) picked(c *arrowColumn, b arrowBatch, n int, out []string, valid func(int) bool) error {
	data, err := t.buffer(b, n)
	switch {
	case err != nil:
		return err
	case !c.known:
		return errors.New("its dictionary does not stand before it")
	case c.index.width < 1 || len(data)/c.index.width < len(out):
		return errArrow
	}
	for i := range out {
		if !valid(i) {
			continue
		}
		at := c.index.whole(data, i)
		if at >= uint64(len(c.words)) {
			return errArrow
		}
		out[i] = c.words[at]
		if t.budget -= len(out[i]); t.budget < 0 {
			return errUnpacked
		}
	}
	return nil
}
