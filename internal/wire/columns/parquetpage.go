package columns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

var errPage = errors.New("a page does not hold what it says: the file is damaged")

// pqPage is a page without its compression.
type pqPage struct {
	kind     int64 // 0: data, 2: dictionary, 3: data, version 2
	values   int
	encoding int64
	levels   []byte // of version 2: which values are there
	data     []byte
}

// chunk reads what one row group has of a column; a value that is missing is an empty text.
func (p *parquetFile) chunk(meta thriftFields, col pqColumn, rows int) ([]string, error) {
	if meta == nil {
		return nil, errors.New("it lies in another file, or is encrypted")
	}
	from := meta.whole(9)
	if dict, is := meta[11].(int64); is && dict > 0 {
		from = min(from, dict)
	}
	size := meta.whole(7)
	if from < 4 || size < 0 || from > int64(len(p.data)) || size > int64(len(p.data))-from || meta.whole(1) != col.kind {
		return nil, errPage
	}
	in := &thrift{rest: p.data[from : from+size]}
	var out, dict []string
	for len(out) < rows {
		page, err := p.page(in, meta.whole(4))
		if err != nil {
			return nil, err
		}
		switch {
		case page.kind == 2 && page.values > rows: // a dictionary has each value once
			err = errPage
		case page.kind == 2 && dict == nil:
			dict, err = p.plain(page.data, col.kind, page.values)
		case page.kind == 0 || page.kind == 3:
			if page.values > rows-len(out) {
				return nil, errPage
			}
			var values []string
			values, err = p.values(page, col, dict)
			out = append(out, values...)
		default:
			err = errPage
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// page reads the next page, and verifies its checksum where it has one.
func (p *parquetFile) page(in *thrift, codec int64) (pqPage, error) {
	head, err := in.message(0)
	if err != nil {
		return pqPage{}, err
	}
	page := pqPage{kind: head.whole(1)}
	size, packed := head.whole(2), head.whole(3)
	if size < 0 || packed < 0 || packed > int64(len(in.rest)) {
		return page, errPage
	}
	if p.budget -= int(size); p.budget < 0 {
		return page, errUnpacked
	}
	raw, _ := in.take(uint64(packed))
	if sum, is := head[4].(int64); is && crc32.ChecksumIEEE(raw) != uint32(sum) { //nolint:gosec // a checksum has 32 bits
		return page, errors.New("a page has a wrong checksum: the file is damaged")
	}
	if raw, codec, err = page.describe(head, raw, codec); err != nil {
		return page, err
	}
	page.data, err = unpack(raw, codec, int(size)-len(page.levels))
	return page, err
}

// describe reads what a page's head says of its kind, and gives what is to be unpacked and how.
func (page *pqPage) describe(head thriftFields, raw []byte, codec int64) ([]byte, int64, error) {
	of := head.message(5)
	encoding := int16(2)
	switch page.kind {
	case 2:
		of = head.message(7)
	case 3:
		of, encoding = head.message(8), 4
		n := of.whole(5)
		if n < 0 || of.whole(6) != 0 || n > min(head.whole(2), int64(len(raw))) {
			return nil, 0, errPage
		}
		page.levels, raw = raw[:n], raw[n:]
		if packed, is := of[7].(bool); is && !packed {
			codec = 0
		}
	}
	n := of.whole(1)
	if n < 0 || n > maxUnpacked {
		return nil, 0, errPage
	}
	page.values, page.encoding = int(n), of.whole(encoding)
	return raw, codec, nil
}

// values reads a page of data.
func (p *parquetFile) values(page pqPage, col pqColumn, dict []string) ([]string, error) {
	data, levels := page.data, page.levels
	if col.optional && page.kind == 0 {
		var err error
		if levels, data, err = prefixed(data); err != nil {
			return nil, err
		}
	}
	there := page.values
	var is []uint32
	if col.optional {
		var err error
		if is, err = runs(levels, 1, page.values); err != nil {
			return nil, err
		}
		there = 0
		for _, v := range is {
			if v > 1 {
				return nil, errPage
			}
			there += int(v)
		}
	}
	found, err := p.encoded(data, page.encoding, col.kind, there, dict)
	if err != nil || is == nil {
		return found, err
	}
	out := make([]string, page.values)
	for i, v := range is {
		if v == 1 {
			out[i], found = found[0], found[1:]
		}
	}
	return out, nil
}

// prefixed is a piece of data with its length in four bytes before it, and what follows.
func prefixed(data []byte) (piece, rest []byte, err error) {
	if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
		return nil, nil, errPage
	}
	n := 4 + int(binary.LittleEndian.Uint32(data))
	return data[4:n], data[n:], nil
}

// encoded reads n values of a page's encoding.
func (p *parquetFile) encoded(data []byte, encoding, kind int64, n int, dict []string) ([]string, error) {
	switch {
	case encoding == 0:
		return p.plain(data, kind, n)
	case encoding == 3 && kind == pqBool:
		piece, _, err := prefixed(data)
		if err != nil {
			return nil, err
		}
		return p.picked(piece, 1, n, []string{"false", "true"})
	case encoding == 2 || encoding == 8:
		if n == 0 {
			return nil, nil
		}
		if len(data) == 0 || data[0] > 32 {
			return nil, errPage
		}
		return p.picked(data[1:], int(data[0]), n, dict)
	}
	return nil, fmt.Errorf("it has an encoding that is not read (%d): plain and dictionary are, as pyarrow writes by itself", encoding)
}

// picked are values of a dictionary, by their places in it.
func (p *parquetFile) picked(data []byte, width, n int, dict []string) ([]string, error) {
	places, err := runs(data, width, n)
	if err != nil {
		return nil, err
	}
	out := make([]string, n)
	for i, at := range places {
		if uint64(at) >= uint64(len(dict)) {
			return nil, errPage
		}
		out[i] = dict[at]
		if p.budget -= len(out[i]); p.budget < 0 {
			return nil, errUnpacked
		}
	}
	return out, nil
}

// plain reads n values as they are.
func (p *parquetFile) plain(data []byte, kind int64, n int) ([]string, error) {
	width := map[int64]int{pqInt32: 4, pqFloat: 4, pqInt64: 8, pqDouble: 8, pqBytes: 4}[kind]
	if n < 0 || kind == pqBool && (n+7)/8 > len(data) || width > 0 && n > len(data)/width {
		return nil, errPage
	}
	if kind == pqBool {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprint(data[i/8]>>(i%8)&1 == 1)
		}
		return out, nil
	}
	out := make([]string, 0, n)
	for range n {
		if kind == pqBytes {
			piece, rest, err := prefixed(data)
			if err != nil {
				return nil, err
			}
			out, data = append(out, string(piece)), rest
			continue
		}
		out, data = append(out, pqText(kind, data)), data[width:]
	}
	return out, nil
}
